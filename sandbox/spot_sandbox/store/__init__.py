"""Where orders are kept. Knows nothing of HTTP."""
