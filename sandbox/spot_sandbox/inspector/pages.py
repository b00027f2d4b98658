"""Serves the files of the window. Scripts and styles are separate files, none of them from other servers."""

from importlib import resources

from spot_sandbox.http.messages import NOT_FOUND, Answer, Message, Receive, Refusal, Send, envelope, send_answer

ROOT = "/_sandbox/"
_FILES = {
    "": ("index.html", b"text/html; charset=utf-8"),
    "window.css": ("window.css", b"text/css; charset=utf-8"),
    "window.js": ("window.js", b"text/javascript; charset=utf-8"),
    "json.js": ("json.js", b"text/javascript; charset=utf-8"),
    "icon.svg": ("icon.svg", b"image/svg+xml"),
}
# The page shows data from clients only as text: nothing in it is executed, loaded or sent elsewhere.
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    b"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS = [
    (b"content-security-policy", POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
]


async def pages(scope: Message, _receive: Receive, send: Send) -> None:
    """Serve one of the files (ASGI)."""
    await send_answer(_answer(scope["method"], scope["path"]), send)


def _answer(method: str, path: str) -> Answer:
    if method not in {"GET", "HEAD"}:
        return envelope(Refusal(405, "This path does not allow the method.", headers={"Allow": "GET, HEAD"}))
    if f"{path}/" == ROOT:
        return Answer(307, b"", [(b"location", ROOT.encode())])
    found = _FILES.get(path.removeprefix(ROOT))
    if found is None:
        return envelope(Refusal(404, "The window has no such file.", NOT_FOUND))
    name, media = found
    body = (resources.files("spot_sandbox.inspector") / "files" / name).read_bytes()
    return Answer(200, body, [(b"content-type", media), *_HEADERS])
