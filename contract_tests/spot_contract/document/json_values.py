"""Strict JSON (RFC 8259): rejects what Python's parser lets pass, and keeps every digit of a number."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


TOO_DEEP = "it is nested too deep to read"


class NotJSON(ValueError):
    """The text is not JSON. The message says why."""


def read(data: bytes) -> Any:
    """The value of a JSON text; fractions become Decimal. Raises NotJSON."""
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except NotJSON:
        raise
    except UnicodeDecodeError as error:
        raise NotJSON(f"it is not UTF-8 (byte {error.start})") from error
    except (ValueError, InvalidOperation) as error:
        raise NotJSON(str(error)) from error
    except RecursionError as error:
        raise NotJSON(TOO_DEEP) from error


def plain(value: Any) -> Any:
    """The same value with floats in place of Decimals, as schema validators expect."""
    if is_object(value):
        return {key: plain(inner) for key, inner in value.items()}
    if is_list(value):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def equal(sent: Any, got: Any) -> bool:
    """Whether two JSON values are equal: 1.0 equals 1, true does not, and the order of keys does not matter."""
    if is_object(sent) and is_object(got):
        return sent.keys() == got.keys() and all(equal(sent[name], got[name]) for name in sent)
    if is_list(sent) and is_list(got):
        return len(sent) == len(got) and all(map(equal, sent, got))
    if _is_number(sent) and _is_number(got):
        return _exact(sent) == _exact(got) or (isinstance(sent, float) and float(got) == sent)
    return type(sent) is type(got) and bool(sent == got)


def difference(sent: Any, got: Any, path: str) -> tuple[str, Any, Any] | None:
    """The path at which two JSON values first differ, and the value on each side; None if they are equal."""
    if equal(sent, got):
        return None
    if is_object(sent) and is_object(got):
        for name in sent:
            if name not in got:
                return f"{path}.{name}", sent[name], "(nothing)"
            if (found := difference(sent[name], got[name], f"{path}.{name}")) is not None:
                return found
        extra = next(name for name in got if name not in sent)
        return f"{path}.{extra}", "(nothing)", got[extra]
    if is_list(sent) and is_list(got) and len(sent) == len(got) and not _is_reordered(sent, got):
        for number, (one, two) in enumerate(zip(sent, got, strict=True)):
            if (found := difference(one, two, f"{path}[{number}]")) is not None:
                return found
    return path, sent, got


def display(value: Any, limit: int = 300) -> str:
    """A value as a person reads it in a report."""
    text = json.dumps(plain(value), ensure_ascii=False, default=str)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _is_reordered(sent: list[Any], got: list[Any]) -> bool:
    """Whether two lists hold the same values in a different order."""
    first, second = ([json.dumps(plain(item), sort_keys=True, default=str) for item in items] for items in (sent, got))
    return sorted(first) == sorted(second)


def _integer(text: str) -> int | Decimal:
    """Decimal for integers beyond 4,300 digits, which int() refuses."""
    return int(text) if len(text) < 4000 else Decimal(text)


def _constant(name: str) -> NoReturn:
    raise NotJSON(f"it holds {name}, which JSON does not know")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJSON("a name stands twice in one object")
    return found


def _is_number(value: object) -> TypeGuard[int | float | Decimal]:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _exact(value: float | Decimal) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
