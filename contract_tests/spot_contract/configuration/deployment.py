"""conformance.toml: the form dialects of a deployment. Its waivers are read in `waivers`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spot_contract.document.json_values import is_object
from spot_contract.document.media_types import MULTIPART, URLENCODED
from spot_contract.errors import CannotJudge
from spot_contract.generation.encodings import Nesting

NAME = "conformance.toml"
NONE = "none"
_DIALECTS = (*(str(one) for one in Nesting), NONE)
_FIELDS = ("recipient", "metadata")
_TYPES = {URLENCODED: URLENCODED, MULTIPART: MULTIPART, "urlencoded": URLENCODED, "multipart": MULTIPART}


@dataclass(frozen=True)
class Deployment:
    """Pinned dialects by media type and field. A media type with the recipient `none` is not offered."""

    pinned: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    def offers(self, media_type: str) -> bool:
        """Whether the deployment accepts this media type."""
        return self.pinned.get(media_type, {}).get("recipient") != NONE

    def dialect(self, media_type: str, name: str) -> str | None:
        """The dialect that a field is pinned to; None if it is not pinned."""
        return self.pinned.get(media_type, {}).get(name)


def read(path: Path) -> dict[str, Any]:
    """Read the tables of a conformance.toml. Raises CannotJudge if it is unreadable or has unknown tables."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotJudge(f"{path.name} cannot be read: {error.strerror}.") from error
    except (UnicodeError, tomllib.TOMLDecodeError) as error:
        raise CannotJudge(f"{path.name} is not valid TOML: {error}.") from error
    if unknown := sorted(raw.keys() - {"waiver", "forms"}):
        raise CannotJudge(f"{path.name}: unknown entry {unknown[0]!r}; expected [forms] and [[waiver]] tables.")
    return raw


def deployment(name: str, raw: Mapping[str, Any]) -> Deployment:
    """Read the [forms] table. Raises CannotJudge for unknown keys and dialects.

    `recipient` and `metadata` apply to both form media types; a table named after a media type applies to that one.
    "none" in place of a table means that the media type is not offered.
    """
    forms = raw.get("forms", {})
    if forms == NONE:
        forms = dict.fromkeys((URLENCODED, MULTIPART), NONE)
    if not is_object(forms):
        raise CannotJudge(f'{name}: [forms] must be a table of dialects, or forms = "none" if only JSON is offered.')
    shared = {key: _dialect(name, key, forms[key]) for key in _FIELDS if key in forms}
    pinned: dict[str, Mapping[str, str]] = {one: dict(shared) for one in (URLENCODED, MULTIPART)} if shared else {}
    for key, value in forms.items():
        if key in _FIELDS:
            continue
        if key not in _TYPES:
            known = ", ".join((*_FIELDS, URLENCODED, MULTIPART))
            raise CannotJudge(f"{name}: [forms] has no key {key!r}; expected {known}.")
        pinned[_TYPES[key]] = {**shared, **_of_type(name, key, value)}
    return Deployment(pinned)


def _of_type(name: str, media_type: str, value: object) -> dict[str, str]:
    if value == NONE:
        return {"recipient": NONE, "metadata": NONE}
    if not is_object(value):
        raise CannotJudge(f'{name}: {media_type} in [forms] must be a table with recipient and metadata, or "none".')
    if unknown := sorted(set(value) - set(_FIELDS)):
        raise CannotJudge(
            f"{name}: {media_type} in [forms] has no key {unknown[0]!r}; expected recipient and metadata."
        )
    return {key: _dialect(name, key, inner) for key, inner in value.items()}


def _dialect(name: str, key: str, value: object) -> str:
    if value not in _DIALECTS:
        raise CannotJudge(f"{name}: unknown dialect {value!r} for {key}; expected {', '.join(_DIALECTS)}.")
    return str(value)
