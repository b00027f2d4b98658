"""Generates the content of requests: orders, mutations, encodings, credentials, hostile bytes. Nothing is sent here."""
