"""The journal: requests, their responses and outcomes. Kept in memory, the oldest dropped first. It decides nothing."""
