"""Attempts over httpx2: connections, retries, and what an answer means. Nothing here encodes a request."""
