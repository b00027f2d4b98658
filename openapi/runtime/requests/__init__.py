"""Build the bytes of a request from an operation and its arguments. Nothing here sends."""
