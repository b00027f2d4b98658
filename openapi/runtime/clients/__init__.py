"""The parts of SpotClient and AsyncSpotClient that are the same for every operation. No HTTP: see `transport`."""
