"""Running servers, the suite and Schemathesis as processes. Does not interpret their results."""
