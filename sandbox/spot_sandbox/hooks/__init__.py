"""The ways to change what the service does, which faults and scenarios share. Changes nothing by itself."""
