"""What differs for a client between two documents, and whether it breaks; knows nothing of the Python package."""
