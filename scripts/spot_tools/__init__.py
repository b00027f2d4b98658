"""From the vendored document to the committed client: what the commands in scripts/ are thin over."""
