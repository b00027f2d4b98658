"""Attempts over httpx2: connections, retries, and what a response means. Nothing here encodes a request."""
