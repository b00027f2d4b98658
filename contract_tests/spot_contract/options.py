"""The suite's options, and the settings they make."""

import os
import secrets as random_secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from . import rules, settings, waivers
from .errors import CannotJudge
from .secrets import Secret
from .server import new_token
from .settings import PROFILES, Settings


def add(parser: pytest.Parser) -> None:
    """Every option of the suite."""
    group = parser.getgroup("contract", "contract suite")
    group.addoption(
        "--base-url", metavar="URL", help="judge the server at URL (default: SPOT_BASE_URL, or a sandbox of its own)"
    )
    group.addoption("--profile", choices=sorted(PROFILES), default="ci", help="how much is tried (default: ci)")
    group.addoption("--budget", metavar="TIME", help="how long the deep profile goes on, such as 10m")
    group.addoption(
        "--seed",
        metavar="N",
        default="1",
        help="a number, or 'random' (default: 1); the same seed sends the same requests",
    )
    group.addoption("--shard", metavar="K/N", help="run the K-th of N parts")
    group.addoption(
        "--rule",
        action="append",
        metavar="RULE",
        help="judge the own cases of this rule, or of this chapter of rules, alone; repeatable (see --rules)",
    )
    group.addoption(
        "--kit-type",
        action="append",
        metavar="NAME",
        help=f"a kit type the server knows; repeatable (default: {settings.KIT_TYPE})",
    )
    group.addoption(
        "--allow-orders",
        type=int,
        metavar="N",
        help="how many orders may be spent; needed for a server that is not this machine",
    )
    group.addoption("--recipient", metavar="FILE", help="send every kit to the recipient in this YAML file")
    group.addoption("--rate", metavar="PACE", help="no faster than this, such as 5/s")
    group.addoption(
        "--timeout", type=float, default=30.0, metavar="S", help="seconds to wait for an answer (default: 30)"
    )
    group.addoption(
        "--waivers",
        metavar="FILE",
        help=f"rules that may be broken, with reason and last day (default: {waivers.NAME} where there is one)",
    )
    group.addoption("--report-dir", metavar="DIR", help="write report.html, report.json and junit.xml there")
    group.addoption("--rules", action="store_true", help="list the rules with their sources and judge nothing")


def read(config: pytest.Config) -> Settings:
    """The settings that the options make. Raises CannotJudge."""
    option: Any = config.option
    url = option.base_url or settings.default_url()
    if url:
        settings.target(url)
    elif option.allow_orders is not None or option.rate:
        raise CannotJudge(
            "--allow-orders and --rate are for a server named by --base-url; the suite's own sandbox needs neither."
        )
    _check_orders(url, option.allow_orders)
    if not option.timeout > 0:
        raise CannotJudge("--timeout is a number of seconds above zero.")
    if option.budget and option.profile != "deep":
        raise CannotJudge("--budget belongs to the deep profile; add --profile deep.")
    token = settings.token_from(os.environ) if url else new_token()
    known = rules.all_rules()
    only = [one.id for one in known.values() if {one.id, one.chapter} & set(option.rule or ())]
    if unknown := [name for name in option.rule or () if name not in {*known, *rules.CHAPTERS}]:
        raise CannotJudge(f"--rule {unknown[0]!r} is no rule and no chapter of this suite; --rules lists them.")
    return Settings(
        token=token,
        base_url=url,
        profile=PROFILES[option.profile],
        seed=_seed(option.seed),
        strict=bool(config.getini("strict")),
        kit_types=settings.kit_types(option.kit_type),
        allowed=option.allow_orders,
        rate=settings.rate(option.rate) if option.rate else None,
        recipient=settings.recipient_from(Path(option.recipient)) if option.recipient else None,
        timeout=option.timeout,
        budget=settings.seconds(option.budget) if option.budget else (600.0 if option.profile == "deep" else None),
        shard=settings.shard(option.shard) if option.shard else None,
        only=frozenset(only),
        waivers=_waivers(option.waivers),
        advice=frozenset(one.id for one in known.values() if one.advice),
        gone={one.id: why for one in known.values() if (why := one.gone)},
    )


def for_worker(found: Settings, workers: int) -> dict[str, Any]:
    """What a worker process must know beside the options: a share of the budget and of the pace."""
    return {
        "token": found.token.value,
        "base_url": found.base_url,
        "seed": found.seed,
        "allowed": None if found.allowed is None else found.allowed // workers,
        "rate": None if found.rate is None else found.rate / workers,
    }


def with_worker_input(found: Settings, given: dict[str, Any]) -> Settings:
    """The settings of a worker process."""
    return replace(
        found, token=Secret(given["token"]), seed=given["seed"], allowed=given["allowed"], rate=given["rate"]
    )


def _seed(text: str) -> int:
    if text == "random":
        return random_secrets.randbelow(10**6)
    try:
        return int(text)
    except ValueError as error:
        raise CannotJudge(f"--seed {text!r} is neither a number nor 'random'.") from error


def _check_orders(url: str | None, allowed: int | None) -> None:
    if allowed is not None and allowed < 1:
        raise CannotJudge("--allow-orders needs at least 1: without an accepted order nothing can be judged.")
    if url and allowed is None and not settings.is_loopback(url):
        raise CannotJudge(
            "The server is not this machine, and every accepted order ships a kit to a person; "
            "say with --allow-orders N how many orders may be spent."
        )


def _waivers(given: str | None) -> tuple[waivers.Waiver, ...]:
    path = Path(given or waivers.NAME)
    if given is None and not path.is_file():
        return ()
    return waivers.load(path, rules.all_rules())
