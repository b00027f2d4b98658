"""The window: a page that shows orders and requests as they arrive. It gets its data from `control` alone."""
