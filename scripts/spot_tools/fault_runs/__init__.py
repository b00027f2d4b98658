"""Runs of the suite over faulty, correct and stock servers, and what they say of it; starts no process itself."""
