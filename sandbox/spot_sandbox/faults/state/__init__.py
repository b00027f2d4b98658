"""Faults that need more than one request: ids, leaks between orders, and failures from the n-th order on."""
