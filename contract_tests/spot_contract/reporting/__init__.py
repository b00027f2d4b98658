"""Reports of a run: terminal, HTML, JSON, JUnit, curl commands. Nothing here judges."""
