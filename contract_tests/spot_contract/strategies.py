"""Random cases for Hypothesis: realistic orders, odd but schema-valid ones, and metadata."""

from typing import Any

from hypothesis import strategies as st

from . import samples
from .carriers import Carrier
from .orders import Body, Maker
from .places import REGIONS, TERRITORIES, code_of

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


def names() -> st.SearchStrategy[str]:
    """Names in one script each, in one to three words that blanks, hyphens or apostrophes join."""

    def joined(alphabet: str) -> st.SearchStrategy[str]:
        word = st.text(alphabet, min_size=1, max_size=12).map(lambda text: text[:1].upper() + text[1:])
        return st.tuples(word, st.lists(st.tuples(st.sampled_from(" -'"), word), max_size=2)).map(
            lambda parts: parts[0] + "".join(mark + word for mark, word in parts[1])
        )

    return st.one_of(
        st.sampled_from(_SCRIPTS).flatmap(joined),
        st.sampled_from([*samples.FIRST_NAMES, *samples.LAST_NAMES]),
    )


def metadata(*, texts_only: bool) -> st.SearchStrategy[Any]:
    """Metadata of any nesting; for dotted forms plain names and texts alone."""
    if texts_only:
        name = st.text("abcdefghijklmnopqrstuvwxyz_é鍵", min_size=1, max_size=10).filter(lambda text: text != "_")
        text = trimmed(st.text(min_size=1, max_size=30))
        return st.dictionaries(name, text | st.dictionaries(name, text, min_size=1, max_size=3), min_size=1, max_size=5)
    leaf = (
        st.none()
        | st.booleans()
        | st.integers(-(2**70), 2**70)
        | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)
        | trimmed(st.text(max_size=40))
    )
    key = trimmed(st.text(min_size=1, max_size=12)).filter(lambda name: not name.startswith("__"))
    tree = st.recursive(
        leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(key, inner, max_size=4), max_leaves=12
    )
    return st.dictionaries(key, tree, max_size=6)


def trimmed(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of assigned characters without control characters, and without white space at their ends."""
    return texts.map(_readable)


def _readable(text: str) -> str:
    kept = "".join(char for char in text if char.isprintable() and not "\ud800" <= char <= "\udfff")
    return kept.strip("\ufeff\u200b\u180e\u00ad ")


@st.composite
def realistic(draw: st.DrawFn, maker: Maker, carrier: Carrier) -> Body:
    """A realistic order that the carrier can carry."""
    own = maker.mark()
    body: Body = {"kit_types": draw(st.lists(st.sampled_from(list(maker.kit_types)), min_size=1, max_size=10))}
    body["recipient"] = maker.fixed() or draw(_recipients(own, carrier))
    kept = draw(st.just(samples.ABSENT) | metadata(texts_only=carrier.dotted))
    if kept is not samples.ABSENT:
        body["metadata"] = kept
    return body


@st.composite
def _recipients(draw: st.DrawFn, own: str, carrier: Carrier) -> Body:
    region = draw(st.sampled_from(REGIONS))
    address: Body = {
        "street1": draw(st.sampled_from(samples.STREETS)).format(draw(st.integers(1, 9999))),
        "city": draw(st.sampled_from([region.city, region.city.upper()])),
        "state": region.code,
        "country": region.country,
        "zip": code_of(region, draw(st.integers(0, 999))),
    }
    second = draw(st.sampled_from(samples.SECOND_LINES))
    if second != "" and not (carrier.dotted and second is None):
        address["street2"] = second
    return {
        "first_name": draw(names()),
        "last_name": draw(names()),
        "email": draw(st.sampled_from(samples.EMAILS)).format(mark=own, MARK=own.upper()),
        "phone": draw(st.sampled_from(samples.PHONES)).format(
            draw(st.sampled_from(samples.AREAS)), f"{draw(st.integers(0, 99)):02d}"
        ),
        "address": address,
    }


__all__ = ["TERRITORIES", "metadata", "names", "realistic", "trimmed"]
