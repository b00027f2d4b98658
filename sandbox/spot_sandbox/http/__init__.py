"""HTTP: messages between the steps, and the protocol on a connection. Knows nothing about orders."""
