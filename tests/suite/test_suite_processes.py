"""What is seen from outside one answer: the orders of two processes beside each other, an answer waited out."""

from dataclasses import replace

from spot_contract.cases import Case
from spot_contract.judge import Judge
from spot_contract.results import Finding, Tally
from spot_contract.run import Run, bench_for
from spot_contract.secrets import Secret
from spot_contract.settings import PROFILES, Settings
from suite_answers import answer, request


def run():
    settings = Settings(Secret("Abc-123-secret"), "http://127.0.0.1:1", PROFILES["ci"], seed=7)
    return Run(settings, bench_for(settings, "http://127.0.0.1:1"), None)


def taken(*tallies):
    found = run()
    for tally in tallies:
        found.take(Tally.from_json(tally.to_json()))
    return set(found.tally.findings)


def stranger(mark):
    return {mark: Finding("identity.no_leak", "an order", "nothing of another", mark, "", "", "", "a test")}


def test_identifier_that_two_processes_met_is_found():
    assert taken(Tally(ids={"1": "a"}), Tally(ids={"2": "b"})) == set()
    assert taken(Tally(ids={"1": "a", "2": "b"}), Tally(ids={"3": "c", "2": "d"})) == {"identity.own_id"}


def test_mark_that_another_process_sent_is_found_whichever_came_first():
    met, sent = Tally(strangers=stranger("zqabcdefgh")), Tally(marks=["zqabcdefgh"])
    assert taken(met, sent) == taken(sent, met) == {"identity.no_leak"}


def test_letters_that_nobody_sent_are_no_leak():
    assert taken(Tally(strangers=stranger("zqabcdefgh")), Tally(marks=["zqhgfedcba"])) == set()


def test_finding_about_a_429_shows_the_429():
    judge = Judge(run().bench, "limits")
    slow_down = answer(b"slow down", 429, "text/plain")
    case = Case(request(), (), lambda _: ())
    judge.record(judge._concluded(case, replace(answer({}, 400), throttled=(slow_down,))))  # No server is asked.
    assert judge.tally.findings["limits.envelope"].answer.startswith("429")
