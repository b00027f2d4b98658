"""From the vendored document to the committed client: what the verbs in scripts/ are thin over."""
