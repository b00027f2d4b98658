"""Forms that are misread in one dialect or one detail; part of the chapter media types."""

import re
from collections.abc import Callable
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.faults.http.media_types import CHAPTER, NAMES, REPEATED, SAME, stated, unsupported
from spot_sandbox.hooks.steps import is_form, is_multipart, is_urlencoded, on_body
from spot_sandbox.hooks.trees import Number, cut_below, each_scalar, each_text
from spot_sandbox.http.messages import Request
from spot_sandbox.orders.service import Service

QS_DEPTH = 5


def _in_brackets(request: Request) -> bool:
    """Whether a form contains metadata in brackets."""
    return is_form(request) and (b"metadata[" in request.raw or b"metadata%5B" in request.raw)


def _is_flat(request: Request) -> bool:
    """Whether a form contains metadata in brackets or dotted names."""
    return _in_brackets(request) or (is_form(request) and b"metadata." in request.raw)


def _texts(service: Service, wanted: Callable[[Request], bool], change: Callable[[str], str]) -> None:
    """Change the strings of recipient and metadata in the bodies of some requests."""

    def rewrite(request: Request, tree: dict[str, Any]) -> None:
        if wanted(request):
            for name in {"recipient", "metadata"} & tree.keys():
                tree[name] = each_text(tree[name], change)

    on_body(service, rewrite)


@fault(CHAPTER, REPEATED, "rare", hook=on_body)
def indexes_sorted_as_texts(request: Request, tree: dict[str, Any]) -> None:
    """Kit types with indexes are sorted by the index as a string: 10 comes before 2."""
    if is_form(request) and re.search(rb"kit_types(\[|%5B)\d", request.raw):
        items = enumerate(tree["kit_types"])
        tree["kit_types"] = [each for _, each in sorted(items, key=lambda item: str(item[0]))]


@fault(CHAPTER, REPEATED, "rare", hook=on_body)
def first_of_empty_brackets_counts(request: Request, tree: dict[str, Any]) -> None:
    """Of several kit_types[] in a form, only the first one is read."""
    if is_form(request) and re.search(rb"kit_types(\[\]|%5B%5D)", request.raw):
        del tree["kit_types"][1:]


@fault(CHAPTER, SAME, "rare", hook=on_body)
def numbers_within_forms_typed(request: Request, tree: dict[str, Any]) -> None:
    """A string of digits in the metadata of a form with dotted names or brackets becomes a number."""

    def typed(each: Any) -> Any:
        return Number(each) if isinstance(each, str) and re.fullmatch(r"[1-9]\d{0,14}", each) else each

    if _is_flat(request):
        tree["metadata"] = each_scalar(tree.get("metadata"), typed)


@fault(CHAPTER, SAME, "rare", hook=on_body)
def brackets_read_to_depth_five(request: Request, tree: dict[str, Any]) -> None:
    """Metadata in brackets is cut below five levels, the default limit of the library qs."""
    if _in_brackets(request):
        tree["metadata"] = cut_below(tree.get("metadata"), QS_DEPTH)


@fault(CHAPTER, SAME, "rare")
def semicolons_separate_fields(service: Service) -> None:
    """A string in a URL-encoded form is cut at a semicolon, which is read as a separator of fields."""
    _texts(service, is_urlencoded, lambda text: text.partition(";")[0])


@fault(CHAPTER, SAME, "rare")
def last_line_break_of_a_part_lost(service: Service) -> None:
    """A line break at the end of a multipart string is lost."""
    _texts(service, is_multipart, lambda text: re.sub(r"\r?\n$", "", text))


@fault(CHAPTER, SAME, "rare", hook=on_body)
def empty_texts_of_forms_are_null(request: Request, tree: dict[str, Any]) -> None:
    """An empty street2 in a form becomes null."""
    if is_form(request):
        address = tree["recipient"]["address"]
        address["street2"] = address.get("street2") or None


@fault(CHAPTER, NAMES, "rare")
def quoted_boundary_unsupported(service: Service) -> None:
    """A quoted boundary is answered with 415."""
    unsupported(service, lambda request: b'boundary="' in stated(request))


@fault(CHAPTER, NAMES, "rare")
def quoted_charset_unsupported(service: Service) -> None:
    """A charset in quotes or in upper case is answered with 415."""
    unsupported(service, lambda request: re.search(rb'charset=("|UTF)', stated(request)) is not None)
