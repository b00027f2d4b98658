"""Row by row: each defect of stock openapi-python-client output is there in stock, and gone in ours."""

import inspect
import json
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from client_orders import JSON, MULTIPART, TOKEN, URLENCODED, an_answer

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
def made(request, importable):  # noqa: ARG001 - the package must be importable first
    if request.param == "stock":
        return stock.Stock("stock_client", "default.api_v2_create_order", "CreateOrderMetadataType0")
    return stock.Ours("spot_api_client", "orders.create_order", "CreateOrderMetadata")


def test_1_endpoint_module_cannot_be_imported(stock_package):
    def run(module):
        command = [sys.executable, "-c", f"import {module}"]
        return subprocess.run(command, cwd=stock_package.parent, capture_output=True, text=True, check=False).stderr

    assert "NameError: name 'Unset' is not defined" in run("stock_client.api.default.api_v2_create_order")
    assert run("spot_api_client.api.orders.create_order") == ""


def test_2_json_data_and_files_are_set_at_once(made):
    outcome = made.call(json=an_answer())
    broken = isinstance(outcome, Exception) or json.loads(made.requests[0].content) != made.body().to_dict()
    assert broken == made.is_stock


def test_3_fixed_boundary_lets_a_value_overwrite_another(made):
    attack = '\r\n--+++\r\nContent-Disposition: form-data; name="recipient"\r\n\r\n{}\r\n--+++--\r\n'
    request = made.sent(MULTIPART, kit_types=[attack])
    boundary = request.headers["Content-Type"].partition("boundary=")[2].strip('"').encode()
    parts = request.read().split(b"--" + boundary)
    assert (len(parts) != 5) == made.is_stock


def test_4_required_body_is_optional(made):
    parameter = inspect.signature(made.endpoint.sync).parameters["body"]
    assert (parameter.default is not inspect.Parameter.empty) == made.is_stock


def test_5_nested_form_values_are_python_reprs(made):
    request = made.sent(URLENCODED)
    recipient = parse_qs(request.read().decode()).get("recipient", [""])[0]
    try:
        carried = json.loads(recipient) == made.body().recipient.to_dict()
    except ValueError:
        carried = False
    assert (not carried) == made.is_stock


def test_5_null_in_a_form_is_the_text_none(made):
    body = made.body()
    body.metadata = None
    if made.is_stock:
        assert (None, b"None", "text/plain") in [value for _, value in body.to_multipart()]
    else:
        outcome = made.endpoint.sync_detailed
        with pytest.raises(ValueError, match="metadata is None, which a form cannot represent"):
            outcome(client=made.connected(json=an_answer()), body=body, content_type=MULTIPART)


def test_6_prefix_is_bearer(made):
    if made.is_stock:
        client = made.client()
        client.get_httpx_client()
        header = client.get_httpx_client().headers["Authorization"]
    else:
        header = made.sent().headers["Authorization"]
    assert (header == f"Bearer {TOKEN}") == made.is_stock
    assert (header == f"Token {TOKEN}") != made.is_stock


def test_7_no_time_out_and_no_address_by_default(made):
    if made.is_stock:
        assert made.client().get_httpx_client().timeout == made.http.Timeout(None)
        with pytest.raises(TypeError, match="base_url"):
            made.package.AuthenticatedClient(token=TOKEN)
    else:
        assert made.sent().extensions["timeout"] == made.http.Timeout(30, connect=5).as_dict()
        assert "https://app.spotdx.com" in repr(made.package.SpotClient(token=TOKEN))


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_8_undeclared_statuses_return_none(made, status):
    outcome = made.call_mended(status, json=ENVELOPE)
    assert (outcome is None) == made.is_stock
    assert isinstance(outcome, Exception) != made.is_stock


@pytest.mark.parametrize("status", [499, 521])
def test_9_status_that_python_does_not_know_crashes(made, status):
    outcome = made.call_mended(status)
    assert (type(outcome) is ValueError) == made.is_stock
    assert (getattr(outcome, "status_code", None) == status) != made.is_stock


