"""Runs of the suite on faulty, correct, stock and waived servers, and the figures that follow from them."""
