"""Which models an operation sends: those are strict about properties that the document does not name."""

from typing import Any

from .codecs import Codec
from .model import add_outgoing, fields_of
from .operations import Operation
from .structures import ListOf, ModelOf, OneOf


def mark_outgoing(*operations: Operation[Any]) -> None:
    """Mark the models in the bodies of these operations, and those that they hold, as soon as somebody asks."""

    def mark() -> None:
        for operation in operations:
            for codec in operation.bodies.values():
                _mark(codec)

    add_outgoing(mark)


def _mark(codec: Codec) -> None:
    if isinstance(codec, ListOf):
        _mark(codec.item)
    elif isinstance(codec, OneOf):
        for alternative in codec.alternatives:
            _mark(alternative)
    elif isinstance(codec, ModelOf) and not codec.kind._goes_out:  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        codec.kind._goes_out = True  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        for field in fields_of(codec.kind):
            _mark(field.codec)
