"""Each fault of the catalogue is wrong in the way it claims, on a server that is right otherwise."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys

import pytest
import sandbox_carried
import sandbox_lookalikes
import sandbox_partial
from sandbox_claims import CLAIMS, CONTROLS
from sandbox_process import ENVIRONMENT
from sandbox_rows import PROBES
from sandbox_servers import Loop, serving
from sandbox_talk import Talk
from spot_sandbox.faults import FAULTS
from spot_sandbox.faults.catalogue import CHAPTERS, fault
from spot_sandbox.orders import service as service_module
from spot_sandbox.serving.cli import main


@pytest.fixture(scope="module")
def loop():
    running = Loop()
    yield running
    running.end()


# What registers probes when it is imported.
assert sandbox_carried
assert sandbox_lookalikes
assert sandbox_partial


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr(service_module, "complain", lambda _sentence: None)


class TestEachFault:
    def test_every_fault_has_a_claim(self):
        assert CLAIMS.keys() == FAULTS.keys()

    @pytest.mark.parametrize("name", FAULTS)
    def test_fault_shows_where_it_claims_to_and_not_elsewhere(self, loop, name):
        with serving(loop, name) as talk:
            PROBES[CONTROLS.get(name, "ordinary order")](talk)
            with pytest.raises((AssertionError, TimeoutError, ValueError, ConnectionError, http.client.HTTPException)):
                PROBES[CLAIMS[name]](talk)

    def test_conforming_server_passes_every_probe_that_is_claimed(self, loop):
        with serving(loop) as talk:
            for name in sorted(set(CLAIMS.values()) | set(CONTROLS.values())):
                PROBES[name](talk)


class TestCatalogue:
    def test_every_chapter_is_covered(self):
        assert {each.chapter for each in FAULTS.values()} == set(CHAPTERS)

    def test_a_third_is_rare_or_cross_request(self):
        assert sum(each.trigger != "plain" for each in FAULTS.values()) * 3 >= len(FAULTS) >= 90

    def test_every_fault_is_told_in_a_sentence(self):
        for each in FAULTS.values():
            assert each.summary.endswith(".")
            assert "\n" not in each.summary
            assert each.sentence

    def test_text_list_names_every_fault(self, capsys):
        assert main(["faults"]) == 0
        listed = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
        assert listed == list(FAULTS)

    def test_json_list_names_every_fault(self, capsys):
        assert main(["faults", "--json"]) == 0
        listed = json.loads(capsys.readouterr().out)
        assert [each["name"] for each in listed] == list(FAULTS)
        assert listed[0].keys() == {"name", "chapter", "sentence", "trigger", "advice", "summary"}

    def test_same_name_twice_is_an_error(self):
        def zip_leading_zero_lost(_service):
            """Something else."""

        with pytest.raises(ValueError, match="zip-leading-zero-lost"):
            fault("echo", "A sentence.")(zip_leading_zero_lost)

    def test_conforming_server_loads_no_fault(self):
        code = "import sys, spot_sandbox.serving.cli, spot_sandbox.orders.service as _"
        code += "; print([m for m in sys.modules if 'faults' in m])"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
        assert done.stdout.strip() == "[]"

    def test_fault_is_chosen_by_its_name(self, start):
        talk = Talk(start("--fault", "mexico-accepted").port)
        talk.place(talk.draft({"recipient.address.country": "MX"}))

    def test_fault_below_the_service_is_chosen_by_its_name(self, start):
        talk = Talk(start("--fault", "head-answered-with-a-body").port)
        PROBES["ordinary order"](talk)
        with pytest.raises(AssertionError, match="error"):
            PROBES["order after head"](talk)
