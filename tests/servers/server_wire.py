"""Starts a server as a process and speaks plain HTTP to it: orders in every shape, and raw bytes."""

import http.client
import json
import socket
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlencode

FOLDER = Path(__file__).parent
PATH = "/api/v2/orders/"
TOKEN = "Abc123-wire-Token"
SIGNED = ("Authorization", f"Token {TOKEN}")
FORM = "application/x-www-form-urlencoded"
STYLES = ["json", "urlencoded-parts", "urlencoded-dotted", "multipart-parts", "multipart-dotted"]


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        assert self.headers.get_content_type() == "application/json", (self.status, self.headers, self.body[:200])
        return json.loads(self.body.decode(), parse_constant=self.refuse, parse_int=self.number)

    @staticmethod
    def number(digits):
        return int(digits) if len(digits) < 4000 else digits  # Python takes no more than 4,300.

    @staticmethod
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")


class Server:
    token = TOKEN

    def __init__(self, name, *options):
        command = [sys.executable, str(FOLDER / name / "serve.py"), "--port", "0", "--token", TOKEN, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.first_line = self.process.stdout.readline().strip()
        self.port = int(self.first_line.rpartition(":")[2])

    def stop(self):
        self.process.terminate()
        code = self.process.wait(10)
        self.process.stdout.close()
        return code

    def send(self, content_type, body, *, method="POST", path=PATH, headers=(SIGNED,)):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path)
            if content_type is not None:
                connection.putheader("Content-Type", content_type)
            for name, value in headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def order(self, wanted, style="json", **options):
        content_type, body = encode(wanted, style)
        return self.send(content_type, body, **options)

    def raw(self, content, *, ends=False):
        """The answer to these bytes; None if the connection was closed without one. `ends`: nothing more will come."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as wire:
            wire.sendall(content)
            if ends:
                wire.shutdown(socket.SHUT_WR)
            response = http.client.HTTPResponse(wire, method="POST")
            try:
                response.begin()
            except http.client.RemoteDisconnected:
                return None
            return Answer(response)


def encode(wanted, style):
    if style == "json":
        return "application/json", json.dumps(wanted, ensure_ascii=False).encode()
    media_type, _, shape = style.partition("-")
    fields = form_fields(wanted, dotted=shape == "dotted")
    if media_type == "urlencoded":
        return FORM, urlencode(fields).encode()
    return multipart(fields)


def form_fields(wanted, *, dotted):
    fields = []
    for name, value in wanted.items():
        if name == "kit_types":
            fields += [(name, kit_type) for kit_type in value]
        elif dotted and name == "recipient" and isinstance(value, dict):
            fields += dots(name, value)
        else:
            fields.append((name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return fields


def dots(name, value):
    if isinstance(value, dict):
        return [field for below in value for field in dots(f"{name}.{below}", value[below])]
    return [(name, value)]


def multipart(fields):
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields
    ]
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])
