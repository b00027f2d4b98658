"""For tests: a sandbox inside a test process, and the pytest fixture. No other sub-package imports it."""
