"""The document itself: what Schemathesis makes of it, in every way of carrying a body."""

from spot_contract.fuzz import fuzz
from spot_contract.judge import Judge
from spot_contract.rules import rule


@rule("document.accepts", "[D]; docs/contract.md, 2", random=True)
def test_schema_valid_bodies_are_accepted_or_refused_in_form(judge: Judge) -> None:
    """What the document's schema allows is answered 201, or by a conforming 400, and by nothing else."""
    fuzz(judge, "positive")


@rule("document.refuses", "[D]; docs/contract.md, 2", random=True)
def test_bodies_that_break_the_schema_are_refused(judge: Judge) -> None:
    """What breaks the document's schema is answered by a conforming 400."""
    fuzz(judge, "negative")
