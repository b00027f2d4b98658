"""Operations without a short name: scripts/regenerate stops and prints the overlay action to paste."""

import pytest
import yaml
from spot_tools.commands import regenerate
from spot_tools.errors import ToolError
from spot_tools.normalization.operation_names import missing_names
from spot_tools.openapi.documents import parse

ORDER = "/api/v2/orders/{order_id}"
PARCEL = "/api/v2/parcels/{parcel_id}"


def document(**operations):
    """A document of operations, each a name for `GET /path` or None."""
    paths: dict[str, dict[str, object]] = {}
    for place, name in operations.items():
        method, path = place.split(" ")
        paths.setdefault(path, {})[method] = {"responses": {}, **({"operationId": name} if name else {})}
    return {"openapi": "3.0.3", "paths": paths}


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (f"get {ORDER}", "get_order"),
        ("get /api/v2/orders/", "list_orders"),
        ("post /api/v2/returns/", "create_return"),
        (f"put {ORDER}", "replace_order"),
        (f"patch {ORDER}", "update_order"),
        (f"delete {ORDER}", "delete_order"),
        (f"get {ORDER}/kits/", "list_kits"),
        ("get /api/v2/kit-types/{id}", "get_kit_type"),
        ("get /", "list_root"),
        (f"post {ORDER}/cancel/", "cancel_order"),
    ],
)
def test_the_name_that_is_proposed_says_what_is_done_to_what(operation, name):
    [action] = missing_names(document(**{operation: None, "post /api/v2/orders": "create_order"})).values()
    assert f"operationId: {name}\n" in action


def test_a_taken_name_is_proposed_to_nothing_else():
    found = missing_names(document(**{"get /a/kits": "list_kits", "get /b/kits": None, "get /c/kits": None}))
    assert ["list_b_kits" in action for action in found.values()] == [True, False]
    assert "list_c_kits" in found["GET /c/kits"]


@pytest.mark.parametrize("name", ["api_v2_get_order", "apiV2GetOrder", "api-get-order", None])
def test_a_name_that_repeats_the_path_is_not_short(name):
    assert missing_names(document(**{f"get {ORDER}": name, "post /api/v2/orders/": "create_order"}))


@pytest.mark.parametrize("name", ["get_order", "GetOrder", "orders.get", "retrieve"])
def test_any_other_name_is_short(name):
    assert missing_names(document(**{f"get {ORDER}": name, "post /api/v2/orders/": "create_order"})) == {}


def test_regenerating_stops_with_the_action_which_ends_the_stop_once_pasted(checkout, capsys):
    value = parse(checkout.document.read_bytes(), "d")
    value["paths"][PARCEL] = {
        "parameters": [{"name": "parcel_id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {"operationId": "api_v2_get_parcel", "responses": {"200": {"description": "The parcel."}}},
    }
    checkout.document.write_text(yaml.safe_dump(value, sort_keys=False))
    overlay = checkout.overlays / "20-client.yaml"
    with pytest.raises(ToolError, match=r"GET /api/v2/parcels/\{parcel_id\} has no short name") as raised:
        regenerate.run(checkout, check=False)
    sentence, _, action = str(raised.value).partition("\n")
    assert "paste this into the actions of openapi/overlays/20-client.yaml" in sentence
    overlay.write_text(f"{overlay.read_text()}{action}\n")
    assert regenerate.run(checkout, check=False) == 0
    assert "def get_parcel(" in (checkout.package / "client.py").read_text()
    assert "SpotClient.get_parcel" in checkout.reference.read_text()
    assert "additive: SpotClient.get_parcel was added" in capsys.readouterr().out


def test_where_no_overlay_gives_names_the_documents_own_are_taken(checkout):
    for path in checkout.overlays.glob("*.yaml"):
        path.unlink()
    assert regenerate.run(checkout, check=False) == 0
    assert "def api_v2_create_order(" in (checkout.package / "client.py").read_text()
