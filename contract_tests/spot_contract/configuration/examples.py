"""Requests that broke a rule in earlier runs, stored in Hypothesis example databases (--examples) and sent first.

A database is a folder, a Redis server, or a read-only GitHub artifact. Requests without the run's token, raw bytes and
requests to a real recipient are not stored.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis.database import (
    DirectoryBasedExampleDatabase,
    ExampleDatabase,
    GitHubArtifactDatabase,
    MultiplexedDatabase,
    ReadOnlyDatabase,
)

from spot_contract.document.openapi import VENDORED, Document
from spot_contract.errors import CannotJudge
from spot_contract.exchanges.exchange import Exchange
from spot_contract.exchanges.intent import Circumstance, Flaw, Intent, Kind
from spot_contract.exchanges.messages import Carriage, Credential, Request
from spot_contract.scenarios.scenario import Case

_MOST = 200  # Examples sent in one run, the smallest first.
_LARGEST = 100_000  # Bytes of an example.


@dataclass
class Examples:
    """A database of examples."""

    database: ExampleDatabase
    name: str

    @property
    def key(self) -> bytes:
        """The database key of the examples for this document."""
        return f"spot-contract {Document.load(VENDORED).fingerprint}".encode()

    def cases(self, credential: Credential) -> list[tuple[bytes, Case]]:
        """The stored cases with their data. Raises CannotJudge if the database cannot be read."""
        try:
            kept = sorted(set(self.database.fetch(self.key)), key=lambda one: (len(one), one))[:_MOST]
        except Exception as error:  # Each kind of database raises its own errors.
            raise CannotJudge(f"--examples {self.name} cannot be read ({type(error).__name__}).") from error
        read = ((data, _read(data, credential)) for data in kept)
        return [(data, case) for data, case in read if case is not None]

    def update(self, seen: Mapping[bytes, bool], broken: Sequence[Exchange], credential: Credential) -> str:
        """Delete examples that no longer break a rule, and store new ones. Returns a message if that fails."""
        try:
            for known, still in seen.items():
                if not still:
                    self.database.delete(self.key, known)
            for exchange in broken:
                data = _written(exchange, credential)
                if data is not None:
                    self.database.save(self.key, data)
        except Exception as error:  # noqa: BLE001  # As above; the verdict is still valid.
            return f"--examples {self.name} could not be written ({type(error).__name__})"
        return ""


def opened(names: Sequence[str]) -> Examples:
    """Open these databases as one. Raises CannotJudge."""
    found = [_database(name) for name in names]
    return Examples(found[0] if len(found) == 1 else MultiplexedDatabase(*found), ", ".join(map(_shown, names)))


def _shown(name: str) -> str:
    """The name with the password in a URL masked."""
    head, at, tail = name.rpartition("@")
    return f"{head.partition('://')[0]}://***@{tail}" if at and "://" in head else name


def _database(name: str) -> ExampleDatabase:
    if name.startswith(("redis://", "rediss://")):
        return _redis(name)
    if name.startswith("github:"):
        owner, slash, repository = name.removeprefix("github:").partition("/")
        if not (owner and slash and repository) or "/" in repository:
            raise CannotJudge(f"Invalid --examples {name!r}: expected github:OWNER/REPOSITORY.")
        return ReadOnlyDatabase(GitHubArtifactDatabase(owner, repository))
    if "://" in name:
        raise CannotJudge(
            f"Invalid --examples {_shown(name)!r}: expected a folder, redis://… or github:OWNER/REPOSITORY."
        )
    if Path(name).is_file():
        raise CannotJudge(f"--examples {name} is a file; give a folder, which is created if needed.")
    return DirectoryBasedExampleDatabase(name)


def _redis(name: str) -> ExampleDatabase:
    try:
        # An extra of the distribution.
        redis: Any = import_module("redis")
        database: Any = import_module("hypothesis.extra.redis")
    except ImportError as error:
        raise CannotJudge(
            "--examples redis://… needs the package redis: pip install 'spot-contract[redis]'."
        ) from error
    try:
        server = redis.Redis.from_url(name, socket_timeout=10, socket_connect_timeout=10)
        server.ping()
    except (redis.RedisError, ValueError) as error:
        raise CannotJudge(f"--examples {_shown(name)} cannot be reached ({type(error).__name__}).") from error
    found: ExampleDatabase = database.RedisExampleDatabase(server)
    return found


def _written(exchange: Exchange, credential: Credential) -> bytes | None:
    """The serialised request and intent; None if they must not be stored."""
    request = exchange.request
    if request.credential != credential or request.raw is not None or exchange.intent.kind is Kind.DIALECT:
        return None
    parts = {name: getattr(request, name) for name in ("content_type", "path", "method", "headers", "what")}
    parts["body"] = base64.b64encode(request.body).decode()
    parts["carriage"] = asdict(request.carriage)
    try:
        data = json.dumps({"request": parts, "intent": asdict(exchange.intent)}, sort_keys=True).encode()
    except (TypeError, ValueError, RecursionError):
        return None  # The order that was sent cannot be written as JSON.
    token = (credential.header or b"").split()[-1:]
    return data if len(data) <= _LARGEST and not any(one in data for one in token) else None


def _read(data: bytes, credential: Credential) -> Case | None:
    """The case from stored bytes; None if another version of the suite, or another program, wrote them."""
    try:
        found = json.loads(data)
        parts, intent = found["request"], found["intent"]
        carried: dict[str, Any] = {**parts["carriage"], "chunks": tuple(parts["carriage"]["chunks"])}
        carriage = Carriage(**carried)
        headers = tuple((str(name), str(value)) for name, value in parts["headers"])
        body = base64.b64decode(parts["body"], validate=True)
        request = Request(
            parts["content_type"], body, credential, parts["path"], parts["method"], headers, parts["what"], carriage
        )
        intent["kind"], intent["circumstance"] = Kind(intent["kind"]), Circumstance(intent["circumstance"])
        intent["flaw"] = None if intent["flaw"] is None else Flaw(intent["flaw"])
        meant: dict[str, Any] = {**intent, "names": tuple(intent["names"])}
        return Case(request, Intent(**meant))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
