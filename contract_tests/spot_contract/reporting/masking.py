"""Masking for reports: as in the run, and also parts of secrets at the end of truncated texts."""

from collections.abc import Callable

from spot_contract.configuration.settings import private_values
from spot_contract.session.run import Run

Masking = Callable[[str], str]
_TOKEN_PART = 8  # Minimum length of a prefix of the token that is masked anywhere in a text.
_VALUE_PART = 4  # Minimum length of a prefix of a recipient's value that is masked at the end of a text.
_ENDS = "…'\"} "  # Characters that may follow a truncated text.


def masking(run: Run) -> Masking:
    """A function that masks texts of this run."""
    token = run.settings.token.value
    parts = [token[:length] for length in range(len(token) - 1, _TOKEN_PART - 1, -1)]
    private = private_values(run.settings.recipient)

    def masked(text: str) -> str:
        text = run.mask(text)
        if parts and parts[-1] in text:
            for part in parts:
                text = text.replace(part, "***")
        for name, value in private.items():
            text = _without_end(text, name, value)
        return text

    return masked


def _without_end(text: str, name: str, value: str) -> str:
    whole = text.rstrip(_ENDS)
    for length in range(len(value) - 1, _VALUE_PART - 1, -1):
        if whole.endswith(value[:length]):
            return f"{whole[:-length]}<{name}>{text[len(whole) :]}"
    return text
