"""Hostile bytes never make a correct server fail, and it answers the next order."""

import json
import random

import pytest
from realistic_orders import order, recipient
from server_variants import KINDS
from server_wire import FORM, SIGNED, TOKEN, Server, encode

MIB = 1024 * 1024
kinds = pytest.mark.parametrize("server", KINDS, indirect=True, scope="session")


def with_metadata(text):
    return json.dumps(order(metadata="<here>")).replace('"<here>"', text).encode()


def with_name(text):
    return json.dumps(order(recipient=recipient(first_name="<here>"))).replace("<here>", text).encode()


JSON_BODIES = {
    "invalid UTF-8": with_name("Zo<>").replace(b"<>", b"\xff\xfe"),
    "overlong UTF-8": with_name("Zo<>").replace(b"<>", b"\xc0\x80"),
    "UTF-16": with_name("Zo").decode().encode("utf-16"),
    "surrogate bytes": with_name("Zo<>").replace(b"<>", b"\xed\xa0\x80"),
    "lone surrogate in a name": with_name("\\ud800"),
    "lone surrogate in metadata": with_metadata('{"\\udfff": "\\ud83d"}'),
    "lone surrogate in a country": with_name("A").replace(b'"US"', b'"\\ud800"'),
    "lone surrogate in a kit": with_name("A").replace(b"health_kit_1", b"\\ud800"),
    "lone surrogate in a recipient's extra": with_name("A").replace(b'"phone"', b'"\\ud800": "\\ud801", "phone"'),
    "NUL in a name": with_name("A\\u0000B"),
    "NUL in metadata": with_metadata('{"\\u0000": "\\u0000"}'),
    "raw NUL": with_name("A<>").replace(b"<>", b"\0"),
    "NUL alone": b"\0" * 100,
    "duplicate keys": with_metadata('{"a": 1, "a": 2}'),
    "duplicate recipient": with_name("A").replace(b'"recipient"', b'"recipient": 5, "recipient"'),
    "1 MiB name": with_name("A" * MIB),
    "1 MiB in metadata": with_metadata(json.dumps({"a": "é" * (MIB // 2)})),
    "3 MiB in metadata": with_metadata(json.dumps({"a": "b" * 3 * MIB})),
    "20 MiB": b"[" + b" " * 20 * MIB,
    "deep list in metadata": with_metadata('{"a": ' + "[" * 10_000 + "]" * 10_000 + "}"),
    "deep object in metadata": with_metadata('{"a": ' * 10_000 + "1" + "}" * 10_000),
    "depth 300": with_metadata('{"a": ' + "[" * 300 + "]" * 300 + "}"),
    "depth 900": with_metadata('{"a": ' + "[" * 900 + "]" * 900 + "}"),
    "depth 900 for a name": with_name("<>").replace(b'"<>"', b"[" * 900 + b"]" * 900),
    "depth 900 for a country": with_name("A").replace(b'"US"', b"[" * 900 + b"]" * 900),
    "depth 900 for a recipient's extra": with_name("A").replace(
        b'"phone"', b'"x": ' + b"[" * 900 + b"]" * 900 + b', "phone"'
    ),
    "open brackets": b"[" * 100_000,
    "open braces": b'{"a":' * 100_000,
    "5,000 digits": with_metadata('{"a": ' + "9" * 5000 + "}"),
    "100,000 digits": with_metadata('{"a": ' + "9" * 100_000 + "}"),
    "1e400": with_metadata('{"a": 1e400}'),
    "-1e999999999": with_metadata('{"a": -1e999999999}'),
    "1e-999999999": with_metadata('{"a": 1e-999999999}'),
    "1e400 in a recipient's extra": with_name("A").replace(b'"phone"', b'"x": 1e400, "phone"'),
    "huge number for a zip": with_name("A").replace(b'"02134"', b"9" * 5000),
    "many kits": json.dumps(order(kit_types=["health_kit_1"] * 20_000)).encode(),
    "many wrong kits": json.dumps(order(kit_types=[None] * 50_000)).encode(),
    "many keys": with_metadata(json.dumps({str(i): i for i in range(10_000)})),
    "long key": with_name("A").replace(b'"phone"', b'"' + b"k" * 100_000 + b'": 1, "phone"'),
    "line separators": with_metadata('{"a": "\\u2028\\u2029\\u0085"}'),
}
DISPOSITION = b'--b\r\nContent-Disposition: form-data; name="kit_types"\r\n\r\nhealth_kit_1\r\n'
MULTIPART = "multipart/form-data; boundary=b"
FORMS = {
    "no boundary": ("multipart/form-data", DISPOSITION + b"--b--\r\n"),
    "empty boundary": ('multipart/form-data; boundary=""', DISPOSITION + b"--b--\r\n"),
    "odd boundary": ("multipart/form-data; boundary=\xe9\xff", DISPOSITION + b"--b--\r\n"),
    "long boundary": ("multipart/form-data; boundary=" + "b" * 5000, DISPOSITION + b"--b--\r\n"),
    "other boundary": ("multipart/form-data; boundary=c", DISPOSITION + b"--b--\r\n"),
    "two boundaries": ("multipart/form-data; boundary=b; boundary=c", DISPOSITION + b"--b--\r\n"),
    "not closed": (MULTIPART, DISPOSITION),
    "cut in a header": (MULTIPART, DISPOSITION[:30]),
    "only the opening": (MULTIPART, b"--b"),
    "only the closing": (MULTIPART, b"--b--"),
    "no blank line": (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="a"\r\nx\r\n--b--\r\n'),
    "no name": (MULTIPART, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    "no disposition": (MULTIPART, b"--b\r\nX: y\r\n\r\nx\r\n--b--\r\n"),
    "bare line feeds": (MULTIPART, DISPOSITION.replace(b"\r\n", b"\n") + b"--b--\n"),
    "binary": (MULTIPART, bytes(range(256)) * 10),
    "invalid UTF-8 part": (MULTIPART, DISPOSITION.replace(b"health", b"\xff\xfe") + b"--b--\r\n"),
    "invalid UTF-8 name": (MULTIPART, DISPOSITION.replace(b"kit_types", b"\xff\xfe") + b"--b--\r\n"),
    "a file": (MULTIPART, DISPOSITION.replace(b'"kit_types"', b'"kit_types"; filename="a.txt"') + b"--b--\r\n"),
    "a binary file": (
        MULTIPART,
        DISPOSITION.replace(b'"kit_types"', b'"recipient"; filename="a"').replace(b"health", b"\xff") + b"--b--\r\n",
    ),
    "base64": (
        MULTIPART,
        DISPOSITION.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") + b"--b--\r\n",
    ),
    "many parts": (MULTIPART, DISPOSITION * 3000 + b"--b--\r\n"),
    "huge part header": (
        MULTIPART,
        DISPOSITION.replace(b"form-data", b"form-data; x=" + b"y" * 100_000) + b"--b--\r\n",
    ),
    "nested multipart": (
        MULTIPART,
        DISPOSITION.replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n") + b"--b--\r\n",
    ),
    "zlib": (f"{MULTIPART}; charset=zlib", DISPOSITION + b"--b--\r\n"),
    "undefined": (f"{MULTIPART}; charset=undefined", DISPOSITION + b"--b--\r\n"),
    "utf-16": (f"{MULTIPART}; charset=utf-16", DISPOSITION + b"--b--\r\n"),
    "invalid percent": (FORM, b"kit_types=%ZZ%&%=%&recipient=%7B%"),
    "invalid UTF-8 percent": (FORM, b"kit_types=%FF%FE&recipient.first_name=%C0%80"),
    "raw bytes": (FORM, bytes(range(256)) * 10),
    "NUL": (FORM, b"kit_types=%00&recipient.first_name=%00&%00=%00&recipient.%00=1"),
    "many fields": (FORM, b"kit_types=health_kit_1&" * 10_000),
    "many dots": (FORM, b"recipient" + b".a" * 10_000 + b"=1&metadata" + b".a" * 10_000 + b"=1&kit_types=health_kit_1"),
    "dots alone": (FORM, b"recipient.=1&recipient..=2&.=3&metadata.=1&metadata...=2&...=4"),
    "both a text and an object": (FORM, b"metadata.a=1&metadata.a.b=2&recipient.address=1&recipient.address.zip=2"),
    "an object and then a text": (FORM, b"metadata.a.b=2&metadata.a=1&recipient.address.zip=2&recipient.address=1"),
    "both styles": (FORM, b"recipient=%7B%7D&recipient.first_name=A&metadata=%7B%7D&metadata.a=1&kit_types=a"),
    "lone surrogate in JSON text": (
        FORM,
        b'kit_types=health_kit_1&metadata={"a":"\\ud800"}&recipient={"first_name":"\\ud800"}',
    ),
    "deep JSON text": (FORM, b"metadata=" + b"[" * 10_000 + b"&recipient=" + b"[" * 10_000),
    "separators": (FORM, b"&&&==&;&kit_types;a"),
    "1 MiB field": (FORM, b"recipient.first_name=" + b"A" * MIB),
    "charset zlib": (f"{FORM}; charset=zlib", b"kit_types=health_kit_1"),
    "charset undefined": (f"{FORM}; charset=undefined", b"kit_types=health_kit_1"),
    "charset utf-7": (f"{FORM}; charset=utf-7", b"kit_types=+2AA-"),
    "charset*": (f"{FORM}; charset*=nonsense'en'x", b"kit_types=health_kit_1"),
    "json charset": ("application/json; charset=zlib", b"{}"),
    "json charset*": ("application/json; charset*=nonsense'en'x", b"{}"),
    "json utf-32": ("application/json; charset=utf-32", b"{}"),
    "json nonsense": ("application/json; charset=nonsense", b"{}"),
    "odd media type": (";;;===///", b"{}"),
    "long media type": ("application/json; a=" + "b" * 20_000, b"{}"),
    "many parameters": ("application/json" + "; a=b" * 5000, b"{}"),
    "continued parameters": ("multipart/form-data; boundary*0=b; boundary*999999999999=c; boundary*x=d", DISPOSITION),
    "high bytes in the media type": ("application/json; a=\xff\xe9", b"{}"),
}
HEAD = b"POST /api/v2/orders/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
JSON_HEAD = HEAD + b"Content-Type: application/json\r\n"
RAW = {
    "length is no number": JSON_HEAD + b"Content-Length: abc\r\n\r\n{}",
    "negative length": JSON_HEAD + b"Content-Length: -5\r\n\r\n{}",
    "huge length": JSON_HEAD + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "broken chunks": JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "huge header": JSON_HEAD + b"X: " + b"y" * 400_000 + b"\r\n\r\n",
    "many headers": JSON_HEAD + b"X: y\r\n" * 5000 + b"\r\n",
    "long path": b"POST /api/v2/orders/?" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "control characters in Authorization": HEAD + b"Authorization: Token \x01\x02\x7f\r\nContent-Length: 2\r\n\r\n{}",
    "NUL in Authorization": HEAD + b"Authorization: Token a\0b\r\nContent-Length: 2\r\n\r\n{}",
    "UTF-8 in Authorization": HEAD + b"Authorization: Token \xf0\x9f\x98\x80\r\nContent-Length: 2\r\n\r\n{}",
    "long Authorization": HEAD + b"Authorization: Token " + b"A" * 30_000 + b"\r\nContent-Length: 2\r\n\r\n{}",
    "two Authorizations": HEAD + b"Authorization: Token a\r\nAuthorization: Token b\r\nContent-Length: 2\r\n\r\n{}",
    "odd version": b"POST /api/v2/orders/ HTTP/9.9\r\nHost: a\r\n\r\n",
    "odd method": b"P\xffST /api/v2/orders/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "odd host": b"POST /api/v2/orders/ HTTP/1.1\r\nHost: \xff[:::\r\n\r\n",
    "odd path": b"POST /%ff%00/%zz//[ HTTP/1.1\r\nHost: a\r\n\r\n",
}


def assert_survived(server, answer):
    assert answer is None or answer.status < 500, answer.body
    if answer is not None and answer.status == 400 and answer.headers.get_content_type() == "application/json":
        assert answer.json()["error"]["type"] == "bad_request"
    assert server.order(order()).status == 201


@kinds
@pytest.mark.parametrize("case", JSON_BODIES)
def test_hostile_json_is_accepted_or_refused(server, case):
    answer = server.send("application/json", JSON_BODIES[case])
    assert answer.status in (201, 400, 413)
    if answer.status != 413:
        answer.json()
    assert_survived(server, answer)


@kinds
@pytest.mark.parametrize("case", FORMS)
def test_hostile_forms_and_media_types_are_refused(server, case):
    answer = server.send(*FORMS[case])
    assert answer.status in (400, 413, 415, 431)
    assert_survived(server, answer)


@kinds
@pytest.mark.parametrize("case", RAW)
def test_hostile_http_gets_no_server_error(server, case):
    assert_survived(server, server.raw(RAW[case]))


@kinds
def test_a_body_cut_off_gets_no_order(server):
    content = JSON_HEAD + f"Authorization: Token {TOKEN}\r\nContent-Length: 5000\r\n\r\n".encode()
    answer = server.raw(content + json.dumps(order()).encode(), ends=True)
    assert answer is None or answer.status == 400
    assert_survived(server, answer)


@kinds
def test_a_multipart_body_without_its_end_is_refused_or_shown_whole(server):
    wanted = order(metadata={"key": "value"})
    content_type, body = encode(wanted, "multipart-dotted")
    answer = server.send(content_type, body[: body.rindex(b"\r\n--")])
    assert answer.status in (201, 400)
    if answer.status == 201:
        assert answer.json()["metadata"] == wanted["metadata"]


@kinds
def test_a_large_body_without_a_token_gets_its_answer(server):
    answer = server.send("application/json", b" " * 5 * MIB, headers=[("Authorization", "Token another")])
    assert answer.status in (401, 413)


@kinds
@pytest.mark.parametrize("style", ["json", "urlencoded-dotted", "multipart-parts"])
def test_random_damage_gets_no_server_error(server, style):
    chance = random.Random(7)
    for _ in range(60):
        content_type, body = encode(order(metadata={"a": [1, "é"]}), style)
        damaged = bytearray(body)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        answer = server.send(content_type, bytes(damaged))
        assert answer.status in (201, 400)
        answer.json()
    assert_survived(server, None)


def test_schema_valid_oddities_are_accepted_by_the_lax_server():
    running = Server("plain")
    try:
        odd = recipient(first_name="", last_name="\0", email="no", phone=" ", nick={"a": [None]})
        odd["address"] |= {"state": "", "zip": "x" * 100_000, "street2": ""}
        placed = running.order({"kit_types": [], "recipient": odd, "metadata": {"a": 10**5000 // 10**900}}).json()
        assert placed["kit_types"] == []
        assert {name: placed["recipient"][name] for name in odd if name != "address"} | {"address": 0} == odd | {
            "address": 0
        }
        lone = running.send("application/json", JSON_BODIES["lone surrogate in metadata"])
        assert lone.status == 201
        assert b'"\\udfff": "\\ud83d"' in lone.body
    finally:
        running.stop()


@pytest.mark.parametrize("name", ["drf", "plain", "fastapi_strict"])
def test_a_server_tells_its_address_and_ends_on_sigterm(name):
    running = Server(name)
    assert running.first_line == f"listening on http://127.0.0.1:{running.port}"
    assert running.order(order()).status == 201
    assert running.stop() in (0, -15)


@pytest.mark.parametrize("form", ["seconds", "date", "none"])
def test_requests_beyond_the_limit_get_429(form):
    running = Server("fastapi_strict", "--limit", "3", "--retry-after", form)
    try:
        answers = [running.order(order(), headers=[SIGNED]) for _ in range(8)]
    finally:
        running.stop()
    assert answers[0].status == 201
    refused = [answer for answer in answers if answer.status != 201]
    assert refused
    for answer in refused:
        assert answer.status == 429
        error = answer.json()["error"]
        assert error["type"] == "rate_limit_exceeded"
        assert "status" not in error
        assert ("Retry-After" in answer.headers) == (form != "none")
