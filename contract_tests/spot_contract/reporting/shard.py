"""The additional section of a shard's report, from which `merge` makes the verdict of all shards."""

import hashlib
import socket
import uuid
from collections.abc import Iterator
from typing import Any

from spot_contract.configuration.settings import is_loopback
from spot_contract.exchanges.exchange import Exchange
from spot_contract.session.findings import Cell, Record
from spot_contract.session.run import Run

from .masking import Masking, masking


def section(run: Run) -> dict[str, Any] | None:
    """The section; None if the run is not a shard."""
    if run.settings.shard is None:
        return None
    part, parts = run.settings.shard
    mask = masking(run)
    sent = {canary for one in run.judge.history for canary in one.request.canaries}
    return {
        "part": part,
        "parts": parts,
        "server": _server(run),
        "records": {name: _record(run, record, mask) for name, record in run.judge.records.items() if record.cases},
        "ids": [[identifier, one.intent.encoding, mask(one.request.what)] for identifier, one in _ids(run)],
        "sent": sorted(sent),
        "foreign": list(_foreign(run, sent, mask)),
        "excused": run.excused(),
        "used_waivers": [number for number, one in enumerate(run.settings.waivers) if one in run.used],
    }


def _server(run: Run) -> str:
    """An identifier of the server, by which `merge` finds shards that share its orders.

    It includes the machine for loopback addresses, and is unique for a server that the run started.
    """
    where = [run.url]
    if run.sandbox or run.settings.has_own_server:
        where.append(uuid.uuid4().hex)
    elif is_loopback(run.url):
        where += [socket.gethostname(), str(uuid.getnode())]
    return hashlib.sha256("\n".join(where).encode()).hexdigest()[:16]


def _record(run: Run, record: Record, mask: Masking) -> dict[str, Any]:
    states: dict[Cell, str] = {}
    for finding in run.findings:
        if record is run.judge.records.get(finding.rule.id):
            state = "waived" if finding.is_waived else "known" if finding.is_known else "new"
            states.update(dict.fromkeys(finding.cells, state))
    return {
        "cases": record.cases,
        "tried": [[*_words(cell, mask), count] for cell, count in record.tried.items()],
        "broken": [[*_words(cell, mask), seen.count, states.get(cell, "new")] for cell, seen in record.broken.items()],
    }


def _words(cell: Cell, mask: Masking) -> tuple[str, ...]:
    return mask(cell.place), mask(cell.way), str(cell.circumstance), mask(cell.encoding)


def _ids(run: Run) -> Iterator[tuple[str, Exchange]]:
    for one in run.judge.history:
        identifier = (one.order or {}).get("order_id")
        if isinstance(identifier, str | int) and not isinstance(identifier, bool) and identifier != "":
            yield str(identifier), one


def _foreign(run: Run, sent: set[str], mask: Masking) -> Iterator[list[Any]]:
    """Texts in answers that look like canaries but belong to no order of this shard."""
    for one in run.judge.history:
        for canary in sorted(one.answer.canaries - sent) if one.answer is not None else ():
            yield [canary, one.intent.encoding, mask(one.request.what), one.status]
