"""The possible outcomes of a call, as callers see them: responses, errors, rows of a batch. Nothing here decides."""
