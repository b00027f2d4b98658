"""Models that are sent: they refuse unknown properties and leave out read-only ones."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from attrs import evolve

from ..models.codecs import Codec
from ..models.model import Model, add_outgoing, fields_of
from ..models.structures import FreeFormOf, ListOf, ModelOf, OneOf
from ..values.kinds import is_list, is_object
from ..values.unset import UNSET


def mark_outgoing(bodies: Iterable[Codec]) -> None:
    """Mark the models in these bodies as sent, including the models inside them, on the first call of `from_dict`."""

    def mark() -> None:
        for codec in bodies:
            for model in _models(codec, set()):
                model._goes_out = True  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    add_outgoing(mark)


def _models(codec: Codec, seen: set[type[Model]]) -> Iterator[type[Model]]:
    """The models that a body can contain, each once."""
    if isinstance(codec, ListOf):
        yield from _models(codec.item, seen)
    elif isinstance(codec, FreeFormOf):
        yield from _models(codec.kind.__spot_values__(), seen)
    elif isinstance(codec, OneOf):
        for alternative in codec.alternatives:
            yield from _models(alternative, seen)
    elif isinstance(codec, ModelOf) and codec.kind not in seen:
        seen.add(codec.kind)
        yield codec.kind
        for field in fields_of(codec.kind):
            yield from _models(field.codec, seen)


@cache
def holds_read_only(codec: Codec) -> bool:
    """Whether a body can contain a read-only property."""
    return any(field.read_only for model in _models(codec, set()) for field in fields_of(model))


def without_read_only(value: Any) -> Any:
    """The value without read-only properties, so that a model that was read can be sent."""
    if isinstance(value, Model):
        return _without_read_only(value)
    if is_object(value):
        return {key: without_read_only(item) for key, item in value.items()}
    return [without_read_only(item) for item in value] if is_list(value) else value


def _without_read_only(model: Model) -> Any:
    changes: dict[str, Any] = {}
    for field in fields_of(type(model)):
        value = getattr(model, field.attribute)
        kept = UNSET if field.read_only else without_read_only(value)
        if kept is not value:
            changes[field.attribute] = kept
    made: Any = model
    return evolve(made, **changes) if changes else made
