"""Sends requests: connections, order budget, rate. Nothing here knows the purpose of a request."""
