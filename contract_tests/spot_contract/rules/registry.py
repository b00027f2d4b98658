"""All rules, discovered in this package's `test_*` modules."""

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

from spot_contract.document.openapi import VENDORED, Document

from .rule import Rule, of

FOLDER = Path(__file__).parent


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its identifier, module by module.

    If the document declares another success status than 201, the sentences name that status.
    """
    status = str(Document.load(VENDORED).accepted)
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if module.name.startswith("test_"):
            for value in vars(import_module(f"{__package__}.{module.name}")).values():
                if (known := of(value)) is not None:
                    found.setdefault(known.id, replace(known, sentence=known.sentence.replace("201", status)))
    return found


def listing() -> str:
    """The text that `--rules` prints."""
    lines: list[str] = []
    chapter = ""
    for known in all_rules().values():
        if known.chapter != chapter:
            chapter = known.chapter
            lines += ["", chapter]
        kind = " (advice)" if known.is_advice else ""
        lines += [f"  {known.id}{kind}", f"      {known.sentence}", f"      source: {known.source}"]
        if known.gone:
            lines.append(f"      no longer applies: {known.gone}")
    return "\n".join([f"{len(all_rules())} rules", *lines])
