"""Small types that all other sub-packages use. Nothing here imports from them."""
