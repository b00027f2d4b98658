"""The journal: requests, their responses and outcomes. Kept in memory; the oldest are dropped first."""
