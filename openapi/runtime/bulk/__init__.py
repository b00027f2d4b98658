"""Batches of orders: concurrency, the ledger, one outcome for each row."""
