"""What stops a command: one sentence for the person who called it."""


class ToolError(Exception):
    """A command cannot go on. Its text is one sentence that says what to do; the exit code is 2."""
