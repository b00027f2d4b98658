"""The test kit: a sandbox inside a test process, and the pytest fixture. No other room imports it."""
