"""The contract suite. It uses plain HTTP and shares only the OpenAPI document with clients and servers."""
