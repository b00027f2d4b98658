"""Strings and kit types that come back changed."""

import html
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_order, on_recipient_text, on_texts
from spot_sandbox.orders.service import Service

CHAPTER = "echo"
CHARACTERS = "recipient, kit_types and metadata come back as sent: every character kept"
ORDER = "recipient, kit_types and metadata come back as sent: every order and duplicate kept"
WHOLE = "only a field that was absent or null may come back as absent, null or, for metadata, {}"
BLANKS = "white space at the ends of a name comes back as sent"
NAME_LENGTH, STREET_LENGTH = 30, 40


def _names(service: Service, change: Callable[[str], str]) -> None:
    """Change the first and the last name."""
    on_recipient_text(service, "first_name", change)
    on_recipient_text(service, "last_name", change)


@fault(CHAPTER, CHARACTERS, "rare")
def zip_leading_zero_lost(service: Service) -> None:
    """The leading zeros of a ZIP code are lost, as in a spreadsheet."""
    on_recipient_text(
        service, "address.zip", lambda text: text.lstrip("0") or "0" if text.isascii() and text.isdecimal() else text
    )


@fault(CHAPTER, CHARACTERS, "rare")
def zip_plus_four_cut(service: Service) -> None:
    """A nine-digit ZIP code comes back as its first five digits."""
    on_recipient_text(service, "address.zip", lambda text: re.sub(r"^(\d{5})-?\d{4}$", r"\1", text))


@fault(CHAPTER, CHARACTERS, "rare")
def postal_code_blank_lost(service: Service) -> None:
    """A Canadian postal code loses its space."""
    on_recipient_text(
        service, "address.zip", lambda text: re.sub(r"^([A-Za-z]\d[A-Za-z]) (\d[A-Za-z]\d)$", r"\1\2", text)
    )


@fault(CHAPTER, CHARACTERS, "rare")
def postal_code_cut_to_five(service: Service) -> None:
    """A postal code that starts with a letter is cut to five characters: K1A 0B1 becomes K1A 0."""
    on_recipient_text(service, "address.zip", lambda text: text[:5] if text[:1].isalpha() else text)


@fault(CHAPTER, CHARACTERS, "rare")
def email_lower_cased(service: Service) -> None:
    """An email address comes back in lower case."""
    on_recipient_text(service, "email", str.lower)


@fault(CHAPTER, CHARACTERS, "rare")
def email_domain_lower_cased(service: Service) -> None:
    """The domain of an email address comes back in lower case, as in Django."""
    on_recipient_text(service, "email", lambda text: re.sub("@.*", lambda match: match[0].lower(), text))


@fault(CHAPTER, CHARACTERS, "rare")
def email_plus_cut(service: Service) -> None:
    """The plus in an email address and what follows it before the @ are lost."""
    on_recipient_text(service, "email", lambda text: re.sub(r"\+[^@]*@", "@", text))


@fault(CHAPTER, CHARACTERS, "rare")
def email_dots_cut(service: Service) -> None:
    """The dots before the @ of an email address are lost."""

    def change(text: str) -> str:
        name, at, domain = text.rpartition("@")
        return name.replace(".", "") + at + domain

    on_recipient_text(service, "email", change)


@fault(CHAPTER, CHARACTERS, "rare")
def phone_reduced_to_digits(service: Service) -> None:
    """A phone number comes back with its digits only."""
    on_recipient_text(service, "phone", lambda text: re.sub(r"[^0-9]", "", text))


@fault(CHAPTER, CHARACTERS, "rare")
def phone_in_international_form(service: Service) -> None:
    """A phone number of ten digits comes back with +1 before it."""
    on_recipient_text(service, "phone", lambda text: re.sub(r"^(\d{10})$", r"+1\1", text))


@fault(CHAPTER, CHARACTERS, "rare")
def emoji_lost(service: Service) -> None:
    """Characters beyond the Basic Multilingual Plane are lost, as in MySQL's utf8."""
    on_texts(service, lambda text: re.sub("[\U00010000-\U0010ffff]", "", text), ("recipient",))


@fault(CHAPTER, CHARACTERS, "rare")
def emoji_lost_in_metadata(service: Service) -> None:
    """Characters beyond the Basic Multilingual Plane come back as question marks in metadata."""
    on_texts(service, lambda text: re.sub("[\U00010000-\U0010ffff]", "?", text), ("metadata",))


@fault(CHAPTER, CHARACTERS, "rare")
def accents_composed(service: Service) -> None:
    """Letters with combining accents come back composed (NFC)."""
    on_texts(service, lambda text: unicodedata.normalize("NFC", text), ("recipient",))


@fault(CHAPTER, CHARACTERS, "rare")
def accents_decomposed(service: Service) -> None:
    """Letters with accents come back decomposed (NFD)."""
    on_texts(service, lambda text: unicodedata.normalize("NFD", text), ("recipient",))


@fault(CHAPTER, CHARACTERS, "rare", hook=_names)
def accents_lost(text: str) -> str:
    """Names lose their accents."""
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


@fault(CHAPTER, CHARACTERS, "rare")
def characters_beyond_ascii_become_question_marks(service: Service) -> None:
    """Characters of the address outside ASCII come back as question marks."""
    for name in ("street1", "city"):
        on_recipient_text(service, f"address.{name}", lambda text: re.sub(r"[^\x00-\x7f]", "?", text))


