"""Failures on demand, for judging applications: each is armed for one caller's next requests, and tells the truth."""
