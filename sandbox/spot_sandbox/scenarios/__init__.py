"""Failures on demand, for testing applications: each is armed for one caller's next requests.

A scenario always reports truthfully whether the order exists. Wrong behaviour of the server is a fault.
"""
