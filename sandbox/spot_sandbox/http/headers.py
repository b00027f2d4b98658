"""Reads the headers that carry credentials."""

import base64
import binascii
from http.cookies import CookieError, SimpleCookie

from spot_sandbox.http.messages import Request


def cookies(request: Request) -> dict[str, str]:
    """The cookies of a request; none if the header is malformed."""
    try:
        found = SimpleCookie(b"; ".join(request.header(b"cookie")).decode("latin-1"))
    except CookieError:
        return {}
    return {name: each.value for name, each in found.items()}


def password_of(authorization: bytes) -> bytes:
    """The password of an Authorization header with the scheme Basic; empty without one."""
    scheme, _, encoded = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