@pytest.mark.parametrize(
    ("status", "answer", "crash"),
    [
        (400, {"content": b"<html>Sorry</html>"}, json.JSONDecodeError),
        (201, {"content": b"<html>Created</html>"}, json.JSONDecodeError),
        (400, {"json": {"detail": "Not found."}}, KeyError),
    ],
)
def test_10_body_of_another_form_crashes(made, status, answer, crash):
    outcome = made.call_mended(status, **answer)
    assert isinstance(outcome, crash) == made.is_stock
    assert (getattr(outcome, "status_code", None) == status) != made.is_stock


@pytest.mark.parametrize("body", [[], {}])
def test_10_success_without_an_order_is_accepted(made, body):
    outcome = made.call_mended(201, json=body)
    assert (not isinstance(outcome, Exception)) == made.is_stock


def test_11_result_without_its_type_becomes_the_wrong_class(made):
    report = "ReportType0" if made.is_stock else "Report"
    (result,) = getattr(made.models, report).from_dict({"results": [{"result": "TT"}]}).results
    assert (type(result).__name__ == "ResultQuantity") == made.is_stock


def test_12_unknown_status_raises_after_the_order_was_made(made):
    outcome = made.call_mended(201, json=an_answer(status="shipped"))
    assert (type(outcome) is ValueError) == made.is_stock
    assert (getattr(outcome, "order_id", None) == "O1234567") != made.is_stock


@pytest.mark.parametrize("created", ["2023-01-01T04:30:11", "2023-W01-1T04:30:11Z"])
def test_13_local_times_and_week_dates_are_accepted(made, created):
    outcome = made.call_mended(201, json=an_answer(created=created))
    assert (not isinstance(outcome, Exception)) == made.is_stock


def test_16_names_contain_words_of_the_generator(made):
    names = [*dir(made.models), *made.endpoint.__name__.split(".")]
    assert any("Type0" in name or "api_v2" in name for name in names) == made.is_stock


def test_17_token_is_in_the_clients_repr(made):
    assert (TOKEN in repr(made.client())) == made.is_stock


def test_17_persons_name_is_in_the_models_repr(made):
    assert ("Canary" in repr(made.body())) == made.is_stock
    assert ("Canary" in repr(made.body().recipient)) == made.is_stock


def test_17_whole_body_is_in_the_errors_text(made):
    if made.is_stock:
        error = made.package.errors.UnexpectedStatus(500, b"Canary")
    else:
        error = made.call_mended(500, content=b"Canary")
    assert ("Canary" in str(error)) == made.is_stock


def test_18_callers_headers_are_changed(made):
    given = {"X-Mine": "1"}
    client = made.client(headers=given)
    if made.is_stock:
        client.get_httpx_client()
    assert (given != {"X-Mine": "1"}) == made.is_stock


def test_18_with_headers_changes_the_parents_live_client(made):
    if made.is_stock:
        parent = made.client()
        parent.get_httpx_client()
        parent.with_headers({"X-Child": "1"})
        assert parent.get_httpx_client().headers["X-Child"] == "1"
    else:
        parent = made.connected(status=500)
        parent.with_options(headers={"X-Child": "1"})
        with pytest.raises(made.package.SpotError):
            made.endpoint.sync(client=parent, body=made.body())
        assert "X-Child" not in made.requests[0].headers


def test_21_types_are_hidden_from_type_checkers(made):
    marker = Path(made.package.__file__).with_name("py.typed")
    assert (not marker.exists()) == made.is_stock


def test_23_strict_type_checking_fails(made, stock_package, tmp_path):
    pytest.importorskip("mypy", reason="mypy is not installed here")
    folder = stock_package if made.is_stock else Path(made.package.__file__).parent
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path, folder.name],
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 1) == made.is_stock, done.stdout


def test_json_request_of_both_carries_the_same_order(made):
    """The comparison is fair: what stock output does right, it is seen to do right."""
    assert json.loads(made.sent(JSON).read()) == made.body().to_dict()
