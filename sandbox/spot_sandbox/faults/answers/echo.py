"""Orders whose words come back changed."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_order
from spot_sandbox.hooks.trees import each_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from spot_sandbox.orders.service import Service

CHAPTER = "echo"
CHARACTERS = "recipient, kit_types and metadata come back as sent: every character kept"
ORDER = "recipient, kit_types and metadata come back as sent: every order and duplicate kept"
WHOLE = "only a field that was absent or null may come back as absent, null or, for metadata, {}"
BLANKS = "white space at the ends of a name comes back as sent"
NAME_LENGTH, STREET_LENGTH = 30, 40
ASCII, BASIC_PLANE = 127, 0xFFFF


def _field(service: Service, path: str, change: Callable[[str], Any]) -> None:
    """Change one text of the recipient; the path begins below it."""

    def rewrite(order: dict[str, Any]) -> None:
        here = order["recipient"]
        *above, name = path.split(".")
        for each in above:
            here = here[each]
        if isinstance(here.get(name), str):
            here[name] = change(here[name])

    on_order(service, rewrite)


def _recipient(service: Service, change: Callable[[str], str]) -> None:
    """Change every text of the recipient."""
    on_order(service, lambda order: order.update(recipient=each_text(order["recipient"], change)))


def _names(service: Service, change: Callable[[str], str]) -> None:
    """Change the first and the last name."""
    _field(service, "first_name", change)
    _field(service, "last_name", change)


@fault(CHAPTER, CHARACTERS, "rare")
def zip_leading_zero_lost(service: Service) -> None:
    """A zip's leading zeros are lost, as a spreadsheet loses them."""
    _field(service, "address.zip", lambda text: text.lstrip("0") if text.isascii() and text.isdecimal() else text)


@fault(CHAPTER, CHARACTERS, "rare")
def zip_plus_four_cut(service: Service) -> None:
    """A zip keeps its first five digits."""
    _field(service, "address.zip", lambda text: re.sub(r"^(\d{5})-?\d{4}$", r"\1", text))


@fault(CHAPTER, CHARACTERS, "rare")
def postal_code_blank_lost(service: Service) -> None:
    """A Canadian postal code loses its blank."""
    _field(service, "address.zip", lambda text: re.sub(r"^([A-Za-z]\d[A-Za-z]) (\d[A-Za-z]\d)$", r"\1\2", text))


@fault(CHAPTER, CHARACTERS, "rare")
def postal_code_cut_to_five(service: Service) -> None:
    """A zip of more than five characters that is not in digits is cut to five: K1A 0B1 becomes K1A 0."""
    _field(service, "address.zip", lambda text: text[:5] if text[:1].isalpha() else text)


@fault(CHAPTER, CHARACTERS, "rare")
def email_lower_cased(service: Service) -> None:
    """An e-mail address comes back in lower case."""
    _field(service, "email", str.lower)


@fault(CHAPTER, CHARACTERS, "rare")
def email_domain_lower_cased(service: Service) -> None:
    """An e-mail address's domain comes back in lower case, as Django normalises it."""
    _field(service, "email", lambda text: re.sub("@.*", lambda match: match[0].lower(), text))


@fault(CHAPTER, CHARACTERS, "rare")
def email_plus_cut(service: Service) -> None:
    """What follows the plus of an e-mail address's name is cut."""
    _field(service, "email", lambda text: re.sub(r"\+[^@]*@", "@", text))


@fault(CHAPTER, CHARACTERS, "rare")
def email_dots_cut(service: Service) -> None:
    """The dots of an e-mail address's name are cut."""

    def change(text: str) -> str:
        name, at, domain = text.rpartition("@")
        return name.replace(".", "") + at + domain

    _field(service, "email", change)


@fault(CHAPTER, CHARACTERS, "rare")
def phone_reduced_to_digits(service: Service) -> None:
    """A phone comes back as its digits."""
    _field(service, "phone", lambda text: re.sub(r"[^0-9]", "", text))


@fault(CHAPTER, CHARACTERS, "rare")
def phone_in_international_form(service: Service) -> None:
    """A phone of ten digits gets a +1."""
    _field(service, "phone", lambda text: re.sub(r"^(\d{10})$", r"+1\1", text))


@fault(CHAPTER, CHARACTERS, "rare")
def emoji_lost(service: Service) -> None:
    """Characters beyond the basic plane are lost, as in MySQL's utf8."""
    _recipient(service, lambda text: "".join(each for each in text if ord(each) <= BASIC_PLANE))


@fault(CHAPTER, CHARACTERS, "rare")
def emoji_lost_in_metadata(service: Service) -> None:
    """Characters beyond the basic plane become question marks in metadata."""

    def change(text: str) -> str:
        return "".join(each if ord(each) <= BASIC_PLANE else "?" for each in text)

    on_order(service, lambda order: order.update(metadata=each_text(order["metadata"], change)))


@fault(CHAPTER, CHARACTERS, "rare")
def accents_composed(service: Service) -> None:
    """Letters with combining accents are composed (NFC)."""
    _recipient(service, lambda text: unicodedata.normalize("NFC", text))


@fault(CHAPTER, CHARACTERS, "rare")
def accents_decomposed(service: Service) -> None:
    """Letters with accents are decomposed (NFD)."""
    _recipient(service, lambda text: unicodedata.normalize("NFD", text))


@fault(CHAPTER, CHARACTERS, "rare")
def accents_lost(service: Service) -> None:
    """Names lose their accents."""

    def change(text: str) -> str:
        return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))

    _names(service, change)


