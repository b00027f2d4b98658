"""Values as text: JSON, and plain text for the parts of a request that are not JSON."""

import json
from typing import Any

from ..values.kinds import is_list, is_object

to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def plain(value: Any, where: str) -> str:
    """A scalar as text in a URL or a header. Raises ValueError."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"{where} is null or nested, which this part of a request cannot represent.")


def entries(value: Any, where: str) -> list[tuple[str, str]] | list[str] | None:
    """The texts of a list, or the keys and texts of an object; None for a scalar. Raises ValueError."""
    found: list[tuple[str, str]] | list[str]
    if is_list(value):
        found = [plain(item, where) for item in value]
    elif is_object(value):
        found = [(str(key), plain(item, where)) for key, item in value.items()]
    else:
        return None
    if not found:
        raise ValueError(f"{where} is empty, which this part of a request cannot represent: leave it out.")
    return found
