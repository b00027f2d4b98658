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
    """All settings of one run. Times are in seconds, `rate` is in requests per second."""

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
    has_own_server: bool = False  # The server was started for this run.
    only: frozenset[str] = frozenset()
    deployment: Deployment = field(default_factory=Deployment)
    waivers: tuple[Waiver, ...] = ()
    baseline: Baseline | None = None
    examples: Examples | None = None

    @property
    def makes_no_order(self) -> bool:
        """Whether no order may be placed."""
        return self.allowed == 0

    @property
    def skew(self) -> float:
        """The tolerated clock difference in seconds: small on this machine, larger for other servers."""
        return 60.0 if self.base_url is None or is_loopback(self.base_url) else 300.0


def target(url: str) -> Target:
    """The target of a URL. Raises CannotJudge if the URL is invalid."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == -1:
        raise CannotJudge(f"Invalid --base-url {url!r}: expected an address like http://127.0.0.1:8000.")
    if parts.username or parts.password:
        raise CannotJudge("--base-url contains a user name or password; remove it, and set SPOT_API_TOKEN.")
    if parts.query or parts.fragment:
        raise CannotJudge(
            f"{url!r} contains a query or fragment; give the address to which the operation's path is appended."
        )
    return Target.of(parts)


def is_loopback(url: str) -> bool:
    """Whether a URL is a loopback address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def token_from(environment: Mapping[str, str]) -> Secret:
    """The token in SPOT_API_TOKEN. Raises CannotJudge if it is missing or cannot be sent in a header."""
    value = environment.get("SPOT_API_TOKEN", "")
    if not value.strip():
        raise CannotJudge("SPOT_API_TOKEN is not set; set it to the server's API token.")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise CannotJudge(
            "SPOT_API_TOKEN contains blanks or characters that a header cannot carry; set the bare token."
        )
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
    """Parse a shard like 2/5, the second of five; `auto` reads the variables of CI or a Kubernetes job.

    The variables are used only on request, since jobs also run in parallel for other reasons. Raises CannotJudge.
    """
    if text == "auto":
        index, total, first = next((one for one in _NODES if one[0] in environment), ("", "", 0))
        values = environment.get(index, ""), environment.get(total, "")
        if not all(one.isascii() and one.isdigit() for one in values):
            why = f"{index} or {total} is no number" if index else "none of them is set"
            raise CannotJudge(
                "--shard auto needs CI_NODE_INDEX (counted from 1) and CI_NODE_TOTAL, or JOB_COMPLETION_INDEX (from 0) "
                f"and JOB_COMPLETION_TOTAL; {why}."
            )
        text = f"{int(values[0]) + 1 - first}/{values[1]}"
    found = re.fullmatch(r"(\d+)/(\d+)", text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise CannotJudge(f"Invalid --shard {text!r}: expected one like 2/5, the second of five, or auto.")
    return int(found[1]), int(found[2])


def recipient_from(path: Path) -> Mapping[str, Any]:
    """Read the recipient of all orders from a YAML file. Raises CannotJudge."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotJudge(f"--recipient {path.name} cannot be read: {error.strerror}.") from error
    except (UnicodeError, yaml.YAMLError):
        # The error would quote the file.
        raise CannotJudge(
            f"--recipient {path.name} is not valid YAML; give a mapping such as first_name: Alice."
        ) from None
    document = Document.load(VENDORED)
    broken = next(document.errors(document.property(document.order_schema, "recipient") or {}, found), None)
    if broken is not None:
        where = ".".join(str(part) for part in broken.absolute_path) or "the file"
        reason = broken.message if broken.validator == "required" else f"it breaks {broken.validator!r}"
        raise CannotJudge(f"--recipient {path.name} does not conform to the document's Recipient: {where}: {reason}.")
    return cast("Mapping[str, Any]", found)


def kit_types(given: Sequence[str] | None) -> tuple[str, ...]:
    """The kit types to order: the given ones, or those in the document's enum or example. Raises CannotJudge."""
    document = Document.load(VENDORED)
    place = document.property(document.order_schema, "kit_types") or {}
    listed = document.resolve(place.get("items", {})).get("enum", ())
    if unknown := [name for name in given or () if listed and name not in listed]:
        raise CannotJudge(f"Unknown --kit-type {unknown[0]!r}: the document allows {', '.join(map(str, listed))}.")
    return tuple(given or listed or place.get("example") or (KIT_TYPE,))


def private_values(recipient: Mapping[str, Any] | None) -> dict[str, str]:
    """The values of a real recipient, by the field names that replace them in reports."""
    found: dict[str, str] = {}
    for name, value in (recipient or {}).items():
        if isinstance(value, Mapping):
            found |= private_values(cast("Mapping[str, Any]", value))
        elif isinstance(value, str):
            found[name] = value
    return {name: value for name, value in found.items() if name not in {"country", "state"}}
