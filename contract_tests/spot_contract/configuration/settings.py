"""What the caller chose, checked before the first request."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import yaml

from spot_contract.document.openapi import VENDORED, Document
from spot_contract.errors import CannotJudge
from spot_contract.exchanges.secrets import Secret
from spot_contract.scenarios.plan import Profile
from spot_contract.transport.target import Target

from .baseline import Baseline
from .deployment import Deployment
from .examples import Examples
from .waivers import Waiver

KIT_TYPE = "health_kit_1"  # The document's example.


PROFILES = {
    "quick": Profile("quick", rounds=1, form_orders=12, examples=4, schemathesis=6, repeats=6),
    "ci": Profile("ci", rounds=3, form_orders=64, examples=40, schemathesis=60, repeats=50),
    "deep": Profile("deep", rounds=6, form_orders=64, examples=200, schemathesis=200, repeats=100),
}
MAX_SECONDS = {"quick": 120.0, "ci": 900.0}


@dataclass(frozen=True)
class Settings:
    """All choices of one run. Times are in seconds, `rate` in requests per second."""

    token: Secret
    base_url: str | None
    profile: Profile
    seed: int
    is_strict: bool = False
    kit_types: tuple[str, ...] = (KIT_TYPE,)
    allowed: int | None = None
    rate: float | None = None
    connections: int | None = None
    recipient: Mapping[str, Any] | None = None
    timeout: float = 30.0
    budget: float | None = None
    max_time: float | None = None
    shard: tuple[int, int] | None = None
    has_own_server: bool = False  # Started for this run alone.
    only: frozenset[str] = frozenset()
    deployment: Deployment = field(default_factory=Deployment)
    waivers: tuple[Waiver, ...] = ()
    baseline: Baseline | None = None
    examples: Examples | None = None

    @property
    def makes_no_order(self) -> bool:
        """Whether no order may be made at all."""
        return self.allowed == 0

    @property
    def skew(self) -> float:
        """A server on this machine shares our clock; another one may be some minutes off."""
        return 60.0 if self.base_url is None or is_loopback(self.base_url) else 300.0


def target(url: str) -> Target:
    """The server behind an address. Raises CannotJudge for what is no address."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == -1:
        raise CannotJudge(f"{url!r} is no address of a server; give one like http://127.0.0.1:8000 to --base-url.")
    if parts.username or parts.password:
        raise CannotJudge("The address holds a user name or password; the token belongs into SPOT_API_TOKEN alone.")
    if parts.query or parts.fragment:
        raise CannotJudge(f"{url!r} holds a query or fragment; give the address that the operation's path follows.")
    return Target.of(parts)


def is_loopback(url: str) -> bool:
    """Whether an address can only be this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def token_from(environment: Mapping[str, str]) -> Secret:
    """The token of SPOT_API_TOKEN. Raises CannotJudge where there is none that a header can carry."""
    value = environment.get("SPOT_API_TOKEN", "")
    if not value.strip():
        raise CannotJudge("SPOT_API_TOKEN is not set; put the server's API token there.")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise CannotJudge("SPOT_API_TOKEN holds blanks or characters that no header can carry; set the bare token.")
    return Secret(value)


def seconds(option: str, text: str) -> float:
    """A time like 90, 90s, 10m or 1h, in seconds. Raises CannotJudge."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h|)", text.strip())
    if not found or float(found[1]) <= 0:
        raise CannotJudge(f"Invalid {option} {text!r}: expected a time like 90s, 10m or 1h.")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def rate(text: str) -> float:
    """A rate like 5/s or 30/m, in requests per second. Raises CannotJudge."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)/(s|m|h)", text.strip())
    if not found or float(found[1]) <= 0:
        raise CannotJudge(f"Invalid --rate {text!r}: expected one like 5/s or 30/m.")
    return float(found[1]) / {"s": 1, "m": 60, "h": 3600}[found[2]]


_NODES = (("CI_NODE_INDEX", "CI_NODE_TOTAL", 1), ("JOB_COMPLETION_INDEX", "JOB_COMPLETION_TOTAL", 0))


def shard(text: str, environment: Mapping[str, str] = os.environ) -> tuple[int, int]:
    """A part like 2/5, the second of five, or with `auto` the one that CI or a Kubernetes job gives.

    Nothing is taken without being asked: jobs run in parallel for other reasons, too, and are then not to judge a part
    alone. Raises CannotJudge.
    """
    if text == "auto":
        index, total, first = next((one for one in _NODES if one[0] in environment), ("", "", 0))
        told = environment.get(index, ""), environment.get(total, "")
        if not all(one.isascii() and one.isdigit() for one in told):
            why = f"{index} or {total} is no number" if index else "none of them is set"
            raise CannotJudge(
                "--shard auto needs CI_NODE_INDEX (from 1 on) and CI_NODE_TOTAL, or JOB_COMPLETION_INDEX (from 0 on) "
                f"and JOB_COMPLETION_TOTAL; {why}."
            )
        text = f"{int(told[0]) + 1 - first}/{told[1]}"
    found = re.fullmatch(r"(\d+)/(\d+)", text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise CannotJudge(f"Invalid --shard {text!r}: expected one like 2/5, the second of five, or auto.")
    return int(found[1]), int(found[2])


def recipient_from(path: Path) -> Mapping[str, Any]:
    """The recipient that every kit of the run is sent to, from a YAML file. Raises CannotJudge."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise CannotJudge(f"--recipient {path.name} cannot be read as YAML ({type(error).__name__}).") from error
    document = Document.load(VENDORED)
    broken = next(document.errors(document.property(document.order_schema, "recipient") or {}, found), None)
    if broken is not None:
        where = ".".join(str(part) for part in broken.absolute_path) or "the file"
        reason = broken.message if broken.validator == "required" else f"{broken.validator} does not hold"
        raise CannotJudge(f"--recipient {path.name} is no recipient of the document: {where}: {reason}.")
    return cast("Mapping[str, Any]", found)


def kit_types(given: Sequence[str] | None) -> tuple[str, ...]:
    """The kit types to order: those given, or those that the document lists or shows. Raises CannotJudge."""
    document = Document.load(VENDORED)
    place = document.property(document.order_schema, "kit_types") or {}
    listed = document.resolve(place.get("items", {})).get("enum", ())
    if unknown := [name for name in given or () if listed and name not in listed]:
        raise CannotJudge(f"--kit-type {unknown[0]!r} is none of the document's: {', '.join(map(str, listed))}.")
    return tuple(given or listed or place.get("example") or (KIT_TYPE,))


def private_values(recipient: Mapping[str, Any] | None) -> dict[str, str]:
    """The values of a real recipient, by the names that stand for them in reports."""
    found: dict[str, str] = {}
    for name, value in (recipient or {}).items():
        if isinstance(value, Mapping):
            found |= private_values(cast("Mapping[str, Any]", value))
        elif isinstance(value, str):
            found[name] = value
    return {name: value for name, value in found.items() if name not in {"country", "state"}}


def default_url() -> str | None:
    """The address of SPOT_BASE_URL, if any."""
    return os.environ.get("SPOT_BASE_URL") or None
