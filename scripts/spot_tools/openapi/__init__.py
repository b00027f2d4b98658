"""OpenAPI documents: reading, walking, merging, overlays; knows no checkout, no generator and no network."""
