"""Row by row: each defect of stock openapi-python-client output is there in stock, and gone in ours."""

import importlib.util
import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from client_orders import JSON, MULTIPART, ROOT, TOKEN, URLENCODED, an_answer

pytest.importorskip("openapi_python_client", reason="the generator is not installed here")
stock = pytest.importorskip("client_stock")

ENVELOPE = {"error": {"status": 400, "type": "bad_request", "detail": "The zip field is required"}}


@pytest.fixture(scope="session")
def stock_package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stock")
    return stock.generate(folder)


@pytest.fixture(scope="session")
def importable(stock_package, tmp_path_factory):
    """A copy of the stock package whose endpoint module can be imported, on the path."""
    folder = tmp_path_factory.mktemp("importable")
    shutil.copytree(stock_package, folder / "stock_client")
    stock.make_importable(folder / "stock_client")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(params=["stock", "ours"])
def package(request, importable):  # noqa: ARG001 - the package must be importable first
    if request.param == "stock":
        return stock.Stock("stock_client", "default.api_v2_create_order", "CreateOrderMetadataType0")
    return stock.Ours("spot_api_client", "orders.create_order", "CreateOrderMetadata")


def test_1_endpoint_module_cannot_be_imported(stock_package):
    def run(module):
        command = [sys.executable, "-c", f"import {module}"]
        return subprocess.run(command, cwd=stock_package.parent, capture_output=True, text=True, check=False).stderr

    assert "NameError: name 'Unset' is not defined" in run("stock_client.api.default.api_v2_create_order")
    assert run("spot_api_client.api.orders.create_order") == ""


def test_2_json_data_and_files_are_set_at_once(package):
    outcome = package.call(json=an_answer())
    broken = isinstance(outcome, Exception) or json.loads(package.requests[0].content) != package.body().to_dict()
    assert broken == package.is_stock


def test_3_fixed_boundary_lets_a_value_overwrite_another(package):
    attack = '\r\n--+++\r\nContent-Disposition: form-data; name="recipient"\r\n\r\n{}\r\n--+++--\r\n'
    request = package.sent(MULTIPART, kit_types=[attack])
    boundary = request.headers["Content-Type"].partition("boundary=")[2].strip('"').encode()
    parts = request.read().split(b"--" + boundary)
    assert (len(parts) != 5) == package.is_stock


def test_4_required_body_is_optional(package):
    parameter = inspect.signature(package.endpoint.sync).parameters["body"]
    assert (parameter.default is not inspect.Parameter.empty) == package.is_stock


def test_5_nested_form_values_are_python_reprs(package):
    request = package.sent(URLENCODED)
    recipient = parse_qs(request.read().decode()).get("recipient", [""])[0]
    try:
        carried = json.loads(recipient) == package.body().recipient.to_dict()
    except ValueError:
        carried = False
    assert (not carried) == package.is_stock


def test_5_null_in_a_form_is_the_text_none(package):
    body = package.body()
    body.metadata = None
    if package.is_stock:
        assert (None, b"None", "text/plain") in [value for _, value in body.to_multipart()]
    else:
        outcome = package.endpoint.sync_detailed
        with pytest.raises(ValueError, match="metadata is None, which a form cannot represent"):
            outcome(client=package.connected(json=an_answer()), body=body, content_type=MULTIPART)


def test_6_prefix_is_bearer(package):
    if package.is_stock:
        client = package.client()
        client.get_httpx_client()
        header = client.get_httpx_client().headers["Authorization"]
    else:
        header = package.sent().headers["Authorization"]
    assert (header == f"Bearer {TOKEN}") == package.is_stock
    assert (header == f"Token {TOKEN}") != package.is_stock


def test_7_no_time_out_and_no_address_by_default(package):
    if package.is_stock:
        assert package.client().get_httpx_client().timeout == package.http.Timeout(None)
        with pytest.raises(TypeError, match="base_url"):
            package.module.AuthenticatedClient(token=TOKEN)
    else:
        assert package.sent().extensions["timeout"] == package.http.Timeout(30, connect=5).as_dict()
        assert "https://app.spotdx.com" in repr(package.module.SpotClient(token=TOKEN))


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_8_undeclared_statuses_return_none(package, status):
    outcome = package.read(status, json=ENVELOPE)
    assert (outcome is None) == package.is_stock
    assert isinstance(outcome, Exception) != package.is_stock


@pytest.mark.parametrize("status", [499, 521])
def test_9_status_that_python_does_not_know_crashes(package, status):
    outcome = package.read(status)
    assert (type(outcome) is ValueError) == package.is_stock
    assert (getattr(outcome, "status_code", None) == status) != package.is_stock


