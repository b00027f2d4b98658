from rule_cases import Broken, Row, answer, of
from spot_contract.exchanges.intent import Kind

KITS = "get /api/v2/kits/"


def add_kits(raw):
    schema = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    found = {"description": "", "content": {"application/json": {"schema": schema}}}
    raw["paths"]["/api/v2/kits/"] = {"get": {"operationId": "kits", "responses": {"200": found}}}


def listed(status, body):
    return of(Kind.OPERATION, answer(status, body), method="GET", group=KITS)


RULES = {
    "document.operations": Row(
        [listed(200, {"name": "a"})],
        [
            Broken(listed(200, {"name": 7}), KITS, "a 200 does not conform"),
            Broken(listed(200, b"no"), KITS, "a 200 does not conform"),
            Broken(listed(404, {}), KITS, "answered 404"),
        ],
        edit=add_kits,
    )
}
