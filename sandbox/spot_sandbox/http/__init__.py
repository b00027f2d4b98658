"""HTTP itself: messages as they pass between the steps, and the protocol on a connection. Knows nothing of orders."""
