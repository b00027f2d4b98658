"""What the client does whatever the document says."""
