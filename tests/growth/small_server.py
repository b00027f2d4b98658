"""A server of any document: it accepts what the document allows, refuses the rest, and answers with samples."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft202012Validator, FormatChecker

PDF = b"%PDF-1.7\xff\x00"
BY_FORMAT = {
    "date-time": "2023-01-01T04:30:11.222Z",
    "date": "2023-01-01",
    "uuid": "7563e8e2-7fbd-480c-9b8b-2070eda884bf",
    "uri": "https://example.com/a",
    "email": "alice@example.com",
}
FORMATS = FormatChecker(["uuid", "date"])


class SmallServer:
    """Keeps the requests that it accepted in `seen`."""

    def __init__(self, document: dict[str, Any], token: str) -> None:
        self.document = json_schema(document)
        self.token = token
        self.seen: list[dict[str, Any]] = []

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        url = urlsplit(target)
        found = self._operation(method.lower(), url.path)
        if found is None:
            return self._refused(404, "not_found", "nothing here")
        path, operation, arguments = found
        if operation["security"] and headers.get("authorization") != f"Token {self.token}":
            return self._refused(401, "unauthorized", "token")
        values = {"path": arguments, "query": parse_qs(url.query, keep_blank_values=True), "header": headers}
        problem = self._wrong_parameter(path, operation, values) or self._wrong_body(operation, headers, body)
        if problem:
            return self._refused(400, "bad_request", problem)
        self.seen.append({"operation": operation["operationId"], "path": arguments, "query": values["query"],
                          "headers": headers, "body": body})  # fmt: skip
        status = min(key for key in operation["responses"] if key[0] == "2")
        content = self.resolved(operation["responses"][status]).get("content", {})
        for kind, media in content.items():
            if kind == "application/pdf":
                return int(status), kind, PDF
            return int(status), kind, json.dumps(self.sample(media["schema"])).encode()
        return int(status), "", b""

    def _operation(self, method: str, path: str) -> tuple[str, dict[str, Any], dict[str, str]] | None:
        for template, item in self.document["paths"].items():
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1_>[^/]+)", re.escape(template))
            match = re.fullmatch(pattern, path)
            if match and method in item:
                values = {name[:-1]: unquote(value) for name, value in match.groupdict().items()}
                return template, item[method], values
        return None

    def _wrong_parameter(self, path: str, operation: dict[str, Any], values: dict[str, Any]) -> str | None:
        shared = self.document["paths"][path].get("parameters", [])
        for raw in [*shared, *operation.get("parameters", [])]:
            parameter = self.resolved(raw)
            name = parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
            value = values[parameter["in"]].get(name)
            if value is None:
                if parameter.get("required"):
                    return name
                continue
            schema = self.resolved(parameter["schema"])
            texts = value if isinstance(value, list) else [value]
            plain = [_read(text, self.resolved(schema.get("items", schema))) for text in texts]
            if not self._valid(parameter["schema"], plain if schema.get("type") == "array" else plain[0]):
                return name
        return None

    def _wrong_body(self, operation: dict[str, Any], headers: dict[str, str], body: bytes) -> str | None:
        content = operation.get("requestBody", {}).get("content")
        if content is None:
            return None
        kind = headers.get("content-type", "").partition(";")[0]
        if kind not in content:
            return "content type"
        if kind == "multipart/form-data":
            parts = message_from_bytes(b"Content-Type: " + headers["content-type"].encode() + b"\r\n\r\n" + body)
            names = {part.get_param("name", header="content-disposition") for part in parts.walk()}
            missing = set(self.resolved(content[kind]["schema"]).get("required", [])) - names
            return str(missing) if missing else None
        try:
            value = json.loads(body)
        except ValueError:
            return "JSON"
        return None if self._valid(content[kind]["schema"], value) else "body"

    def _valid(self, schema: dict[str, Any], value: Any) -> bool:
        whole = {"allOf": [schema], "components": self.document["components"]}
        return Draft202012Validator(whole, format_checker=FORMATS).is_valid(value)

    def _refused(self, status: int, kind: str, detail: str) -> tuple[int, str, bytes]:
        error = {"status": status, "type": kind, "detail": detail}
        return status, "application/json", json.dumps({"error": error}).encode()

    def resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            node: Any = self.document
            for part in value["$ref"].split("/")[1:]:
                node = node[part]
            value = node
        return value

    def sample(self, raw: dict[str, Any], depth: int = 0) -> Any:
        """A value that the schema allows; optional properties down to a depth, so that recursion ends."""
        schema = self.resolved(raw)
        given = [schema[keyword] for keyword in ("example", "const") if keyword in schema] + schema.get("enum", [])
        if given:
            return given[0]
        if "allOf" in schema:
            return {key: value for part in schema["allOf"] for key, value in self.sample(part, depth).items()}
        branches = schema.get("oneOf", schema.get("anyOf"))
        if branches:
            return self.sample(branches[0], depth)
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "array":
            return [self.sample(schema.get("items", {}), depth + 1)] if depth < 4 else []
        if kind == "object" or "properties" in schema:
            return self._sample_object(schema, depth)
        plain = {"integer": max(1, schema.get("minimum", 1)), "number": 1.5, "boolean": True}
        return BY_FORMAT.get(schema.get("format", ""), "text") if kind == "string" else plain.get(str(kind))

    def _sample_object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        names = [name for name in properties if depth < 3 or name in schema.get("required", [])]
        found = {name: self.sample(properties[name], depth + 1) for name in names}
        extra = schema.get("additionalProperties")
        return {**found, "more": self.sample(extra, depth + 1)} if isinstance(extra, dict) and extra else found

    @contextmanager
    def serving(self) -> Iterator[str]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one packet: two would wait for each other.
            wbufsize = -1

            def _serve(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                status, kind, content = owner.answer(self.command, self.path, headers, body)
                self.send_response(status)
                if kind:
                    self.send_header("Content-Type", kind)
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
            setattr(Handler, f"do_{method}", Handler._serve)
        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()
            thread.join()


def _read(text: str, schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text


def json_schema(value: Any) -> Any:
    """OpenAPI 3.0's nullable as JSON Schema writes it."""
    if isinstance(value, list):
        return [json_schema(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    found = {key: json_schema(entry) for key, entry in value.items()}
    if found.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found
