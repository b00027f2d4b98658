"""Bodies in each media type, read into the terms of their schema. Judges nothing."""
