"""The window: a page that shows orders and requests as they arrive, by the control interface."""
