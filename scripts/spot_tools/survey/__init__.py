"""Packages built of foreign documents, and what became of each; nothing of it goes into the checkout."""
