"""spot-contract: judges a server and says so by its exit code.

0 the server conforms, 1 it breaks a rule, 2 and above it could not be judged; 4 stands for an unknown option.
"""

import sys
from collections.abc import Sequence

from spot_contract.errors import CannotJudge

from .arguments import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say (those of the command line where none are given); the exit code."""
    option = parser().parse_args(arguments)
    try:
        from .judging import judge  # noqa: PLC0415  # Whoever asks for help need not wait for all that judges.

        return judge(option)
    except CannotJudge as error:
        print(f"spot-contract: {error}", file=sys.stderr)
        return 2
