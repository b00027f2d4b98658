"""The control interface of a running server: orders, requests, scenarios and tokens, as JSON below /_sandbox/api/.

The pages of the window are in `inspector`; nothing here makes HTML.
"""
