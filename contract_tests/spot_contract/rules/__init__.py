"""The sentences of the contract, each a pure function over exchanges. Nothing here sends, or asks who sent."""
