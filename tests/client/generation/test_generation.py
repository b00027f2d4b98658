"""A client made of another document: operations, parameters, bodies and answers of kinds that create-order lacks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("openapi_python_client", reason="the generator is not installed here")

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
ID = "7563e8e2-7fbd-480c-9b8b-2070eda884bf"
BASE = "https://odd.example.com/v1"
QUERY = "limit=3&names=x&names=y&since=2023-01-01T00%3A00%3A00%2B00%3A00&kind=a&timeout=1.5&deep=false"
ACCEPT = {"accept": "application/json", "authorization": "Token t"}


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """The package as scripts/regenerate would build it of odd_document.yaml."""
    root = tmp_path_factory.mktemp("odd")
    for folder in ("templates", "runtime"):
        shutil.copytree(ROOT / "openapi" / folder, root / "openapi" / folder)
    (root / "openapi" / "generator.yaml").write_text("package_name_override: spot_api_client\n", encoding="utf-8")
    shutil.copyfile(HERE / "odd_document.yaml", root / "openapi" / "spot-api-v2.yaml")
    (root / "built").mkdir()
    program = (
        "import sys; from pathlib import Path\n"
        "from spot_tools.checkout.layout import Layout; from spot_tools.generation import package\n"
        "layout = Layout(Path(sys.argv[1])); data = layout.document.read_bytes()\n"
        "package.build(layout, data, Path(sys.argv[2]))\n"
    )
    run(program, root, root / "built", path=ROOT / "scripts")
    return root / "built"


def run(program, *arguments, path):
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def told(package):
    return json.loads(run((HERE / "odd_program.py").read_text(encoding="utf-8"), path=package))


class TestRequests:
    @pytest.mark.parametrize(
        ("name", "method", "address", "content"),
        [
            (
                "path, query, header and cookie",
                "GET",
                f"/things/a%2Fb%20%C3%BC/?{QUERY}",
                "",
            ),
            ("nothing optional", "GET", "/things/a/", ""),
            ("no content", "DELETE", "/things/a/", ""),
            ("path and body share a name", "POST", "/things/a/", '{"thing_id":"b","timeout":4}'),
            ("list of objects", "GET", "/things/", ""),
            ("optional body absent", "PUT", "/things/", ""),
            ("body that is a list", "PUT", "/things/", f'[{{"id":"{ID}","kind":"b","labels":{{"a":{{"b":"x"}}}}}}]'),
            (
                "read-only values of what was read",
                "PUT",
                "/things/",
                f'[{{"id":"{ID}","kind":"b","parent":{{"id":"{ID}","kind":"b"}},"labels":{{"a":{{"b":"x"}}}},"more":1}}]',
            ),
            ("read-only values in a mapping", "PUT", "/labels/", '{"a":{"b":"x"}}'),
            ("bytes", "PUT", "/text/", "xyz"),
            ("name of a method of ours", "POST", "/close/", '{"b":"1"}'),
            ("another media type", "POST", "/close/", "b=1&a=q"),
        ],
    )
    def test_request_is_the_one_declared(self, told, name, method, address, content):
        sent = told[name]["sent"]
        assert sent[:2] == [method, f"{BASE}{address}"]
        assert sent[3] == content

    def test_headers_and_cookies_are_sent(self, told):
        headers = told["path, query, header and cookie"]["sent"][2]
        assert headers == {**ACCEPT, "x-trace": "trace", "cookie": "crumb=a%3Bb"}
        assert told["nothing optional"]["sent"][2] == ACCEPT

    def test_file_goes_out_with_name_and_type(self, told):
        content = told["file, and fields called as our options"]["sent"][3]
        assert 'name="document"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nabc\r\n' in content
        assert 'name="note"\r\n\r\nn\r\n' in content
        assert 'name="timeout"\r\n\r\n4\r\n' in content
        assert 'name="headers"\r\n\r\nh\r\n' in content

    @pytest.mark.parametrize(
        ("name", "error"),
        [
            ("dotted path", "ValueError: thing_id must not be empty, '.' or '..': it is part of the address."),
            (
                "header with a line break",
                "ValueError: The header X-Trace contains a character that HTTP does not allow.",
            ),
            ("wrong value in a typed mapping", "TypeError: [0].labels[…] must be an object (Other), not dict."),
            ("body of another media type", "TypeError: body must be an object (Other), not Thing."),
        ],
    )
    def test_refused_argument_is_not_sent(self, told, name, error):
        assert told[name] == {"outcome": error, "sent": None}


class TestAnswers:
    @pytest.mark.parametrize(
        ("name", "outcome"),
        [
            ("no content", None),
            ("path and body share a name", None),
            ("text", "héllo"),
            ("file, and fields called as our options", "made"),
            ("bytes", {"b": "x"}),
            ("unknown alternative", {"unknown": {"new": 1}}),
            ("optional body absent", {"a": 1}),
            ("body that is a list", {"a": 1}),
            ("name of a method of ours", None),
        ],
    )
    def test_answer_is_read_as_declared(self, told, name, outcome):
        assert told[name]["outcome"] == outcome

    @pytest.mark.parametrize(
        "name", ["nothing optional", "second kind of success", "alternative told by what it requires"]
    )
    def test_object_comes_back_whole(self, told, name):
        outcome = told[name]["outcome"]
        assert outcome["labels"] == {"x": {"a": "1", "b": "2"}}
        assert outcome["parent"]["kind"] == "unknown"
        assert (outcome["maybe"], outcome["odd name!"], outcome["self"], outcome["list"]) == (None, "q", "s", [[1.5]])
        assert "count" not in outcome

    def test_read_only_value_is_kept_in_what_was_read(self, told):
        assert [item["stamp"] for item in told["read-only values in to_dict"]["outcome"]] == ["s"]

    def test_list_comes_back_whole(self, told):
        assert [item["id"] for item in told["list of objects"]["outcome"]] == [ID, ID]

    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("undeclared success", "(the document declares no such status)"),
            ("list with a wrong object", "([1].id is missing)"),
            ("wrong value in a typed answer", "([…] is not an integer (int))"),
        ],
    )
    def test_unreadable_answer_is_an_unknown_outcome(self, told, name, problem):
        assert told[name]["outcome"].startswith("OutcomeUnknownError: ")
        assert problem in told[name]["outcome"]


class TestPackage:
    def test_each_operation_is_a_method_by_itself(self, told):
        assert told["async methods"] == [
            *("aclose", "aexecute", "close_", "delete_thing", "get_thing", "label", "list_things"),
            *("read_text", "replace", "send_bytes", "update_thing", "upload", "with_options", "with_response"),
        ]

    def test_package_is_strictly_typed(self, package):
        pytest.importorskip("pyright", reason="pyright is not installed here")
        (package / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "pythonVersion": "3.11"}')
        done = subprocess.run(
            [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
            cwd=package,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

    def test_texts_of_the_document_cannot_leave_their_docstrings(self, package):
        program = (
            "import ast, pathlib, sys\nimport spot_api_client.models as m\nprint(m.Thing.__doc__, m.Kind.__doc__)\n"
        )
        printed = run(program, path=package)
        assert '""" not the end """' in printed
        assert 'A kind with "quotes" and \\ backslash' in printed
