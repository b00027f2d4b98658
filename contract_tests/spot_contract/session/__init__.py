"""One run: finds the dialects, sends the scenarios, checks every exchange, knows the verdict. Prints nothing."""
