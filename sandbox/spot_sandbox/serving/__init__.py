"""The command line, and the process that listens. How a request is answered is decided in `orders`."""
