"""Changes between two documents and their severity for clients. No knowledge of the Python package."""
