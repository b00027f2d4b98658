"""Requests that can be sent: orders, mutations, encodings, credentials, hostile bytes. Nothing here sends or judges."""
