"""What a run says to people and programs: the terminal, HTML, JSON, JUnit, curl lines. Nothing here judges."""