@pytest.mark.parametrize(
    ("status", "answer", "crash"),
    [
        (400, {"content": b"<html>Sorry</html>"}, json.JSONDecodeError),
        (201, {"content": b"<html>Created</html>"}, json.JSONDecodeError),
        (400, {"json": {"detail": "Not found."}}, KeyError),
    ],
)
def test_10_body_of_another_form_crashes(package, status, answer, crash):
    outcome = package.read(status, **answer)
    assert isinstance(outcome, crash) == package.is_stock
    assert (getattr(outcome, "status_code", None) == status) != package.is_stock


@pytest.mark.parametrize("body", [[], {}])
def test_10_success_without_an_order_is_accepted(package, body):
    outcome = package.read(201, json=body)
    assert (not isinstance(outcome, Exception)) == package.is_stock


def test_11_result_without_its_type_becomes_the_wrong_class(package):
    report = "ReportType0" if package.is_stock else "Report"
    (result,) = getattr(package.models, report).from_dict({"results": [{"result": "TT"}]}).results
    assert (type(result).__name__ == "ResultQuantity") == package.is_stock


def test_12_unknown_status_raises_after_the_order_was_made(package):
    outcome = package.read(201, json=an_answer(status="shipped"))
    assert (type(outcome) is ValueError) == package.is_stock
    assert (getattr(outcome, "order_id", None) == "O1234567") != package.is_stock


@pytest.mark.parametrize("created", ["2023-01-01T04:30:11", "2023-W01-1T04:30:11Z"])
def test_13_local_times_and_week_dates_are_accepted(package, created):
    outcome = package.read(201, json=an_answer(created=created))
    assert (not isinstance(outcome, Exception)) == package.is_stock


def test_16_names_contain_words_of_the_generator(package):
    names = [*dir(package.models), *package.endpoint.__name__.split(".")]
    assert any("Type0" in name or "api_v2" in name for name in names) == package.is_stock


def test_17_token_is_in_the_clients_repr(package):
    assert (TOKEN in repr(package.client())) == package.is_stock


def test_17_persons_name_is_in_the_models_repr(package):
    assert ("Canary" in repr(package.body())) == package.is_stock
    assert ("Canary" in repr(package.body().recipient)) == package.is_stock


def test_17_whole_body_is_in_the_errors_text(package):
    if package.is_stock:
        error = package.module.errors.UnexpectedStatus(500, b"Canary")
    else:
        error = package.read(500, content=b"Canary")
    assert ("Canary" in str(error)) == package.is_stock


def test_18_callers_headers_are_changed(package):
    given = {"X-Mine": "1"}
    client = package.client(headers=given)
    if package.is_stock:
        client.get_httpx_client()
    assert (given != {"X-Mine": "1"}) == package.is_stock


def test_18_with_headers_changes_the_parents_live_client(package):
    if package.is_stock:
        parent = package.client()
        parent.get_httpx_client()
        parent.with_headers({"X-Child": "1"})
        assert parent.get_httpx_client().headers["X-Child"] == "1"
    else:
        parent = package.connected(status=500)
        parent.with_options(headers={"X-Child": "1"})
        with pytest.raises(package.module.SpotError):
            package.endpoint.sync(client=parent, body=package.body())
        assert "X-Child" not in package.requests[0].headers


def test_21_types_are_hidden_from_type_checkers(package):
    marker = Path(package.module.__file__).with_name("py.typed")
    assert (not marker.exists()) == package.is_stock


@pytest.fixture(scope="session")
def mypy_findings(stock_package, tmp_path_factory):
    """What mypy --strict reports of both packages."""
    pytest.importorskip("mypy", reason="mypy is not installed here")
    folder = tmp_path_factory.mktemp("mypy")
    ours = Path(importlib.util.find_spec("spot_api_client").origin).parent
    for source in (stock_package, ours):
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", stock_package.name, ours.name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_23_strict_type_checking_fails(package, mypy_findings):
    name = package.module.__name__
    assert any(line.startswith(f"{name}/") for line in mypy_findings) == package.is_stock


def test_json_request_of_both_carries_the_same_order(package):
    """The comparison is fair: what stock output does right, it is seen to do right."""
    assert json.loads(package.sent(JSON).read()) == package.body().to_dict()


def test_each_row_of_the_comparison_names_a_test():
    table = (ROOT / "docs" / "client-vs-stock.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)` \|$", table, re.MULTILINE)
    assert len(named) == 18
    assert [name for name in named if name not in globals()] == []
