"""Support for pydantic 2. pydantic is not a dependency: it is imported when it asks for a schema."""

from enum import Enum
from importlib import import_module
from typing import Any

from ..values.kinds import is_object


class PydanticField:
    """The methods that pydantic calls on a class that is a field of its models."""

    __slots__ = ()

    @classmethod
    def __spot_schema__(cls) -> dict[str, Any]:
        """The JSON Schema of the class."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Return the schema by which pydantic reads and writes the class."""
        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        """Return the JSON Schema that pydantic shows."""
        return cls.__spot_schema__()


def core_schema_of(kind: type[Any]) -> Any:
    """The schema of a class: instances pass, JSON is read by `from_dict` or as a member of the enumeration."""
    schemas: Any = import_module("pydantic_core").core_schema
    is_enum = issubclass(kind, Enum)

    def validate(value: Any) -> Any:
        if isinstance(value, kind):
            return value
        return kind(value) if is_enum else _read_object(kind, value)

    def write(value: Any) -> Any:
        return value.value if is_enum else value.to_dict()

    return schemas.no_info_plain_validator_function(
        validate, serialization=schemas.plain_serializer_function_ser_schema(write)
    )


def _read_object(kind: Any, value: object) -> Any:
    if not is_object(value):
        raise ValueError(f"{kind.__name__} must be an object.")
    return kind.from_dict(value)
