"""The settings of a client: checked once, from arguments and environment variables. Nothing here sends."""
