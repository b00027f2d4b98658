"""The dialects that the suite finds in servers that read forms differently, and the orders that this takes."""

import tomllib
from contextlib import contextmanager

import pytest
from form_server import Forms, any_spelling, empty_brackets, indexed, last_alone, one_is_a_text, serving
from spot_contract.configuration import deployment
from spot_contract.configuration.settings import PROFILES, Settings
from spot_contract.document.media_types import MULTIPART, URLENCODED
from spot_contract.exchanges.secrets import Secret
from spot_contract.session.run import BROKEN, KEPT, NOT_JUDGED, Run

MOST = 15
ALL = ("json", "brackets", "dotted")
# How a server reads recipient, metadata and lists, and the dialects reported for each of its form media types.
SERVERS = {
    "JSON text": (Forms(["json"], ["json"]), "recipient json, metadata json"),
    "dotted names": (Forms(["dotted"], ["dotted"]), "recipient dotted, metadata dotted"),
    "dotted names and lists with an index": (
        Forms(["dotted"], ["dotted"], indexed),
        "recipient dotted, metadata dotted, lists [0]",
    ),
    "brackets": (
        Forms(["brackets"], ["brackets"], empty_brackets),
        "recipient brackets, metadata brackets, lists []",
    ),
    "brackets and lists with an index": (
        Forms(["brackets"], ["brackets"], indexed),
        "recipient brackets, metadata brackets, lists [0]",
    ),
    "brackets and lists that repeat": (
        Forms(["brackets"], ["brackets"]),
        "recipient brackets, metadata brackets",
    ),
    "JSON text beside dotted names": (
        Forms(["json", "dotted"], ["json", "dotted"]),
        "recipient json, metadata json; recipient dotted, metadata dotted",
    ),
    "all three": (
        Forms(ALL, ALL, any_spelling),
        (
            "recipient json, metadata json; recipient dotted, metadata dotted; "
            "recipient brackets, metadata brackets, lists []"
        ),
    ),
    "flat metadata": (
        Forms(["dotted"], ["flat"]),
        "recipient dotted, metadata brackets (flat)",
    ),
    "a recipient in dotted names and metadata as JSON text": (
        Forms(["dotted"], ["json"]),
        "recipient dotted, metadata json",
    ),
    "no metadata": (Forms(["json"], []), "recipient json, metadata none"),
    "no recipient": (Forms([], ["json"]), "none"),
    "the last of a name alone": (
        Forms(["json", "brackets"], ["json", "brackets"], last_alone),
        "recipient json, metadata json, lists []; recipient brackets, metadata brackets, lists []",
    ),
    "a text where a name comes once": (
        Forms(["json", "brackets"], ["json", "brackets"], one_is_a_text),
        "recipient json, metadata json, lists []; recipient brackets, metadata brackets, lists []",
    ),
}
LAX = {
    "takes everything and reads nothing": Forms([], [], is_lax=True),
    "takes everything and reads lists alone": Forms([], [], any_spelling, is_lax=True),
    "takes everything but metadata": Forms(ALL, [], any_spelling, is_lax=True),
    "takes everything and the last kit type alone": Forms(
        ALL, ALL, lambda pairs: any_spelling(pairs)[-1:], is_lax=True
    ),
}


@contextmanager
def prepared(forms, pins="", **chosen):
    """A run that has searched for the dialects of such a server, and the orders that the server accepted."""
    with serving(forms) as (address, orders):
        pinned = deployment.deployment("conformance.toml", tomllib.loads(pins))
        token = Secret("Abc-123-secret")
        run = Run.start(Settings(token, address, PROFILES["quick"], seed=1, deployment=pinned, **chosen))
        try:
            run.prepare()
            yield run, orders
        finally:
            run.stop()


def verdicts(run):
    run.judge.conclude()
    return [run.verdict(run.judge.rules[name]) for name in ("forms.recipient", "forms.metadata")]


@pytest.mark.parametrize(("forms", "note"), SERVERS.values(), ids=SERVERS)
def test_dialects_are_found_with_few_orders(forms, note):
    with prepared(forms) as (run, orders):
        assert run.dialects.notes == [f"{URLENCODED}: {note}", f"{MULTIPART}: {note}"]
        assert len(orders) == run.count.orders <= MOST
        assert [str(one) for one in run.dialects.encodings if one.is_json] == ["JSON"]
        recipient, metadata = verdicts(run)
        assert recipient == (BROKEN if note == "none" else KEPT)
        assert metadata == {"none": NOT_JUDGED, "recipient json, metadata none": BROKEN}.get(note, KEPT)
        assert len(run.broken()) == (2 if BROKEN in (recipient, metadata) else 0)  # One for each media type.


@pytest.mark.parametrize("forms", LAX.values(), ids=LAX)
def test_server_that_takes_everything_costs_no_more_orders(forms):
    with prepared(forms) as (run, orders):
        assert len(orders) == run.count.orders <= MOST


PINS = {
    "a dialect that is spoken": ('[forms]\nrecipient = "dotted"\nmetadata = "dotted"', [KEPT, KEPT]),
    "a recipient that is not understood": ('[forms]\nrecipient = "json"', [BROKEN, NOT_JUDGED]),
    "metadata that are not understood": ('[forms]\nmetadata = "brackets"', [KEPT, BROKEN]),
    "no metadata": ('[forms]\nmetadata = "none"', [KEPT, NOT_JUDGED]),
    "JSON alone": ('forms = "none"', [NOT_JUDGED, NOT_JUDGED]),
}


@pytest.mark.parametrize(("pins", "expected"), PINS.values(), ids=PINS)
def test_pinned_dialect_is_judged_as_it_is_pinned(pins, expected):
    with prepared(Forms(["dotted"], ["dotted"]), pins) as (run, orders):
        assert verdicts(run) == expected
        assert len(orders) <= MOST


def test_json_alone_sends_no_form():
    with prepared(Forms(), 'forms = "none"') as (run, orders):
        assert [str(one) for one in run.dialects.encodings] == ["JSON"]
        assert run.dialects.notes == [f"{URLENCODED}: not offered", f"{MULTIPART}: not offered"]
        assert (len(orders), run.count.orders) == (1, 1)
        assert not run.broken()


def test_one_form_that_is_not_offered_is_not_asked_for():
    with prepared(Forms(["json"], ["json"]), '[forms]\nmultipart = "none"') as (run, _):
        assert run.dialects.notes == [f"{URLENCODED}: recipient json, metadata json", f"{MULTIPART}: not offered"]
        assert not run.broken()


def test_few_orders_are_not_spent_on_a_search():
    with prepared(Forms(["json"], ["json"]), allowed=5) as (run, orders):
        assert run.dialects.notes == [f"{one}: not tried, orders are few" for one in (URLENCODED, MULTIPART)]
        assert len(orders) == 1
        assert verdicts(run) == [NOT_JUDGED, NOT_JUDGED]
