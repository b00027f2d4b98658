"""Credentials: how each security scheme of the document is set, and which ones a request carries."""

import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ..values.kinds import is_list
from ..values.sealed import Sealed


class Scheme(NamedTuple):
    """A security scheme of the document."""

    name: str
    argument: str
    """The argument of the client. The first scheme of a document is the token."""
    variable: str
    """The environment variable that is read if the argument is missing."""
    location: Literal["header", "query", "cookie"]
    place: str
    """The name of the header, query parameter or cookie."""
    prefix: str = ""
    """The word before the credential, such as `Token`."""
    is_basic: bool = False
    """Whether the credential consists of a user and a password."""

    @property
    def label(self) -> str:
        """The name of the credential in messages."""
        return "The token" if self.argument == "token" else self.argument

    @property
    def hint(self) -> str:
        """How to set the credential."""
        return f"pass {self.argument}= or set {self.variable}"


class Credential(NamedTuple):
    """A credential as a request carries it."""

    location: str
    place: str
    secret: Sealed[str]


CredentialValue = str | tuple[str, str] | None
"""A str, or a tuple of user and password for basic authentication; None if there is none."""


def find_credentials(
    schemes: Sequence[Scheme], given: Mapping[str, CredentialValue], *, needs_one: bool
) -> dict[str, Credential]:
    """The credentials from arguments and environment variables, by the schemes' names. Raises TypeError, ValueError."""
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
            raise ValueError(f"There is no token: {schemes[0].hint}. You find it in the settings of your account.")
        raise ValueError(f"There is no credential: {', or '.join(scheme.hint for scheme in schemes)}.")
    return found


def credential(scheme: Scheme, value: Any) -> Credential:
    """Check a credential. Raises TypeError, ValueError; messages never contain the credential."""
    text = _basic(scheme, value) if scheme.is_basic else check_token(scheme, value)
    return Credential(scheme.location, scheme.place, Sealed(f"{scheme.prefix} {text}".strip()))


def check_token(scheme: Scheme, token: Any) -> str:
    """Check a token. Raises TypeError, ValueError; messages never contain the token."""
    if not isinstance(token, str):
        raise TypeError(f"{scheme.label} must be str, not {type(token).__name__}.")
    if not token:
        raise ValueError(f"{scheme.label} is empty: {scheme.hint}.")
    if scheme.prefix and token.lower().startswith(f"{scheme.prefix.lower()} "):
        raise ValueError(
            f"{scheme.label} starts with {scheme.prefix!r}: pass the token alone, the client adds the prefix."
        )
    if any(not "!" <= character <= "~" for character in token):
        raise ValueError(
            f"{scheme.label} contains white space or a character that is not allowed in a header: copy it again."
        )
    if scheme.location == "cookie" and set(token) & set('",;\\'):
        raise ValueError(f"{scheme.label} contains a character that is not allowed in a cookie: copy it again.")
    return token


def _basic(scheme: Scheme, value: Any) -> str:
    if not is_list(value) or [type(part) for part in value] != [str, str]:
        raise TypeError(f"{scheme.label} must be a tuple of user and password, both str.")
    user, password = value
    if not user or ":" in user:
        raise ValueError(f"{scheme.label} needs a user name without a colon: {scheme.hint} (user:password).")
    if any(character < " " or character == "\x7f" for character in user + password):
        raise ValueError(f"{scheme.label} contains a control character, which basic authentication does not allow.")
    try:
        return b64encode(f"{user}:{password}".encode()).decode("ascii")
    except UnicodeEncodeError:
        pass
    raise ValueError(f"{scheme.label} contains a lone surrogate, which UTF-8 cannot encode.")


def choose(
    alternatives: Sequence[Sequence[str]], schemes: Sequence[Scheme], credentials: Mapping[str, Credential], name: str
) -> list[Credential]:
    """The credentials of the first alternative that the client has completely; only those are sent.

    Raises ValueError if the client lacks a credential that the operation needs.
    """
    for alternative in alternatives:
        found = [credentials[scheme] for scheme in alternative if scheme in credentials]
        if found and len(found) == len(alternative):
            return found
    if not alternatives or () in alternatives:
        return []
    known = {scheme.name: scheme for scheme in schemes}
    if len(alternatives) == len(alternatives[0]) == 1:
        scheme = known[alternatives[0][0]]
        raise ValueError(f"{name} needs {'a token' if scheme.argument == 'token' else scheme.argument}: {scheme.hint}.")
    needed = ", or ".join(" and ".join(known[scheme].argument for scheme in one) for one in alternatives)
    used = dict.fromkeys(known[scheme].variable for one in alternatives for scheme in one)
    raise ValueError(f"{name} needs {needed}: pass it, or set {', '.join(used)}.")
