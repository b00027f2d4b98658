"""What follows from a change: the Python interface's changes, the next version, the changelog; generates nothing."""
