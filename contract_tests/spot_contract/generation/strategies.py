"""Hypothesis strategies for realistic orders and their parts."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from spot_contract.document.schema_values import fitted

from . import samples
from .encodings import Encoding
from .orders import Body, OrderMaker, known, known_code, regions
from .regions import Region

_SCRIPTS = (
    "abcdefghijklmnopqrstuvwxyz",
    "áéíóúüñçøåäöšžčřłđğıß",
    "абвгдежзиклмнопрстуфхцчшщыэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "अआइईउऊकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
    "王李張劉陳楊黃趙吳周𠮷",
    "あいうえおかきくけこアイウエオ",
    "가나다라마바사아자차카타파하",
)


# Hypothesis validates a strategy on first use, which takes longer than drawing from it, so strategies are cached.


@cache
def names() -> st.SearchStrategy[str]:
    """Names of one to three words in one script, joined by blanks, hyphens or apostrophes."""
    mark = st.sampled_from(" -'")

    def joined(alphabet: str) -> st.SearchStrategy[str]:
        word = st.text(alphabet, min_size=1, max_size=12).map(lambda text: text[:1].upper() + text[1:])
        return st.tuples(word, st.lists(st.tuples(mark, word), max_size=2)).map(
            lambda parts: parts[0] + "".join(mark + word for mark, word in parts[1])
        )

    return st.one_of(
        st.sampled_from([joined(alphabet) for alphabet in _SCRIPTS]).flatmap(lambda chosen: chosen),
        st.sampled_from([*known("first_name"), *known("last_name")]),
    )


@cache
def metadata(*, texts_only: bool, tree: bool) -> st.SearchStrategy[Any]:
    """Metadata. With `texts_only`, plain keys and text values; without `tree`, these are flat."""
    if texts_only:
        name = st.text("abcdefghijklmnopqrstuvwxyz_é鍵", min_size=1, max_size=10).filter(_is_plain)
        text = trimmed(st.text(min_size=1, max_size=30))
        kept = text | st.dictionaries(name, text, min_size=1, max_size=3) if tree else text
        return st.dictionaries(name, kept, min_size=1, max_size=5)
    leaf = (
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)
        | trimmed(st.text(max_size=40))
    )
    key = trimmed(st.text(min_size=1, max_size=12)).filter(lambda name: not name.startswith("__"))
    value: st.SearchStrategy[Any] = leaf
    for _ in range(3):  # Real metadata is not nested deeper; deeper trees are unusual orders.
        value = leaf | st.lists(value, max_size=3) | st.dictionaries(key, value, max_size=3)
    return st.dictionaries(key, value, max_size=5)


def _is_plain(name: str) -> bool:
    """Whether a key has no meaning to readers of forms: some drop `__proto__`, and some take `_` for a separator."""
    return name != "_" and not name.startswith("__")


def trimmed(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of printable characters without white space at their ends."""
    return texts.map(_readable)


def _readable(text: str) -> str:
    kept = "".join(char for char in text if char.isprintable() and not "\ud800" <= char <= "\udfff")
    return kept.strip("\ufeff\u200b\u180e\u00ad ")


def realistic(maker: OrderMaker, encoding: Encoding) -> st.SearchStrategy[Body]:
    """Realistic orders that the encoding can carry, each with its own canary."""
    tree = encoding.dialect is None or encoding.dialect.tree
    parts = _parts(tuple(maker.kit_types), texts_only=encoding.has_plain_metadata, tree=tree, nulls=encoding.is_json)

    def order(drawn: tuple[list[str], Body, Any]) -> Body:
        kits, recipient, kept = drawn
        own = maker.canary()
        body: Body = {"kit_types": kits}
        body["recipient"] = maker.fixed() or {
            **recipient,
            "email": recipient["email"].format(canary=own, CANARY=own.upper()),
        }
        return fitted(body if kept is samples.ABSENT or not encoding.has_metadata else body | {"metadata": kept})

    return parts.map(order)


@cache
def _parts(
    kit_types: tuple[str, ...], *, texts_only: bool, tree: bool, nulls: bool
) -> st.SearchStrategy[tuple[list[str], Body, Any]]:
    return st.tuples(
        st.lists(st.sampled_from(kit_types), min_size=1, max_size=10),
        st.tuples(
            names(),
            names(),
            st.sampled_from(known("email")),
            st.tuples(st.sampled_from(known("phone")), st.sampled_from(samples.AREAS), st.integers(0, 99)),
            _addresses(nulls=nulls),
        ).map(_recipient),
        st.just(samples.ABSENT) | metadata(texts_only=texts_only, tree=tree),
    )


def _recipient(drawn: tuple[str, str, str, tuple[str, str, int], Body]) -> Body:
    first, last, email, (phone, area, digits), address = drawn
    return {
        "first_name": first,
        "last_name": last,
        "email": email,
        "phone": phone.format(area, f"{digits:02d}"),
        "address": address,
    }


def _addresses(*, nulls: bool) -> st.SearchStrategy[Body]:
    """Addresses in all states and provinces. Without `nulls`, the second line is never null."""

    def address(drawn: tuple[Region, bool, tuple[str, int], int, str | None]) -> Body:
        region, shouted, (street, house), number, second = drawn
        found: Body = {
            "street1": street.format(house),
            "city": region.city.upper() if shouted else region.city,
            "state": region.code,
            "country": region.country,
            "zip": known_code(region, number),
        }
        return found if second == "" or (not nulls and second is None) else found | {"street2": second}

    return st.tuples(
        st.sampled_from(regions()),
        st.booleans(),
        st.tuples(st.sampled_from(known("street1")), st.integers(1, 9999)),
        st.integers(0, 999),
        st.sampled_from(samples.SECOND_LINES),
    ).map(address)
