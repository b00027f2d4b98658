"""Robustness: whatever the bytes, an answer that is no server error, and the server keeps answering."""

from spot_contract import hostility
from spot_contract.grounds import TOKEN
from spot_contract.judge import Judge
from spot_contract.rules import rule

CONTRACT = "[R]; docs/contract.md, 3"


@rule("robustness.bodies", CONTRACT)
def test_hostile_bodies_are_answered(judge: Judge) -> None:
    """A hostile body is accepted, refused in form, or refused for its size, and the order after it is accepted."""
    hostility.hostile_bodies(judge)


@rule("robustness.headers", CONTRACT, TOKEN)
def test_odd_authorization_bytes_are_refused(judge: Judge) -> None:
    """Odd Authorization bytes are answered 401, or 400 or 431 where they are no header; the order after is accepted."""
    hostility.hostile_headers(judge)


@rule("robustness.connections", CONTRACT)
def test_clients_that_go_away_do_no_harm(judge: Judge) -> None:
    """Clients that go away in the middle of a request do the server no harm."""
    hostility.broken_connections(judge)


@rule("robustness.no_server_error", CONTRACT, random=True)
def test_no_request_ends_in_a_server_error(judge: Judge) -> None:
    """No request whatever is answered by a 5xx."""
    hostility.random_bodies(judge)


@rule("robustness.answers", CONTRACT, random=True)
def test_every_request_is_answered(judge: Judge) -> None:
    """Every request is answered."""
    hostility.random_forms(judge)


@rule("robustness.keeps_answering", CONTRACT)
def test_server_keeps_answering(judge: Judge) -> None:
    """The server keeps answering: after all that went before, ordinary orders are accepted in every media type."""
    hostility.still_there(judge)
