"""The control interface of a running server: orders, requests, scenarios and tokens, as JSON below /_sandbox/api/."""
