"""What a client is set up with, checked once: address, credentials, time-outs, headers. No operation belongs here."""
