"""The rules of the contract, each a pure function over exchanges. Nothing here sends, or knows the sender."""
