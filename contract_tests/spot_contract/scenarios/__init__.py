"""What is sent, chapter by chapter: each scenario makes requests and says what they are. Nothing here judges."""
