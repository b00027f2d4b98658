"""The database of orders. Knows nothing about HTTP."""
