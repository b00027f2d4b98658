"""The sandbox inside another program."""

import logging

import pytest
from sandbox_talk import Talk
from spot_sandbox import SpotSandbox


@pytest.mark.parametrize("level", [logging.NOTSET, 1, logging.DEBUG, logging.CRITICAL])
def test_orders_are_placed_whatever_the_program_logs(caplog, level):
    caplog.set_level(level)
    with SpotSandbox() as sandbox:
        talk = Talk(int(sandbox.url.rpartition(":")[2]))
        assert talk.place(talk.draft(), authorization=f"Token {sandbox.token}").status == 201
        assert len(sandbox.orders) == 1
