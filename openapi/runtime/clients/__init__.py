"""The parts of SpotClient and AsyncSpotClient that no operation changes. Nothing here encodes, sends or reads."""
