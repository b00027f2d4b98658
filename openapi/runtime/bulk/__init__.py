"""Batches of orders: concurrency, the ledger, one outcome for each row. A single request belongs in transport."""
