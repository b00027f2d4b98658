"""Errors that stop a command, and the exit codes that follow from them. Standard library alone."""

import sys
from collections.abc import Callable


class ToolError(Exception):
    """A command cannot continue. The message is one sentence that says what to do; the exit code is 2."""


def exit_code(command: str, run: Callable[[], int], unchanged: str = "") -> int:
    """Run a command and return its exit code.

    Args:
        command: the name that messages begin with, such as scripts/vendor.
        run: the command; its return value is the exit code.
        unchanged: a sentence that is added to messages, such as "Nothing was written."

    Returns:
        The exit code of `run`; 2 after a ToolError or OSError, 130 after Ctrl-C, with a message on standard error.

    """
    try:
        return run()
    except (ToolError, OSError) as error:
        print("\n".join(filter(None, (f"{command}: {error}", unchanged))), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{command}: interrupted. {unchanged}".rstrip(), file=sys.stderr)
        return 130
