"""The documented success of an operation, as an answer."""

import json
import sys
from typing import Any

from spot_sandbox.document.operations import Operation
from spot_sandbox.document.schema import resolve
from spot_sandbox.http.messages import Answer
from spot_sandbox.played.examples import Examples

# Marks an answer that is an example of the document, because nothing was done.
MARK = (b"spot-sandbox-played", b"example")
_WITHOUT_BODY = frozenset({204, 205, 304})


def example_answer(operation: Operation, examples: Examples) -> Answer:
    """The answer with the lowest documented success status, its example as the body, and its headers.

    Prints a warning if no conforming example was found.
    """
    document = operation.document
    status, response = _success(document, operation)
    headers: list[tuple[bytes, bytes]] = [MARK]
    for name, raw in response.get("headers", {}).items():
        header = resolve(document, raw)
        if name.lower() not in {"content-type", "content-length"} and "schema" in header:
            value = examples.value(header["schema"], _given(document, header))
            headers.append((name.lower().encode("latin-1", "ignore"), _text(value).encode("latin-1", "ignore")))
    content: dict[str, Any] = response.get("content", {})
    if not content or status in _WITHOUT_BODY:
        return Answer(status, b"", headers)
    media = next((name for name in content if is_json(name)), next(iter(content)))
    entry: dict[str, Any] = content[media]
    value = examples.value(entry.get("schema", {}), _given(document, entry))
    if is_json(media) and not examples.conforms(entry.get("schema", {}), value):
        place = f"{operation.method} {operation.template}"
        print(
            f"spot-sandbox: found no example that conforms to the response schema of {place}; add one to the document",
            file=sys.stderr,
            flush=True,
        )
    body = json.dumps(value).encode() if is_json(media) else _text(value).encode()
    concrete = media.replace("*/*", "application/octet-stream").replace("/*", "/plain")
    return Answer(status, body, [(b"content-type", concrete.encode("latin-1", "ignore")), *headers])


def check_answer(operation: Operation, examples: Examples) -> None:
    """Raise SchemaError, or a built-in exception, if the documented success is not valid OpenAPI."""
    _, response = _success(operation.document, operation)
    for entry in response.get("content", {}).values():
        examples.conforms(entry.get("schema", {}), None)


def is_json(media: str) -> bool:
    """Whether the media type is JSON."""
    name = media.partition(";")[0].strip().lower()
    return name == "application/json" or name.endswith("+json")


def _success(document: dict[str, Any], operation: Operation) -> tuple[int, dict[str, Any]]:
    """The lowest 2xx, else the default response as 200, else the lowest status below 400, else an empty 204."""
    responses = {str(key).upper(): value for key, value in operation.described.get("responses", {}).items()}
    for prefix in ("2", "D", "3"):
        for key in sorted(responses):
            if key.startswith(prefix):
                status = 200 if key == "DEFAULT" else int(key.replace("XX", "00"))
                return status, resolve(document, responses[key])
    return 204, {}


def _given(document: dict[str, Any], entry: dict[str, Any]) -> list[Any]:
    """The examples given next to a schema."""
    named = [resolve(document, each) for each in entry.get("examples", {}).values()]
    return [each[key] for key, each in [("example", entry), *(("value", one) for one in named)] if key in each]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
