"""The test kit: a sandbox inside a test process, and the pytest fixture. Nothing else may import from here."""
