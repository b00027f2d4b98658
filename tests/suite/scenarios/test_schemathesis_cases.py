"""Requests that Schemathesis generates: the same seed sends the same bytes."""

import requests
from spot_contract.scenarios.schemathesis_cases import with_fixed_boundary


def upload(content):
    ready = requests.Request("POST", "http://127.0.0.1/", files={"document": content}).prepare()
    return with_fixed_boundary(ready.headers["Content-Type"], ready.body)


def test_upload_has_the_same_bytes_in_every_run():
    kind, body = upload(b"%PDF")
    assert upload(b"%PDF") == (kind, body)
    boundary = kind.partition("boundary=")[2].encode()
    assert body.startswith(b"--" + boundary)
    assert body.rstrip().endswith(b"--" + boundary + b"--")
    assert upload(b"%PNG") != (kind, body)


def test_body_of_another_media_type_stays():
    assert with_fixed_boundary("text/plain", b"boundary=0") == ("text/plain", b"boundary=0")
