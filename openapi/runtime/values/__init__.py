"""Small types that every other room uses. Nothing here imports from another room."""
