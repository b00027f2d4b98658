"""curl lines of reports, run by a real bash: the server receives the same bytes as from the suite."""

import os
import random
import shutil
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from fake_server import serving
from reported_run import BODY, SECRET, TOKEN, new_run, request
from spot_contract.exchanges.messages import Carriage, Credential
from spot_contract.exchanges.secrets import Mask, Secret
from spot_contract.generation import credentials
from spot_contract.reporting import curl

pytestmark = pytest.mark.skipif(
    not shutil.which("curl") or not shutil.which("bash"), reason="no curl or no bash on this machine: no line was run"
)
TOKEN_OF = Secret(SECRET)
MASK = Mask(TOKEN_OF)
NC = """#!{python}
import socket, sys
with socket.create_connection((sys.argv[-2], int(sys.argv[-1])), 5) as server:
    server.sendall(sys.stdin.buffer.read())
    sys.stdout.buffer.write(server.recv(65536))
"""
BODIES = {
    "quotes": b"""{"name": "it's \\"$HOME\\" `id` !x \\\\ $(id)"}""",
    "newline": b'{\r\n\t"a": 1\n}\n',
    "nul": b'{"a": "\0"}',
    "3 KB": b'{"a": "' + b"x" * 3000 + b'"}',
    "long and no UTF-8": b"\xff\xfe" * 2000,
    "no UTF-8": b'{"a": "\xe9\xff1\xc3"}',
    "escapes and letters": '{"a": "\x1b[31m\u202eé日\x7f"}'.encode(),
    "at": b"@/etc/hostname",
    "empty": b"",
    "token": f'{{"token": "{SECRET}", "again": "\n{SECRET}"}}'.encode(),
}
REQUESTS = {
    **{name: request(body) for name, body in BODIES.items()},
    "no content type": request(content_type=None),
    "another method": request(method="PUT"),
    "another method without a body": request(b"", method="DELETE", content_type=None),
    "put nothing": request(b"", method="PUT", content_type=None),
    "own Accept": request(headers=(("accept", "text/html;q=0.3, */*"),)),
    "headers": request(headers=(("X-A", 'it\'s "so" é'), ("X-Empty", ""), ("Cookie", f"token={SECRET}"), ("X-A", "2"))),
    "query": request(path=f"/api/v2/orders/?a[]={{1}}&b='&api_key={SECRET}"),
    "blank in the path": request(path="/api/v2/orders/?a=b c"),
    "dots": request(path="/api/./v2/../orders/"),
    "chunks": request(b'{"a": "' + b"y" * 5000 + b'"}', carriage=Carriage(chunks=(100,))),
    "small chunks": request(carriage=Carriage(chunks=(1,))),
    "expect": request(carriage=Carriage(expect=True)),
    "HTTP/1.0": request(carriage=Carriage(version="1.0")),
}


def keep(found):
    """A handler that records request line, headers and body of each request."""
    lock = threading.Lock()

    def handle(peer):
        while (head := peer.head()) is not None:
            if b"expect: 100" in head.lower():
                peer.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = peer.body(head)
            if b"transfer-encoding: chunked" in head.lower():
                body = unchunked(body)
            line, *headers = head.split(b"\r\n")
            ours = [one for one in headers if not one.lower().startswith(b"user-agent:")]
            with lock:
                found.append((line, sorted(one.replace(b": ", b":", 1).rstrip(b" ") for one in ours), body))
            peer.answer()

    return handle


def unchunked(data):
    body = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        body, data = body + data[: int(size, 16)], data[int(size, 16) + 2 :]
    return body


def paste(tmp_path, lines):
    """Run lines in bash with the token in the environment."""
    nc = tmp_path / "bin" / "nc"
    nc.parent.mkdir(exist_ok=True)
    nc.write_text(NC.format(python=sys.executable), encoding="utf-8")
    nc.chmod(0o755)
    environment = {"PATH": f"{nc.parent}:{os.environ['PATH']}", "SPOT_API_TOKEN": SECRET, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["bash"], input="\n".join(lines).encode(), env=environment, capture_output=True, timeout=60, check=False
    )


def both(tmp_path, requests):
    """The requests received from the suite's sender and from the curl lines."""
    found = []
    with serving(keep(found)) as (server, sender):
        sender.exchange(list(requests.values()))
        sent, found[:] = list(found), []
        folder = tmp_path / "a report's folder"
        lines = [
            curl.command(one, server.target.url, MASK, folder, name.replace(" ", "-").replace("/", "-"))
            for name, one in requests.items()
        ]
        done = paste(tmp_path, lines)
    assert not [line for line in lines if SECRET in line]
    assert all("\n" not in line for line in lines)
    return sent, found, done


def test_what_arrives_is_what_the_suite_sends(tmp_path):
    sent, found, done = both(tmp_path, REQUESTS)
    assert len(found) == len(REQUESTS), done.stderr.decode()
    for name, ours, theirs in zip(REQUESTS, sent, found, strict=True):
        assert theirs == ours, name
    assert sorted(one.name for one in (tmp_path / "a report's folder").iterdir()) == [
        "3-KB.body",
        "chunks.body",
        "long-and-no-UTF-8.body",
        "nul.body",
    ]


