"""scripts/vendor: what it accepts and rejects, and that nothing is written after an error."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from checkouts import tree
from spot_tools.checkout import lock
from spot_tools.checkout.layout import Layout
from spot_tools.commands import vendor
from spot_tools.openapi.documents import parse
from spot_tools.openapi.page import document_of
from vendoring import document, page, refuse, take

ROOT = Layout.here().root
VALID = b"openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths:"
PAGE = ROOT / "openapi" / "source" / "create-order.md"


@pytest.fixture
def new_page(tmp_path) -> Path:
    """The published page with one more value of an enum."""
    path = tmp_path / "create-order.md"
    path.write_text(PAGE.read_text().replace("        - completed\n", "        - completed\n        - shipped\n"))
    return path


def test_the_vendored_page_again_changes_nothing(checkout, capsys):
    before = tree(checkout.root)
    take(checkout, PAGE)
    assert tree(checkout.root) == before
    assert "nothing to write" in capsys.readouterr().out


def test_a_changed_page_updates_page_document_and_lock(checkout, new_page, capsys):
    before = tree(checkout.root)
    take(checkout, new_page)
    after = tree(checkout.root)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"openapi/source/create-order.md", "openapi/spot-api-v2.yaml", "openapi/spec.lock"}
    assert (checkout.source / "create-order.md").read_bytes() == new_page.read_bytes()
    assert checkout.document.read_bytes() in new_page.read_bytes()
    recorded = lock.read(checkout)
    [entry] = recorded["pages"]
    assert entry["sha256"] == hashlib.sha256(new_page.read_bytes()).hexdigest()
    assert entry["address"] == "https://docs.spotdx.com/reference/create-order.md"
    assert recorded["document"]["sha256"] == hashlib.sha256(checkout.document.read_bytes()).hexdigest()
    assert recorded["document"]["is_as_published"] is True
    assert recorded["overlays"]
    assert "changed: openapi/spot-api-v2.yaml" in capsys.readouterr().out


def test_a_dry_run_reports_the_same_and_writes_nothing(checkout, new_page, capsys):
    before = tree(checkout.root)
    take(checkout, new_page, dry_run=True)
    dry = capsys.readouterr().out
    assert tree(checkout.root) == before
    take(checkout, new_page)
    assert dry.splitlines()[:-1] == capsys.readouterr().out.splitlines()[:-1]
    assert "Nothing was written (--dry-run)." in dry


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("api.yaml", yaml.safe_dump),
        ("api.yml", yaml.safe_dump),
        ("api.json", json.dumps),
        ("api.json", lambda value: json.dumps(value, indent="\t")),
        ("api", yaml.safe_dump),
        ("api.md", page),
        ("api.md", lambda value: page(value, "~~~")),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_pages_and_documents_of_every_format_are_accepted(checkout, tmp_path, name, write, version):
    value = document(openapi=version)
    path = tmp_path / name
    path.write_text(write(value))
    take(checkout, path)
    assert parse(checkout.document.read_bytes(), "d") == value
    [entry] = lock.pages(checkout)
    assert (checkout.root / entry.file).read_bytes() == path.read_bytes()
    assert not (checkout.source / "create-order.md").exists()
    assert lock.read(checkout)["document"]["is_as_published"] is True


def test_an_address_is_fetched_and_recorded(checkout, provider):
    value = document()
    address = provider.serve("/reference/list-orders.md?v=2", page(value).encode(), Content_Type="text/markdown")
    take(checkout, address)
    [entry] = lock.pages(checkout)
    assert (entry.file, entry.address) == ("openapi/source/list-orders.md", address)
    assert parse(checkout.document.read_bytes(), "d") == value


def test_without_a_source_the_recorded_addresses_are_fetched_again(checkout, provider, capsys):
    address = provider.serve("/a.md", page(document()).encode())
    take(checkout, address)
    before = tree(checkout.root)
    capsys.readouterr()
    take(checkout)
    assert "nothing to write" in capsys.readouterr().out
    assert tree(checkout.root) == before
    provider.serve("/a.md", page(document(info={"title": "Spot", "version": "3"})).encode())
    take(checkout)
    assert "version: '3'" in checkout.document.read_text()


def test_a_redirect_on_loopback_is_followed(checkout, provider):
    address = provider.serve("/here.md", page(document()).encode())
    take(checkout, provider.serve("/moved.md", b"", 302, Location=address))
    assert lock.pages(checkout)[0].file == "openapi/source/moved.md"


BLOCK = b"openapi: 3.0.3\ninfo:\n  title: a\n"


@pytest.mark.parametrize(
    "text",
    [
        b"~~~yaml\n%s~~~\n",
        b'``` YAML title="a.yaml"\n%s`````\n',
        b"```\n%s```\n",
        b"```openapi\n%s```\nopen: a\n",
        b"---\ntitle: a page\n---\n```yaml\na: 1\n```\n\n```yml\n%s```\n```json\n{}\n```\n",
        b"<div>A note.</div>\n\n````yaml\n%s````",
    ],
)
def test_the_document_is_found_in_every_kind_of_fence(text):
    data = b"# A page\n\n" + text.replace(b"%s", BLOCK)
    assert document_of(data, "page") == BLOCK
    assert document_of(data.replace(b"\n", b"\r\n"), "page") == BLOCK.replace(b"\n", b"\r\n")


def test_a_block_in_a_list_loses_its_indentation():
    lines = b"".join(b"    " + line for line in BLOCK.splitlines(keepends=True))
    assert document_of(b"- One:\n\n    ```yaml\n" + lines + b"    ```\n", "page") == BLOCK


def test_a_block_in_json_and_one_with_quoted_keys_are_documents():
    for block in (b'{\n  "openapi": "3.0.3"\n}\n', b'"openapi": "3.0.3"\n'):
        assert document_of(b"```json\n" + block + b"```\n", "page") == block


def test_a_document_with_fences_in_a_description_is_not_a_page():
    data = b"info:\n  description: |\n    ```yaml\n    a: 1\n    ```\nopenapi: 3.0.3\n"
    assert document_of(data, "document") == data


SHARED = {"Order": {"type": "object", "required": ["id", "state"], "properties": {"id": {"type": "string"}}}}


class TestSeveralPages:
    def one(self, **more):
        return document(components={"schemas": {**SHARED, "Kit": {"type": "string"}}}, **more)

    def other(self, order=None):
        paths = {"/orders/": {"post": {"operationId": "add", "responses": {"201": {"description": "One."}}}}}
        return document(paths=paths, components={"schemas": {"Order": order or SHARED["Order"]}})

    def write(self, tmp_path, *values):
        paths = [tmp_path / f"page{number}.md" for number in range(len(values))]
        for path, value in zip(paths, values, strict=True):
            path.write_text(page(value))
        return paths

    def test_operations_and_components_are_merged(self, checkout, tmp_path):
        take(checkout, *self.write(tmp_path, self.one(), self.other()))
        value = parse(checkout.document.read_bytes(), "d")
        assert set(value["paths"]["/orders/"]) == {"get", "post"}
        assert set(value["components"]["schemas"]) == {"Order", "Kit"}
        assert [entry.file for entry in lock.pages(checkout)] == ["openapi/source/page0.md", "openapi/source/page1.md"]
        assert lock.read(checkout)["document"]["is_as_published"] is True

    def test_a_different_order_is_not_a_conflict(self, checkout, tmp_path):
        order = {"properties": {"id": {"type": "string"}}, "required": ["state", "id"], "type": "object"}
        take(checkout, *self.write(tmp_path, self.one(), self.other(order)))

    @pytest.mark.parametrize(
        ("order", "shown"),
        [
            ({"type": "object", "required": ["id", "state"]}, "/components/schemas/Order/properties"),
            (
                {"type": "object", "required": ["id", "state"], "properties": {"id": {"type": "integer"}}},
                r'/components/schemas/Order/properties/id/type: "string" in .*page0.md, "integer" in .*page1.md',
            ),
            (
                {**SHARED["Order"], "description": "Other."},
                '/components/schemas/Order/description: nothing in .*"Other."',
            ),
            ({**SHARED["Order"], "required": ["id"]}, "/components/schemas/Order/required"),
        ],
    )
    def test_different_components_are_a_conflict_with_its_place(self, checkout, tmp_path, order, shown):
        paths = self.write(tmp_path, self.one(), self.other(order))
        refuse(checkout, f"contradict each other(.|\n)*{shown}", *paths)

    def test_different_descriptions_of_an_operation_are_a_conflict(self, checkout, tmp_path):
        paths = {"/orders/": {"get": {"operationId": "all", "responses": {"200": {"description": "All."}}}}}
        found = refuse(checkout, "contradict", *self.write(tmp_path, self.one(), document(paths=paths)))
        assert '/paths/~1orders~1/get/operationId: "orders" in' in found

    def test_different_versions_of_openapi_are_a_conflict(self, checkout, tmp_path):
        paths = self.write(tmp_path, self.one(), self.one(openapi="3.1.0"))
        refuse(checkout, 'openapi: "3.0.3" in .*, "3.1.0" in', *paths)

    def test_tags_are_merged(self, checkout, tmp_path):
        tags = [[{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "c"}]]
        take(checkout, *self.write(tmp_path, *(self.one(tags=entry) for entry in tags)))
        assert [tag["name"] for tag in parse(checkout.document.read_bytes(), "d")["tags"]] == ["a", "b", "c"]

    def test_two_pages_with_the_same_name_are_rejected(self, checkout, tmp_path):
        (tmp_path / "x").mkdir()
        for path in (tmp_path / "a.md", tmp_path / "x" / "a.md"):
            path.write_text(page(document()))
        refuse(checkout, "Two sources would both be stored as a.md", tmp_path / "a.md", tmp_path / "x" / "a.md")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "is an HTML page"),
        (b"\n<!-- x -->\n<html>", "is an HTML page"),
        (VALID + b" {}", "has no operation"),
        (b"<div><form>Log in</form></div>", "is an HTML page"),
        (b"openapi: 3.0.3\npaths: {a: [", "is not valid YAML"),
        (b"# A page\n\nwithout a block\n", "is not an OpenAPI 3 document"),
        (b"# Page\n\n````yaml GET /\nopenapi: 3.0.3\ninfo:\n  title: a\n", "the page is truncated"),
        (VALID + b" {/a: {get: {responses: {}}}}", "not a valid OpenAPI document"),
        (b"openapi: 3.0.3\ninfo: {title: a}\npaths: {}", "not a valid OpenAPI document"),
        (VALID + b" {/a: {$ref: '#/b'}}", "which does not exist"),
    ],
)  # fmt: skip
def test_an_unusable_document_is_one_sentence(checkout, tmp_path, data, message):
    (tmp_path / "new.md").write_bytes(data)
    found = refuse(checkout, message, tmp_path / "new.md")
    assert "\n" not in found


def test_a_page_truncated_anywhere_is_rejected(checkout, tmp_path):
    data = PAGE.read_bytes()
    for size in range(0, len(data) - 6, 3989):
        (tmp_path / "cut.md").write_bytes(data[:size])
        refuse(checkout, ".", tmp_path / "cut.md")


def test_a_failure_while_writing_changes_nothing(checkout, new_page, monkeypatch):
    real = Path.replace
    count = 0

    def replace(self, target):
        nonlocal count
        count += 1
        if count == 2:
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    refuse(checkout, "cannot be written .No space left on device", new_page)


def test_an_interruption_while_writing_changes_nothing(checkout, new_page, monkeypatch):
    before = tree(checkout.root)

    def replace(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        take(checkout, new_page)
    assert tree(checkout.root) == before


def test_a_note_names_an_overlay_only_where_it_corrects_the_defect(checkout, tmp_path, capsys):
    for overlay in checkout.overlays.glob("*.yaml"):
        overlay.unlink()
    schemas = {name: {"type": "string", "enum": ["a"], "example": "z"} for name in ("Corrected", "Left")}
    actions = [
        {"target": f"$.components.schemas.{name}", "description": "d", "x-source": "s", "update": {"enum": [value]}}
        for name, value in (("Corrected", "z"), ("Left", "b"))
    ]
    overlay = {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": actions}
    (checkout.overlays / "10-mend.yaml").write_text(yaml.safe_dump(overlay))
    path = tmp_path / "page.md"
    path.write_text(page(document(components={"schemas": schemas})))
    take(checkout, path)
    mismatch = "the example does not match its schema at $: 'z' is not one of ['a']"
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"note: /components/schemas/Corrected: {mismatch} (corrected by an overlay).",
        f"note: /components/schemas/Left: {mismatch}.",
    ]


def test_an_overlay_action_that_the_provider_made_needless_is_reported(checkout, tmp_path, capsys):
    path = tmp_path / "create-order.md"
    path.write_text(PAGE.read_text().replace("format: url", "format: uri"))
    take(checkout, path)
    printed = capsys.readouterr().out
    assert "overlay: openapi/overlays/10-mend.yaml, action 4" in printed
    assert "delete the action" in printed


def test_an_error_is_one_sentence_and_exit_2(capsys):
    assert vendor.main(["no-such-page.md"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "scripts/vendor: no-such-page.md is not a file: expected a page, document or address.",
        "Nothing was written.",
    ]
