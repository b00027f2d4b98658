"""Runs of the suite on faulty, correct, stock and waived servers, and their figures. Faults are in the sandbox."""
