"""Forms that are misread in one dialect or one detail; of the chapter on media types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.media_types import CHAPTER, NAMES, REPEATED, SAME
from spot_sandbox.hooks.steps import is_form, media_type, on_body
from spot_sandbox.hooks.trees import Number, each_scalar, each_text, each_value, is_list, is_object
from spot_sandbox.http.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.document.operations import Operation
    from spot_sandbox.http.messages import Request
    from spot_sandbox.orders.service import Service

QS_DEPTH = 5


def _forms(service: Service, here: Callable[[Request], bool], change: Callable[[dict[str, Any]], Any]) -> None:
    on_body(service, lambda request, tree: change(tree) if is_form(request) and here(request) else None)


def _in_brackets(request: Request) -> bool:
    return b"metadata[" in request.raw or b"metadata%5B" in request.raw


def _is_flat(request: Request) -> bool:
    """Whether metadata comes in names of its own."""
    return _in_brackets(request) or b"metadata." in request.raw


@fault(CHAPTER, REPEATED, "rare")
def indexes_sorted_as_texts(service: Service) -> None:
    """Of kit types with indexes the tenth comes before the second: the indexes are sorted as texts."""

    def change(tree: dict[str, Any]) -> None:
        items = enumerate(tree["kit_types"])
        tree["kit_types"] = [each for _, each in sorted(items, key=lambda item: str(item[0]))]

    _forms(service, lambda request: re.search(rb"kit_types(\[|%5B)\d", request.raw) is not None, change)


@fault(CHAPTER, REPEATED, "rare")
def first_of_empty_brackets_counts(service: Service) -> None:
    """Of several kit_types[] the first one counts."""

    def change(tree: dict[str, Any]) -> None:
        del tree["kit_types"][1:]

    _forms(service, lambda request: b"kit_types[]" in request.raw or b"kit_types%5B%5D" in request.raw, change)


@fault(CHAPTER, SAME, "rare")
def numbers_within_forms_typed(service: Service) -> None:
    """A text of digits in a form's metadata becomes a number, where metadata comes in names of its own."""

    def typed(each: Any) -> Any:
        return Number(each) if isinstance(each, str) and re.fullmatch(r"[1-9]\d{0,14}", each) else each

    _forms(service, _is_flat, lambda tree: tree.update(metadata=each_scalar(tree.get("metadata"), typed)))


@fault(CHAPTER, SAME, "rare")
def brackets_read_to_depth_five(service: Service) -> None:
    """Metadata in brackets is cut below five levels, the depth at which qs stops."""

    def cut(tree: Any, left: int) -> Any:
        if left or not (is_object(tree) or is_list(tree)):
            return each_value(tree, lambda each: cut(each, left - 1))
        return None

    _forms(service, _in_brackets, lambda tree: tree.update(metadata=cut(tree.get("metadata"), QS_DEPTH)))


@fault(CHAPTER, SAME, "rare")
def semicolons_separate_fields(service: Service) -> None:
    """A text of an urlencoded form ends at a semicolon, which separates fields, too."""

    def change(tree: dict[str, Any]) -> None:
        for name in ("recipient", "metadata"):
            if name in tree:
                tree[name] = each_text(tree[name], lambda text: text.partition(";")[0])

    _forms(service, lambda request: media_type(request).endswith("urlencoded"), change)


@fault(CHAPTER, SAME, "rare")
def last_line_break_of_a_part_lost(service: Service) -> None:
    """A line break at the end of a multipart text is lost with the one that ends the part."""

    def change(tree: dict[str, Any]) -> None:
        for name in ("recipient", "metadata"):
            if name in tree:
                tree[name] = each_text(tree[name], lambda text: re.sub(r"\r?\n$", "", text))

    _forms(service, lambda request: media_type(request) == "multipart/form-data", change)


@fault(CHAPTER, SAME, "rare")
def empty_texts_of_forms_are_null(service: Service) -> None:
    """An empty street2 in a form becomes null, as browsers send empty fields."""

    def change(tree: dict[str, Any]) -> None:
        address = tree["recipient"]["address"]
        address["street2"] = address.get("street2") or None

    _forms(service, lambda _request: True, change)


def _unsupported(service: Service, refused: Callable[[bytes], bool]) -> None:
    inner = service.media_type

    def chosen(operation: Operation, request: Request) -> str:
        if refused(b"".join(request.header(b"content-type"))):
            raise Refusal(415, "The media type is not supported.")
        return inner(operation, request)

    service.media_type = chosen


@fault(CHAPTER, NAMES, "rare")
def quoted_boundary_unsupported(service: Service) -> None:
    """A boundary in quotes is not understood."""
    _unsupported(service, lambda stated: b'boundary="' in stated)


@fault(CHAPTER, NAMES, "rare")
def quoted_charset_unsupported(service: Service) -> None:
    """A charset in quotes or in upper case is not understood."""
    _unsupported(service, lambda stated: re.search(rb'charset=("|UTF)', stated) is not None)
