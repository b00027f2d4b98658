"""How pydantic 2 reads and writes the models. Imported only where pydantic asks for it; pydantic is no dependency."""

from enum import Enum
from importlib import import_module
from typing import Any

from .kinds import is_object


def core_schema_of(kind: type) -> Any:
    """The schema of a class: its own instances pass, JSON is read by `from_dict` or as a member."""
    schemas: Any = import_module("pydantic_core").core_schema
    read = _read_member if issubclass(kind, Enum) else _read_object
    write = _value if issubclass(kind, Enum) else _to_dict

    def validate(value: object) -> Any:
        return value if isinstance(value, kind) else read(kind, value)

    return schemas.no_info_plain_validator_function(
        validate,
        serialization=schemas.plain_serializer_function_ser_schema(write),
    )


def _read_object(kind: Any, value: object) -> Any:
    if not is_object(value):
        raise ValueError(f"{kind.__name__} must be an object.")
    return kind.from_dict(value)


def _read_member(kind: Any, value: object) -> Any:
    return kind(value)


def _to_dict(value: Any) -> Any:
    return value.to_dict()


def _value(value: Any) -> Any:
    return value.value
