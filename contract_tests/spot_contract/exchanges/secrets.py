"""The token, and the mask that keeps it out of all output."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus


@dataclass(frozen=True)
class Secret:
    """A token that does not appear in its own str or repr."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "***"


class Mask:
    """Replaces the token and the values of a real recipient in texts."""

    def __init__(self, token: Secret, private: Mapping[str, str] | None = None) -> None:
        secret = token.value
        spellings = {secret: "***"}
        for variant in (secret.lower(), secret.upper(), secret.swapcase(), secret[:-1]):
            if len(variant) > 3:
                spellings[variant] = "***"
        for name, value in (private or {}).items():
            if value:
                spellings[value] = f"<{name}>"
        self._spellings: dict[str, str] = {}
        for value, shown in spellings.items():
            for form in (value, quote(value), quote_plus(value), json.dumps(value)[1:-1]):
                self._spellings.setdefault(form, shown)
        self._order = sorted(self._spellings, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text, masked."""
        for spelling in self._order:
            if spelling in text:
                text = text.replace(spelling, self._spellings[spelling])
        return text
