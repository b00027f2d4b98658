"""What was asked, what was answered, and what became of it. Held in memory, the oldest first to go."""
