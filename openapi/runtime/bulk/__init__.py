"""Batches of orders: concurrency, the ledger, one outcome for each row. Nothing here encodes or sends a request."""
