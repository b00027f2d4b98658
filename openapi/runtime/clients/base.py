"""What both clients share: their settings, and changes of settings."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import ClassVar, Self

import httpx2

from ..configuration.security import Scheme
from ..configuration.settings import Given, Settings
from ..configuration.setup import Changes, changed, set_up
from ..values.sealed import Sealed


class ClientBase:
    """The settings of a client. The generated class states what the document says."""

    _default_base_url: ClassVar[str]
    _schemes: ClassVar[Sequence[Scheme]]
    _needs_credential: ClassVar[bool]
    """Whether every operation needs authentication."""
    _sealed: Sealed[Settings]
    _shares_connections = False
    """Whether the connections belong to another client."""

    def _set_up(self, given: Sealed[Given]) -> None:
        self._sealed = set_up(given, self._schemes, self._default_base_url, needs_credential=self._needs_credential)

    @property
    def _settings(self) -> Settings:
        return self._sealed.open()

    def with_options(
        self,
        *,
        timeout: float | httpx2.Timeout | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Create a client with other settings that shares the connections of this one. This client does not change.

        Args:
            timeout: In seconds, or an httpx2.Timeout. None keeps the current timeout.
            max_retries: The maximum number of retries of a request. None keeps the current number.
            headers: Added to this client's headers; they replace headers of the same name.

        Returns:
            The new client. Closing it closes nothing, because the connections belong to this client.

        Raises:
            TypeError: An argument has the wrong type.
            ValueError: A header or a number is not allowed.

        """
        changes = Sealed(Changes(headers, timeout, max_retries))
        del headers
        other = copy(self)  # Including the attributes of a subclass.
        vars(other).update(_sealed=changed(self._sealed, changes), _shares_connections=True)
        return other

    def __repr__(self) -> str:
        name = type(self).__name__
        if not hasattr(self, "_sealed"):  # The constructor failed.
            return f"<{name}, not set up>"
        parts = [f"base_url={self._settings.base_url!r}", self._settings.masked_credentials()]
        return f"{name}({', '.join(part for part in parts if part)})"


def check_client(client: object, kind: type[ClientBase], expected: str) -> None:
    """Check the client that an endpoint function was called with. Raises TypeError, which says what to pass."""
    if not isinstance(client, kind):
        raise TypeError(f"client must be {expected}, not {type(client).__name__}. Nothing was sent.")
