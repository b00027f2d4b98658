"""Checks credentials by the document's security schemes. Each scheme carries the same token."""

import dataclasses
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from spot_sandbox.document.operations import Operation
from spot_sandbox.document.schema import resolve
from spot_sandbox.http.headers import cookies, password_of
from spot_sandbox.http.messages import UNAUTHORIZED, Refusal, Request


class Credentials:
    """The credentials of one operation: alternatives, each of one or more schemes."""

    def __init__(self, operation: Operation) -> None:
        document = operation.document
        security: list[dict[str, Any]] = operation.described.get("security", document.get("security")) or []
        known: dict[str, Any] = document.get("components", {}).get("securitySchemes", {})
        self._alternatives = [[resolve(document, known.get(name, {})) for name in names] for names in security]

    def authorize(self, request: Request, check: Callable[[Request], None]) -> None:
        """Refuse a request without valid credentials; `check` validates the token in an Authorization header."""
        for alternative in self._alternatives:
            tokens = [_token(scheme, request) for scheme in alternative]
            if all(tokens):
                for token in tokens:
                    usual = dataclasses.replace(request, headers=[(b"authorization", b"Token " + token)])
                    check(usual)
                    request.owner = usual.owner
                return
        ways = " or ".join(" and ".join(map(_describe, each)) for each in self._alternatives)
        challenge = {
            "WWW-Authenticate": ", ".join({_challenge(each): None for all_ in self._alternatives for each in all_})
        }
        raise Refusal(401, f"The request must carry valid credentials: {ways}.", UNAUTHORIZED, challenge)


def _token(scheme: dict[str, Any], request: Request) -> bytes:
    """The token of a request by the scheme; empty without one."""
    kind, name = scheme.get("type"), str(scheme.get("name", ""))
    if kind == "apiKey" and scheme.get("in") == "query":
        return next(iter(parse_qs(request.query.decode("latin-1")).get(name, [])), "").encode("latin-1", "ignore")
    if kind == "apiKey" and scheme.get("in") == "cookie":
        return cookies(request).get(name, "").encode("latin-1", "ignore")
    if kind == "apiKey" and name.lower() != "authorization":
        return b"".join(request.header(name.lower().encode("latin-1", "ignore")))
    authorization = b"".join(request.header(b"authorization"))
    word, _, rest = authorization.partition(b" ")
    if kind == "apiKey":
        return rest.strip() if word.lower() == b"token" else b""
    if kind == "http" and str(scheme.get("scheme")).lower() == "basic":
        return password_of(authorization)
    return rest.strip() if word.lower() == b"bearer" else b""


def _describe(scheme: dict[str, Any]) -> str:
    if scheme.get("type") == "apiKey":
        name, place = scheme.get("name"), scheme.get("in")
        return "Authorization: Token <token>" if str(name).lower() == "authorization" else f"{name} in the {place}"
    if scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic":
        return "Authorization: Basic, with the token as the password"
    return "Authorization: Bearer <token>"


def _challenge(scheme: dict[str, Any]) -> str:
    if scheme.get("type") == "apiKey":
        return "Token"
    return 'Basic realm="sandbox"' if str(scheme.get("scheme")).lower() == "basic" else "Bearer"
