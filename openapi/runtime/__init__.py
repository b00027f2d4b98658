"""What the client needs whatever the document says: plain Python, copied into the generated package as it stands."""
