"""One trial: a server that runs, the suite on it, and what it said."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from spot_tools.suite_process import judged

from . import judgement


def trial(url: str, token: str, options: Sequence[str], deployment: str = "") -> judgement.Judgement:
    """Judge the server by the whole suite; `deployment` is the text of a conformance.toml, if it has one."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pinned: list[str] = []
        if deployment:
            (folder / "conformance.toml").write_text(deployment, encoding="utf-8")
            pinned = ["--waivers", str(folder / "conformance.toml")]
        status, report = judged(url, token, folder, [*options, *pinned])
    return judgement.from_report(status, report, time.monotonic() - start)