def test_every_credential_of_the_suite_arrives(tmp_path):
    sent_by_the_suite = [
        credentials.NONE,
        *credentials.another_scheme(TOKEN_OF),
        *credentials.no_scheme(TOKEN_OF),
        *credentials.empty(),
        *credentials.another_token(TOKEN_OF),
        *credentials.part(TOKEN_OF),
        *credentials.several(TOKEN_OF),
        *credentials.another_case(TOKEN_OF),
        *(one for _, one in credentials.malformed(TOKEN_OF)),
    ]
    requests = {f"{number} {one.label}": request(credential=one) for number, one in enumerate(sent_by_the_suite)}
    sent, found, done = both(tmp_path, requests)
    assert len(found) == len(requests), done.stderr.decode()
    for name, ours, theirs in zip(requests, sent, found, strict=True):
        assert theirs == ours, name


def test_bytes_that_are_no_http_are_sent_by_printf(tmp_path):
    raw = (
        b"POST /%s\\n'\x00\xff HTTP/1.1\r\nAuthorization: Token " + SECRET.encode() + b"\r\nContent-Length: 2\r\n\r\n{}"
    )
    found = []

    def handle(peer):
        while not peer.data.endswith(b"{}") and peer.read():
            pass
        found.append(peer.data)
        peer.answer()

    with serving(handle) as (server, _):
        line = curl.command(replace(request(), raw=raw), server.target.url, MASK, tmp_path, "raw")
        paste(tmp_path, [line])
    assert found == [raw]
    assert SECRET not in line


def test_long_bytes_that_are_no_http_have_a_sentence_instead(tmp_path):
    line = curl.command(replace(request(), raw=b"\0" * 9000), "http://127.0.0.1:1", MASK, tmp_path, "raw")
    assert line.startswith("No command sends this: 9,000 bytes")


def test_words_are_words_for_bash(tmp_path):
    chance = random.Random(3)  # No secret is made of it.
    pieces = [bytes([byte]) for byte in range(1, 256)] + [
        SECRET.encode(),
        "é日\u2028\U0001f600".encode(),
        b"***",
        b"''",
    ]
    words = [b"".join(chance.choices(pieces, k=chance.randrange(12))) for _ in range(400)]
    lines = [f"printf '%s\\0' {curl.word(one, MASK) or chr(39) * 2}" for one in words]
    output = paste(tmp_path, lines).stdout
    mangled = [
        one for one in words if b"***" in one and SECRET.encode() in one
    ]  # The mask and the token are indistinguishable there.
    pairs = list(zip(words, output.split(b"\0")[:-1], strict=True))
    assert [pair for pair in pairs if pair[0] != pair[1] and pair[0] not in mangled] == []


def test_file_of_a_body_is_masked(tmp_path):
    body = b'\0{"token": "' + SECRET.encode() + b'"}\xff'
    curl.command(request(body), "http://127.0.0.1:1", MASK, tmp_path / "new" / "folder", "refusal.type-1")
    assert (tmp_path / "new" / "folder" / "refusal.type-1.body").read_bytes() == body.replace(SECRET.encode(), b"***")


def test_recipient_stands_in_no_line(tmp_path):
    run = new_run(recipient={"first_name": "Ermintrude", "address": {"street1": "12 Real Street"}})
    body = b'{"recipient": {"first_name": "Ermintrude", "street1": "12 Real Street"}}'
    line = curl.command(request(body), run.url, run.mask, tmp_path, "x")
    assert '{"recipient": {"first_name": "<first_name>", "street1": "<street1>"}}' in line


def test_path_that_no_word_can_hold_is_sent_by_printf(tmp_path):
    line = curl.command(request(path="/\0"), "http://127.0.0.1:1", MASK, tmp_path, "x")
    assert line.startswith("printf 'POST /\\000 HTTP/1.1")


def test_head_has_a_line_of_its_own(tmp_path):
    head = curl.command(request(b"", method="HEAD", content_type=None), "http://127.0.0.1:1", MASK, tmp_path, "x")
    assert head.startswith("curl --include --head http://127.0.0.1:1/api/v2/orders/ ")
    assert "--data" not in head
    with_body = curl.command(request(method="HEAD"), "http://127.0.0.1:1", MASK, tmp_path, "x")
    assert with_body.startswith("curl --include --request HEAD --max-time 5 ")


def test_https_and_a_prefix_stand_in_the_address(tmp_path):
    url = "https://example.com/base"
    assert "--http1.1 https://example.com/base/api/v2/orders/ " in curl.command(request(), url, MASK, tmp_path, "x")
    nul = request(BODY, credential=Credential("odd", b"Token \0", None))
    assert curl.command(nul, url, MASK, tmp_path, "x").endswith("| openssl s_client -quiet -connect example.com:443")
    assert "POST /base/api/v2/orders/ HTTP/1.1" in curl.command(nul, url, MASK, tmp_path, "x")
    assert TOKEN.header is not None
