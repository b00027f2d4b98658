"""The provider's publications: fetching, validation, notes on defects. Writes nothing."""
