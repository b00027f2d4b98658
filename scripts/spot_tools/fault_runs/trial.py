"""One trial: a server that runs, the suite on it, and what it said."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from spot_tools.processes.suite import judged

from .judgement import Judgement, from_report, judgement
from .records import Key, Records


def trial(url: str, token: str, options: Sequence[str], deployment: str = "") -> Judgement:
    """Judge the server by the whole suite; `deployment` is the text of a conformance.toml, if it has one."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pinned: list[str] = []
        if deployment:
            (folder / "conformance.toml").write_text(deployment, encoding="utf-8")
            pinned = ["--waivers", str(folder / "conformance.toml")]
        status, report = judged(url, token, folder, [*options, *pinned])
    return from_report(status, report, time.monotonic() - start)


def once(records: Records, key: Key, revision: str, measure: Callable[[], Judgement]) -> Judgement:
    """The judgement of this key and revision: from the records, or measured and kept there."""
    known = records.get(key, revision)
    if known is not None and (before := judgement(known)).is_of_server:
        return before
    judged = measure()
    records.put(key, revision, judged.as_json())
    return judged
