"""The suite's command-line options, and how they become settings."""

import os
import secrets as random_secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from spot_contract.document import versions
from spot_contract.errors import CannotJudge
from spot_contract.rules import registry
from spot_contract.rules.registry import all_rules
from spot_contract.transport.sandbox import new_token

from . import baseline, deployment, examples, settings, waivers
from .settings import PROFILES, Settings

_RATE_WITHOUT_ORDERS = 5.0  # Default rate with --allow-orders 0, in requests per second: gentle to a live deployment.


def add(option: Callable[..., object]) -> None:
    """Add every option of the suite by calling `option` with the arguments of argparse's add_argument."""
    option(
        "--base-url",
        metavar="URL",
        help="judge the server at URL (default: SPOT_BASE_URL, or a sandbox started for the run)",
    )
    option(
        "--document",
        metavar="FILE|URL",
        help="judge by this version of the OpenAPI document (default: the bundled one)",
    )
    option("--profile", choices=sorted(PROFILES), default="ci", help="how much is sent (default: ci)")
    option("--budget", metavar="TIME", help="how long the deep profile repeats its random scenarios, such as 10m")
    option(
        "--max-time",
        metavar="TIME",
        help="stop after this time, such as 2m, and keep the results so far (default: 2m in quick, 15m in ci)",
    )
    option(
        "--seed",
        metavar="N",
        default="1",
        help="a number, or 'random' (default: 1); the same seed sends the same requests",
    )
    option("--shard", metavar="K/N", help="run the K-th of N parts; auto takes K and N from the CI environment")
    option(
        "--rule",
        action="append",
        metavar="RULE",
        help="judge only this rule or chapter of rules; repeatable (see --rules)",
    )
    option(
        "--kit-type",
        action="append",
        metavar="NAME",
        help=f"a kit type the server knows; repeatable (default: {settings.KIT_TYPE})",
    )
    option(
        "--allow-orders",
        type=int,
        metavar="N",
        help="maximum number of orders; required for servers on other machines; 0 sends only what every correct "
        "server refuses",
    )
    option("--recipient", metavar="FILE", help="send every kit to the recipient in this YAML file")
    option("--rate", metavar="RATE", help="maximum rate of requests (default: none; 5/s with --allow-orders 0)")
    option(
        "--connections",
        type=int,
        metavar="N",
        help="number of requests in flight at once (default: chosen by the measured round trip)",
    )
    option("--timeout", type=float, default=30.0, metavar="S", help="seconds to wait for an answer (default: 30)")
    option(
        "--waivers",
        metavar="FILE",
        help=f"waivers and dialects of the deployment (default: {deployment.NAME} if it exists)",
    )
    option(
        "--write-waivers",
        metavar="FILE",
        help="draft waivers for everything that this run finds broken, to be completed with reasons",
    )
    option(
        "--baseline",
        metavar="REPORT",
        help="the report.json of an earlier run, whose findings are known; only new findings fail the run",
    )
    option(
        "--examples",
        action="append",
        metavar="WHERE",
        help="first send requests that broke a rule in earlier runs, and store new ones: a folder, redis://…, or "
        "github:OWNER/REPOSITORY (read-only); repeatable",
    )
    option("--report-dir", metavar="DIR", help="write report.html, report.json and junit.xml to this folder")
    option("--rules", action="store_true", help="list the rules with their sources, and judge nothing")


def read(option: Any, *, is_strict: bool, environment: Mapping[str, str] = os.environ) -> Settings:
    """Convert options, given as attributes of `option`, to settings. Raises CannotJudge if one is invalid."""
    if option.document:
        versions.take(option.document)
    url = option.base_url or os.environ.get("SPOT_BASE_URL") or None
    if url:
        settings.target(url)
    elif option.allow_orders is not None or option.rate:
        raise CannotJudge(
            "--allow-orders and --rate apply only to a server named by --base-url; remove them to use the sandbox."
        )
    _check_orders(url, option.allow_orders)
    if not option.timeout > 0:
        raise CannotJudge("Invalid --timeout: expected a number of seconds above zero.")
    if option.connections is not None and not 1 <= option.connections <= 64:
        raise CannotJudge("Invalid --connections: expected a number from 1 to 64.")
    if option.budget and option.profile != "deep":
        raise CannotJudge("--budget applies only to the deep profile; add --profile deep.")
    if option.write_waivers and Path(option.write_waivers).exists():
        raise CannotJudge(f"--write-waivers {option.write_waivers} exists and is not overwritten; name another file.")
    known = all_rules()
    only = [one.id for one in known.values() if {one.id, one.chapter} & set(option.rule or ())]
    chapters = {one.chapter for one in known.values()}
    if unknown := [name for name in option.rule or () if name not in {*known, *chapters}]:
        raise CannotJudge(f"Unknown --rule {unknown[0]!r}: expected a rule or a chapter of rules; --rules lists them.")
    name, raw = _deployment(option.waivers)
    return Settings(
        token=settings.token_from(environment) if url else new_token(),
        base_url=url,
        profile=PROFILES[option.profile],
        seed=_seed(option.seed),
        is_strict=is_strict,
        kit_types=settings.kit_types(option.kit_type),
        allowed=option.allow_orders,
        rate=_rate(option),
        connections=option.connections,
        recipient=settings.recipient_from(Path(option.recipient)) if option.recipient else None,
        timeout=option.timeout,
        budget=_budget(option),
        max_time=settings.seconds("--max-time", option.max_time) if option.max_time else None,
        shard=settings.shard(option.shard) if option.shard else None,
        only=frozenset(only),
        deployment=deployment.deployment(name, raw),
        waivers=waivers.waivers(name, raw, known),
        examples=examples.opened(option.examples) if option.examples else None,
        baseline=baseline.read(Path(option.baseline)) if option.baseline else None,
    )


def listing(option: Any) -> str:
    """The text of --rules, for the document in these options. Raises CannotJudge."""
    if option.document:
        versions.take(option.document)
    return registry.listing()


def _rate(option: Any) -> float | None:
    if option.rate:
        return settings.rate(option.rate)
    return _RATE_WITHOUT_ORDERS if option.allow_orders == 0 else None


def _budget(option: Any) -> float | None:
    if option.budget:
        return settings.seconds("--budget", option.budget)
    return 600.0 if option.profile == "deep" else None


def _seed(text: str) -> int:
    if text == "random":
        return random_secrets.randbelow(10**6)
    try:
        return int(text)
    except ValueError as error:
        raise CannotJudge(f"Invalid --seed {text!r}: expected a number or 'random'.") from error


def _check_orders(url: str | None, allowed: int | None) -> None:
    if allowed is not None and allowed < 0:
        raise CannotJudge("Invalid --allow-orders: expected a number of orders, or 0 to judge without any.")
    if url and allowed is None and not settings.is_loopback(url):
        raise CannotJudge(
            "The server is on another machine, and every accepted order ships a kit to a person; "
            "set with --allow-orders N how many orders may be placed."
        )


def _deployment(given: str | None) -> tuple[str, dict[str, Any]]:
    """The name and the tables of the waivers file: the given one, or the default one if it exists."""
    path = Path(given or deployment.NAME)
    if given is None and not path.is_file():
        return path.name, {}
    return path.name, deployment.read(path)
