"""The suite on an edited document: rules follow the document, or report that they no longer apply."""

import edits
import pytest
from another_document import judging_by
from edited import PATHS, PUBLISHED, Edited, Suite
from sandboxes import varied_sandbox
from spot_contract.document.openapi import STRICT, VENDORED
from spot_contract.rules.registry import all_rules, listing

CREATED = {"success.created_format", "success.created_now", "success.created_moves"}
SCHEME = {"authentication.scheme", "authentication.no_scheme", "authentication.scheme_case"}
FORMS = {"forms.recipient", "forms.metadata"}
ERROR = {
    "refusal.error_status",
    "refusal.error_type",
    "refusal.detail",
    "refusal.names_field",
    "refusal.repeats_no_value",
    "authentication.error_status",
    "authentication.error_type",
    "authentication.detail",
    "media.envelope",
    "limits.envelope",
}
# Each edit, the rules that then no longer apply, and what the suite reports as missing.
GONE = {
    edits.enum_gone: ({"refusal.enum"}, "the document has no enum in an order's body"),
    edits.pending_gone: ({"success.pending"}, "the document has no status pending in the answer to an order"),
    edits.created_renamed: (
        CREATED,
        "the document has no created (type string, format date-time) in the answer to an order",
    ),
    edits.metadata_gone: (
        {"echo.metadata"},
        "the document has no metadata in both an order's body and the answer to it",
    ),
    edits.json_alone: (
        FORMS,
        "the document has no form media type for an order's body",
    ),
    edits.error_as_on_the_page: (ERROR, "the document has no error.detail in a 400"),
    edits.kit_types_a_text: ({"refusal.list"}, "the document has no list of kit_types in an order's body"),
    edits.body_optional: ({"refusal.empty"}, "the document has no required body of an order"),
    edits.nothing_required: ({"refusal.required"}, "the document has no required field in an order's body"),
    edits.prefix_gone: (SCHEME, "the document has no scheme before the token"),
    edits.security_gone: (None, "the document has no token required of whoever orders"),
    edits.kits_gone: ({"success.kits"}, "the document has no kits (type array) in the answer to an order"),
    # Edits that the rules follow.
    edits.mexico: (set(), ""),
    edits.multipart_gone: (set(), ""),
    edits.bearer: (set(), ""),
    edits.moved: (set(), ""),
    edits.accepted_with_200: (set(), ""),
    edits.required_fields: (set(), ""),
    edits.unauthorized_declared: (set(), ""),
    edits.recursive: (set(), ""),
    edits.list_of_objects: (set(), ""),
}


@pytest.mark.parametrize("edit", GONE, ids=lambda edit: edit.__name__)
def test_rules_without_their_precondition_no_longer_apply_and_all_others_do(edit):
    expected, reason = GONE[edit]
    if expected is None:
        expected = {rule for rule in all_rules() if rule.startswith("authentication.")} | {"robustness.headers"}
    with judging_by({path: Edited(name, edit).raw for path, name in zip((VENDORED, STRICT), PATHS, strict=True)}):
        found = {rule.id: rule.gone for rule in all_rules().values() if rule.gone}
        listed = listing()
    assert set(found) == expected
    assert reason in {"", *found.values()}
    assert reason in listed


# Documents with several changes at once, and how the sandbox must differ to keep them.
DEMANDING = (
    edits.accepted_with_200,
    edits.bearer,
    edits.required_fields,
    edits.parameters,
    edits.narrow,
    edits.mexico,
    edits.optional_enum,
    edits.multipart_gone,
    edits.moved,  # The last: it renames what the others edit.
)
DEMANDED = {"status": 200, "scheme": "Bearer", "header": "Idempotency-Key", "query": "channel"}
POORER = (
    edits.pending_gone,
    edits.created_renamed,
    edits.metadata_gone,
    edits.json_alone,
    edits.enum_gone,
    edits.field_renamed_and_retyped,
    edits.unauthorized_declared,
)
LOST = CREATED | FORMS | {"success.pending", "echo.metadata", "refusal.enum"}


