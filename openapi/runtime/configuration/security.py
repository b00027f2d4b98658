"""Credentials: how each security scheme of the document is given, and which of them a request carries."""

import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ..values.kinds import is_list
from ..values.sealed import Sealed


class Secret(Sealed[str]):
    """A text that repr, str, pickle and attributes do not show."""

    __slots__ = ()

    def reveal(self) -> str:
        """Return the text; only a request may hold it."""
        return self.open()


class Scheme(NamedTuple):
    """A security scheme of the document."""

    name: str
    argument: str
    """The name of the argument; the first scheme of a document is the token."""
    variable: str
    """The environment variable that is read where the argument is missing."""
    location: Literal["header", "query", "cookie"]
    place: str
    """The name of the header, the parameter or the cookie."""
    prefix: str = ""
    """What stands before the credential."""
    is_basic: bool = False
    """Whether the credential is a user and a password."""

    @property
    def label(self) -> str:
        """What messages call the credential."""
        return "The token" if self.argument == "token" else self.argument

    @property
    def way(self) -> str:
        """How to give the credential."""
        return f"pass {self.argument}= or set {self.variable}"


class Credential(NamedTuple):
    """What a request carries, and where."""

    location: str
    place: str
    secret: Secret


CredentialValue = str | tuple[str, str] | None
"""A text; a user and a password for basic authentication; None where there is none."""


def find_credentials(
    schemes: Sequence[Scheme], given: Mapping[str, CredentialValue], *, needs_one: bool
) -> dict[str, Credential]:
    """What was given or is in the environment, by the schemes' names. Raises TypeError, ValueError."""
    found: dict[str, Credential] = {}
    for scheme in schemes:
        value: Any = given.get(scheme.argument)
        if value is None:
            value = os.environ.get(scheme.variable) or None
            if scheme.is_basic and value is not None:
                user, _, password = value.partition(":")
                value = (user, password)
        if value is not None:
            found[scheme.name] = credential(scheme, value)
    if needs_one and not found:
        if len(schemes) == 1 and schemes[0].argument == "token":
            raise ValueError(f"There is no token: {schemes[0].way}; you find it in the account settings.")
        raise ValueError(f"There is no credential: {', or '.join(scheme.way for scheme in schemes)}.")
    return found


def credential(scheme: Scheme, value: Any) -> Credential:
    """The credential, unless it could not be one. Messages never hold it. Raises TypeError, ValueError."""
    text = _basic(scheme, value) if scheme.is_basic else check_token(scheme, value)
    return Credential(scheme.location, scheme.place, Secret(f"{scheme.prefix} {text}".strip()))


def check_token(scheme: Scheme, token: Any) -> str:
    """The credential, unless it could not be one. The message never holds it."""
    if not isinstance(token, str):
        raise TypeError(f"{scheme.label} must be str, not {type(token).__name__}.")
    if not token:
        raise ValueError(f"{scheme.label} is empty: {scheme.way}.")
    if scheme.prefix and token.lower().startswith(f"{scheme.prefix.lower()} "):
        raise ValueError(
            f"{scheme.label} starts with {scheme.prefix!r}: pass the token alone; the client adds the prefix."
        )
    if any(not "!" <= character <= "~" for character in token):
        raise ValueError(
            f"{scheme.label} holds white space or a character that no header can carry: copy it again as it was shown."
        )
    if scheme.location == "cookie" and set(token) & set('",;\\'):
        raise ValueError(f"{scheme.label} holds a character that no cookie can carry: copy it again.")
    return token


def _basic(scheme: Scheme, value: Any) -> str:
    if not is_list(value) or [type(part) for part in value] != [str, str]:
        raise TypeError(f"{scheme.label} must be a tuple of user and password, both str.")
    user, password = value
    if not user or ":" in user:
        raise ValueError(f"{scheme.label} needs a user name without a colon: {scheme.way} (user:password).")
    if any(character < " " or character == "\x7f" for character in user + password):
        raise ValueError(f"{scheme.label} holds a control character, which this kind of credential cannot carry.")
    try:
        return b64encode(f"{user}:{password}".encode()).decode("ascii")
    except UnicodeEncodeError:
        pass
    raise ValueError(f"{scheme.label} holds a lone surrogate, which UTF-8 cannot encode.")


def choose(
    ways: Sequence[Sequence[str]], schemes: Sequence[Scheme], credentials: Mapping[str, Credential], name: str
) -> list[Credential]:
    """The credentials of the first alternative for which the client has all; only those are sent.

    Raises ValueError where the client lacks a credential that the operation needs.
    """
    for way in ways:
        found = [credentials[scheme] for scheme in way if scheme in credentials]
        if found and len(found) == len(way):
            return found
    if not ways or () in ways:
        return []
    known = {scheme.name: scheme for scheme in schemes}
    if len(ways) == len(ways[0]) == 1:
        scheme = known[ways[0][0]]
        raise ValueError(f"{name} needs {'a token' if scheme.argument == 'token' else scheme.argument}: {scheme.way}.")
    needed = ", or ".join(" and ".join(known[scheme].argument for scheme in way) for way in ways)
    used = dict.fromkeys(known[scheme].variable for way in ways for scheme in way)
    raise ValueError(f"{name} needs {needed}: pass that, or set {', '.join(used)}.")
