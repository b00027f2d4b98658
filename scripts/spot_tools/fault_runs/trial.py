"""One run of the suite on a running server, or its recorded result."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from spot_tools.processes.suite import judged

from .judgement import Judgement, from_report, judgement
from .records import Key, Records


def trial(url: str, token: str, options: Sequence[str], deployment: str = "") -> Judgement:
    """Judge a server.

    Args:
        url: the address of the server.
        token: the token that it accepts.
        options: options of the suite.
        deployment: the text of a conformance.toml; empty for none.

    """
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
    """The recorded judgement of this key and revision; otherwise measure and record it."""
    known = records.get(key, revision)
    if known is not None and (before := judgement(known)).is_of_server:
        return before
    judged = measure()
    records.put(key, revision, judged.as_json())
    return judged
