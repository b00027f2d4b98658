"""Building the package: generator, runtime, formatting, reference. Writes only into scratch folders."""
