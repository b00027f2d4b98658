"""What becomes of other people's documents: clients built of them here and by the generator as it comes."""