@fault(CHAPTER, CHARACTERS, "rare")
def names_capitalised(service: Service) -> None:
    """Names come back in title case: McDonald becomes Mcdonald."""
    _names(service, str.title)


@fault(CHAPTER, CHARACTERS, "rare")
def apostrophe_made_html(service: Service) -> None:
    """Names come back with HTML escapes."""
    _names(service, html.escape)


@fault(CHAPTER, CHARACTERS, "rare")
def apostrophe_doubled(service: Service) -> None:
    """Apostrophes in names come back doubled, as in SQL."""
    _names(service, lambda text: text.replace("'", "''"))


@fault(CHAPTER, CHARACTERS, "rare")
def ampersand_made_html(service: Service) -> None:
    """The characters &, < and > in metadata come back as HTML escapes."""
    on_texts(service, lambda text: html.escape(text, quote=False), ("metadata",))


@fault(CHAPTER, CHARACTERS, "rare")
def second_word_of_first_name_lost(service: Service) -> None:
    """Only the first word of a first name comes back."""
    on_recipient_text(service, "first_name", lambda text: text.split(" ")[0] if text.strip() else text)


@fault(CHAPTER, CHARACTERS, "rare")
def names_cut_at_30(service: Service) -> None:
    """Names are cut after 30 characters."""
    _names(service, lambda text: text[:NAME_LENGTH])


@fault(CHAPTER, CHARACTERS, "rare")
def street_cut_at_40(service: Service) -> None:
    """street1 is cut after 40 characters."""
    on_recipient_text(service, "address.street1", lambda text: text[:STREET_LENGTH])


@fault(CHAPTER, CHARACTERS, "rare")
def street_abbreviated(service: Service) -> None:
    """Street, Avenue and Road at the end of street1 are abbreviated."""
    short = {"Street": "St", "Avenue": "Ave", "Road": "Rd"}
    on_recipient_text(
        service, "address.street1", lambda text: re.sub(r"\b(Street|Avenue|Road)$", lambda m: short[m[1]], text)
    )


@fault(CHAPTER, CHARACTERS, hook=on_order)
def names_swapped(order: dict[str, Any]) -> None:
    """The first name and the last name are swapped."""
    recipient = order["recipient"]
    recipient["first_name"], recipient["last_name"] = recipient["last_name"], recipient["first_name"]


@fault(CHAPTER, CHARACTERS, "rare")
def quebec_abbreviated_the_old_way(service: Service) -> None:
    """The provinces QC and NL come back as PQ and NF."""
    old = {"QC": "PQ", "NL": "NF"}
    on_recipient_text(service, "address.state", lambda text: old.get(text, text))


@fault(CHAPTER, CHARACTERS, "rare")
def country_of_canadians_us(service: Service) -> None:
    """The country CA comes back as US."""
    on_recipient_text(service, "address.country", lambda _text: "US")


@fault(CHAPTER, BLANKS, "rare", advice=True)
def blanks_trimmed(service: Service) -> None:
    """White space at the ends of names is trimmed."""
    _names(service, str.strip)


@fault(CHAPTER, WHOLE, "rare")
def street2_always_null(service: Service) -> None:
    """street2 is always null."""
    on_recipient_text(service, "address.street2", lambda _text: None)


@fault(CHAPTER, WHOLE, "rare", hook=on_order)
def street2_null_becomes_empty(order: dict[str, Any]) -> None:
    """A null or absent street2 comes back as an empty string."""
    address = order["recipient"]["address"]
    address["street2"] = address.get("street2") or ""


@fault(CHAPTER, WHOLE, "rare", hook=on_order)
def street2_joined_to_street1(order: dict[str, Any]) -> None:
    """street2 is appended to street1."""
    address = order["recipient"]["address"]
    if address.get("street2"):
        address["street1"] += ", " + address.pop("street2")


@fault(CHAPTER, WHOLE, hook=on_order)
def phone_missing(order: dict[str, Any]) -> None:
    """The recipient comes back without the phone number."""
    del order["recipient"]["phone"]


@fault(CHAPTER, CHARACTERS)
def email_masked(service: Service) -> None:
    """The email address comes back masked."""
    on_recipient_text(service, "email", lambda text: text[:1] + "***" + text[text.find("@") :])


def _kit_types(service: Service, change: Callable[[list[str]], list[str]]) -> None:
    on_order(service, lambda order: order.update(kit_types=change(order["kit_types"])))


@fault(CHAPTER, ORDER, "rare")
def kit_duplicates_removed(service: Service) -> None:
    """A kit type that was sent twice comes back once."""
    _kit_types(service, lambda kit_types: list(dict.fromkeys(kit_types)))


@fault(CHAPTER, ORDER, "rare")
def kits_sorted(service: Service) -> None:
    """kit_types come back sorted."""
    _kit_types(service, sorted)


@fault(CHAPTER, ORDER, "rare")
def kits_cut_at_five(service: Service) -> None:
    """At most five kit types come back."""
    _kit_types(service, lambda kit_types: kit_types[:5])


@fault(CHAPTER, ORDER)
def kits_upper_case(service: Service) -> None:
    """kit_types come back in upper case."""
    _kit_types(service, lambda kit_types: [each.upper() for each in kit_types])
