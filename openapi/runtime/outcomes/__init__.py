"""What a call can end in, as callers see it: responses, errors, rows of a batch. Nothing here decides which it is."""
