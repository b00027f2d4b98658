"""The package: generator, runtime, formatting; writes into scratch folders alone and compares nothing."""
