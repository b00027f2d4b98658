"""The catalogue of faults. `scripts/faults` checks that the suite finds each of them."""

import json
import socket
import subprocess
import sys

import pytest
from sandbox_process import ENVIRONMENT
from sandbox_talk import TOKEN, Talk
from spot_sandbox.document.operations import bundled, load, operations
from spot_sandbox.faults import FAULTS
from spot_sandbox.faults.catalogue import CHAPTERS, fault
from spot_sandbox.orders.service import Service
from spot_sandbox.orders.tokens import Authority
from spot_sandbox.serving.cli import main
from spot_sandbox.store.store import open_store


class TestCatalogue:
    def test_every_chapter_is_covered(self):
        assert {each.chapter for each in FAULTS.values()} == set(CHAPTERS)

    def test_a_third_of_the_faults_is_rare_or_cross_request(self):
        assert sum(each.trigger != "plain" for each in FAULTS.values()) * 3 >= len(FAULTS) >= 90

    def test_every_fault_is_described_in_one_line(self):
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
            """Another fault."""

        with pytest.raises(ValueError, match="zip-leading-zero-lost"):
            fault("echo", "A sentence.")(zip_leading_zero_lost)

    def test_conforming_server_loads_no_fault(self):
        code = (
            "import sys, spot_sandbox.serving.cli, spot_sandbox.orders.service; "
            "print([name for name in sys.modules if 'faults' in name])"
        )
        command = [sys.executable, "-c", code]
        completed = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
        assert completed.stdout.strip() == "[]"

    def test_option_fault_replaces_a_step_of_the_service(self, start):
        talk = Talk(start("--fault", "mexico-accepted").port)
        talk.place(talk.draft({"recipient.address.country": "MX"}))

    def test_option_fault_replaces_the_protocol(self, start):
        talk = Talk(start("--fault", "head-answered-with-a-body").port)
        with socket.create_connection(("127.0.0.1", talk.port), timeout=5) as connection:
            connection.sendall(b"HEAD /api/v2/orders/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.partition(b"\r\n\r\n")[2]

    def test_every_fault_can_be_installed(self):
        document = operations(load(bundled()))
        store = open_store(":memory:")
        for each in FAULTS.values():
            service = Service(document, Authority(TOKEN), store)
            steps = dict(vars(service))
            each.install(service)
            assert vars(service) != steps, f"{each.name} changes nothing"
        store.close()
