"""The machinery of the contract suite. It speaks plain HTTP and shares only the document with clients and servers."""
