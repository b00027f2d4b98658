"""Other methods on the operation's path."""

from spot_contract import channels
from spot_contract.grounds import METHOD
from spot_contract.judge import Judge
from spot_contract.rules import rule


@rule("methods.refused", "[H] RFC 9110, 15.5.6; docs/contract.md, 3", METHOD)
def test_other_methods_are_refused(judge: Judge) -> None:
    """Other methods on the path are answered 405."""
    channels.methods(judge)


@rule("methods.allow", "[H] RFC 9110, 15.5.6; docs/contract.md, 3", METHOD)
def test_405_lists_post(judge: Judge) -> None:
    """A 405 carries an Allow header that lists POST."""
    channels.methods(judge)
