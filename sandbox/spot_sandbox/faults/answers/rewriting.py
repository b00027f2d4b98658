"""Characters that are replaced by similar ones; part of the chapter echo."""

import re
import unicodedata

from spot_sandbox.faults.answers.echo import CHAPTER, CHARACTERS
from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_texts
from spot_sandbox.orders.service import Service


@fault(CHAPTER, CHARACTERS, "rare", hook=on_texts)
def compatible_characters_folded(text: str) -> str:
    """Ligatures, full-width letters and similar characters are replaced by plain ones, as in NFKC."""
    return "".join(
        unicodedata.normalize("NFKC", each) if unicodedata.is_normalized("NFC", each) else each for each in text
    )


@fault(CHAPTER, CHARACTERS, "rare")
def curly_quotes_straightened(service: Service) -> None:
    """Curly quotes come back as straight quotes."""
    table = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
    on_texts(service, lambda text: text.translate(table))


@fault(CHAPTER, CHARACTERS, "rare")
def joiners_lost(service: Service) -> None:
    """Zero-width characters are lost, including those that Persian words and family emoji need."""
    on_texts(service, lambda text: re.sub("[\u200b-\u200f\u2060\ufeff]", "", text))


@fault(CHAPTER, CHARACTERS, "rare")
def double_blanks_become_one(service: Service) -> None:
    """Several spaces in a row come back as one, as in HTML."""
    on_texts(service, lambda text: re.sub(" {2,}", " ", text))


@fault(CHAPTER, CHARACTERS, "rare")
def line_breaks_become_blanks(service: Service) -> None:
    """A line break within a string comes back as a space."""
    on_texts(service, lambda text: re.sub(r"\r\n|\r|\n", " ", text))


@fault(CHAPTER, CHARACTERS, "rare")
def sharp_s_spelt_out(service: Service) -> None:
    """The German letter sharp s comes back as ss."""
    on_texts(service, lambda text: text.replace("\u00df", "ss"))
