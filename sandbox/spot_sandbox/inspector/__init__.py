"""The window: a page that shows orders and requests as they arrive. Reads the control interface like any client."""
