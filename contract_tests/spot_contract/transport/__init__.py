"""How requests travel: connections, order budget, pace. Nothing here knows what a request is for."""
