"""Comparisons of speed. They are not part of the tests, and judge no behaviour."""
