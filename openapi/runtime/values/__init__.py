"""Small types that every other room uses. This room imports from no other."""