@pytest.fixture(scope="module")
def shared_suite(tmp_path_factory) -> Suite:
    return Suite(tmp_path_factory.mktemp("suite"))


@pytest.fixture
def suite(shared_suite) -> Suite:
    shared_suite.clear()
    return shared_suite


def with_verdict(report, *wanted):
    return {rule["id"] for rule in report["rules"] if rule["verdict"] in wanted}


def test_server_of_a_more_demanding_document_conforms(suite):
    suite.edit(*DEMANDING)
    with varied_sandbox(suite.root / PATHS[0], **DEMANDED) as address:
        code, output, report = suite.judge(address)
    assert code == 0, output
    assert with_verdict(report, "kept", "not judged") == {rule["id"] for rule in report["rules"]}
    sentences = {rule["id"]: rule["sentence"] for rule in report["rules"]}
    assert sentences["success.status"] == "A realistic order is answered with exactly 200, always."


def test_server_of_a_poorer_document_conforms_and_the_waiver_of_a_lost_rule_says_so(suite):
    suite.edit(*POORER)
    suite.waivers.write_text('[[waiver]]\nrule = "success.pending"\nreason = "a queue"\nuntil = 2999-01-01\n')
    variation = {"changed": {"status": "received"}, "renamed": {"created": "placed_at"}}
    with varied_sandbox(suite.root / PATHS[0], **variation) as address:
        code, output, report = suite.judge(address)
    assert code == 0, output
    assert with_verdict(report, "no longer applies") == LOST
    assert {rule["id"]: rule["gone"] for rule in report["rules"] if rule["gone"]}.keys() == LOST
    assert "no longer applies, the document has no enum in an order's body: refusal.enum" in output
    assert "success.pending (a queue); the rule no longer applies" in output
    assert f"{len(LOST)} no longer apply;" in output
    assert "the document has no status pending" in (suite.report / "junit.xml").read_text()
    assert "No longer applies: the document has no status pending" in (suite.report / "report.html").read_text()


# A server that keeps the document of before the edits: the edits, how the server differs from the sandbox, and the
# broken rules, each with places at which it is broken.
FORMER = {
    "fields and parameters": (
        (edits.required_fields, edits.parameters, edits.optional_enum),
        {},
        {"refusal.required": {"priority", "Idempotency-Key", "channel"}, "refusal.enum": {"priority", "speed"}},
    ),
    "limits": ((edits.narrow,), {}, {"refusal.type": {"recipient.first_name", "recipient.address.street1"}}),
    "status": ((edits.accepted_with_200,), {}, {"success.status": set()}),
    "scheme": ((edits.bearer,), {"scheme": "(?:Bearer|Token)"}, {"authentication.scheme": set()}),
}


@pytest.mark.parametrize(("changes", "variation", "broken"), FORMER.values(), ids=FORMER)
def test_server_of_the_document_before_the_edit_is_found(suite, changes, variation, broken):
    suite.edit(*changes)
    only = [word for rule in broken for word in ("--rule", rule)]
    with varied_sandbox(PUBLISHED, **variation) as address:
        code, output, report = suite.judge(address, *only)
    assert code == 1, output
    assert with_verdict(report, "broken") == broken.keys()
    for rule, places in broken.items():
        found = {place for one in report["findings"] if one["rule"] == rule for place in one["places"]}
        assert found >= places, rule


@pytest.mark.parametrize(
    ("edit", "sentence", "options"),
    [
        (edits.operation_gone, "The document has no create-order operation", ()),
        (edits.key_header, "requires tokenAuth, which is not a token in the Authorization header", ()),
        (edits.forms_alone, "does not accept application/json", ()),
        (edits.impossible_field, "requires recipient.code in an order", ()),
        (edits.nothing_required, "The document requires no field of an order", ("--allow-orders", "0")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_document_that_leaves_nothing_to_judge_is_one_sentence_and_exit_2(suite, edit, sentence, options):
    suite.edit(edit)
    code, output, _ = suite.judge("http://127.0.0.1:9", *options)
    assert code == 2, output
    assert sentence in output
    assert output.startswith("contract suite: ")
    assert output.count("\n") == 1
