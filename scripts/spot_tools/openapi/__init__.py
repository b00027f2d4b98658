"""OpenAPI documents: parsing, navigation, merging, overlays. No files of the checkout, no generator, no network."""
