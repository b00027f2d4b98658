"""From an operation and its arguments to the bytes of one request. Nothing here opens a connection."""
