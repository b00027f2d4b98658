"""The code behind the commands in scripts/: from the vendored document to the committed client."""