@fault(CHAPTER, CHARACTERS, "rare")
def characters_beyond_ascii_become_question_marks(service: Service) -> None:
    """In the address, characters beyond ASCII become question marks."""

    def change(text: str) -> str:
        return "".join(each if ord(each) <= ASCII else "?" for each in text)

    for name in ("street1", "city"):
        _field(service, f"address.{name}", change)


@fault(CHAPTER, CHARACTERS, "rare")
def names_capitalised(service: Service) -> None:
    """Names come back in title case: McDonald becomes Mcdonald."""
    _names(service, str.title)


@fault(CHAPTER, CHARACTERS, "rare")
def apostrophe_made_html(service: Service) -> None:
    """Names come back escaped for HTML."""
    _names(service, html.escape)


@fault(CHAPTER, CHARACTERS, "rare")
def apostrophe_doubled(service: Service) -> None:
    """Names come back with apostrophes doubled, escaped for SQL by hand."""
    _names(service, lambda text: text.replace("'", "''"))


@fault(CHAPTER, CHARACTERS, "rare")
def ampersand_made_html(service: Service) -> None:
    """An ampersand or a sign like < in metadata comes back escaped for HTML."""

    def change(text: str) -> str:
        return html.escape(text, quote=False)

    on_order(service, lambda order: order.update(metadata=each_text(order["metadata"], change)))


@fault(CHAPTER, CHARACTERS, "rare")
def second_word_of_first_name_lost(service: Service) -> None:
    """Of a first name with blanks the first word is kept."""
    _field(service, "first_name", lambda text: text.split(" ")[0] if text.strip() else text)


@fault(CHAPTER, CHARACTERS, "rare")
def names_cut_at_30(service: Service) -> None:
    """Names are cut after 30 characters."""
    _names(service, lambda text: text[:NAME_LENGTH])


@fault(CHAPTER, CHARACTERS, "rare")
def street_cut_at_40(service: Service) -> None:
    """street1 is cut after 40 characters."""
    _field(service, "address.street1", lambda text: text[:STREET_LENGTH])


@fault(CHAPTER, CHARACTERS, "rare")
def street_abbreviated(service: Service) -> None:
    """Street, Avenue and Road at the end of street1 are abbreviated."""
    short = {"Street": "St", "Avenue": "Ave", "Road": "Rd"}
    _field(service, "address.street1", lambda text: re.sub(r"\b(Street|Avenue|Road)$", lambda m: short[m[1]], text))


@fault(CHAPTER, CHARACTERS)
def names_swapped(service: Service) -> None:
    """The first and the last name are swapped."""

    def change(order: dict[str, Any]) -> None:
        recipient = order["recipient"]
        recipient["first_name"], recipient["last_name"] = recipient["last_name"], recipient["first_name"]

    on_order(service, change)


@fault(CHAPTER, CHARACTERS, "rare")
def quebec_abbreviated_the_old_way(service: Service) -> None:
    """The province QC comes back as PQ, and NL as NF."""
    old = {"QC": "PQ", "NL": "NF"}
    _field(service, "address.state", lambda text: old.get(text, text))


@fault(CHAPTER, CHARACTERS, "rare")
def country_of_canadians_us(service: Service) -> None:
    """The country CA comes back as US."""
    _field(service, "address.country", lambda _text: "US")


@fault(CHAPTER, BLANKS, "rare", advice=True)
def blanks_trimmed(service: Service) -> None:
    """White space at the ends of names is trimmed."""
    _names(service, str.strip)


@fault(CHAPTER, WHOLE, "rare")
def street2_always_null(service: Service) -> None:
    """street2 is null whatever was sent."""
    _field(service, "address.street2", lambda _text: None)


@fault(CHAPTER, WHOLE, "rare")
def street2_null_becomes_empty(service: Service) -> None:
    """street2 that is null or absent comes back empty."""

    def change(order: dict[str, Any]) -> None:
        address = order["recipient"]["address"]
        address["street2"] = address.get("street2") or ""

    on_order(service, change)


@fault(CHAPTER, WHOLE, "rare")
def street2_joined_to_street1(service: Service) -> None:
    """street2 is joined to street1."""

    def change(order: dict[str, Any]) -> None:
        address = order["recipient"]["address"]
        if address.get("street2"):
            address["street1"] += ", " + address.pop("street2")

    on_order(service, change)


@fault(CHAPTER, WHOLE)
def phone_missing(service: Service) -> None:
    """The recipient comes back without phone."""

    def change(order: dict[str, Any]) -> None:
        del order["recipient"]["phone"]

    on_order(service, change)


@fault(CHAPTER, CHARACTERS)
def email_masked(service: Service) -> None:
    """The e-mail address comes back masked."""
    _field(service, "email", lambda text: text[:1] + "***" + text[text.find("@") :])


@fault(CHAPTER, ORDER, "rare")
def kit_duplicates_removed(service: Service) -> None:
    """A kit type ordered twice comes back once."""
    on_order(service, lambda order: order.update(kit_types=list(dict.fromkeys(order["kit_types"]))))


@fault(CHAPTER, ORDER, "rare")
def kits_sorted(service: Service) -> None:
    """The property kit_types come back sorted."""
    on_order(service, lambda order: order.update(kit_types=sorted(order["kit_types"])))


@fault(CHAPTER, ORDER, "rare")
def kits_cut_at_five(service: Service) -> None:
    """Of more than five kit types five come back."""
    on_order(service, lambda order: order.update(kit_types=order["kit_types"][:5]))


@fault(CHAPTER, ORDER)
def kits_upper_case(service: Service) -> None:
    """The property kit_types come back in upper case."""
    on_order(service, lambda order: order.update(kit_types=[each.upper() for each in order["kit_types"]]))
