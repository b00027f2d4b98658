"""What a change of the document means for a client, by direction and without noise."""
