"""scripts/regenerate: what it builds, what --check reports, and that a failure changes nothing."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from checkouts import tree
from spot_tools.checkout.layout import Layout
from spot_tools.commands import regenerate
from spot_tools.errors import ToolError
from spot_tools.generation import package


def change_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    # A comment in YAML and Python, without any other effect.
    data += b"#\n"
    path.write_bytes(data)


def differing(capsys) -> set[str]:
    return set(re.findall(r"^differs: (.*)$", capsys.readouterr().out, re.MULTILINE))


def test_building_twice_gives_the_same_bytes(checkout, tmp_path):
    effective = (checkout.effective / "client.yaml").read_bytes()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    one, two = (package.build.unshared(checkout, effective, tmp_path / folder) for folder in ("one", "two"))
    assert tree(one) == tree(two) == tree(checkout.package)


CHANGED = (
    "openapi/spot-api-v2.yaml",
    "openapi/overlays/30-strict.yaml",
    "openapi/generator.yaml",
    "openapi/runtime/__init__.py",
    "openapi/effective/contract.yaml",
    "openapi/spec.lock",
    "openapi/source/create-order.md",
    "generated/spot_api_client/__init__.py",
    "docs/api/README.md",
)


def test_check_names_each_file_that_changed_is_left_over_or_gone_and_changes_nothing(checkout, capsys):
    template = next(checkout.templates.glob("*.jinja"))
    template.write_text(template.read_text() + "\n{# a comment #}")
    for name in CHANGED:
        change_a_byte(checkout.root / name)
    (checkout.package / "stale.py").write_text("")
    (checkout.package / "py.typed").unlink()
    before = tree(checkout.root)
    assert regenerate.run(checkout, check=True) == 1
    others = {checkout.name(path) for path in (template, checkout.package / "stale.py", checkout.package / "py.typed")}
    assert {*CHANGED, *others} <= differing(capsys)
    assert tree(checkout.root) == before


@pytest.mark.parametrize("changed", ["openapi/overlays/30-strict.yaml", "docs/api/README.md"])
def test_check_names_the_only_file_with_a_changed_byte(checkout, capsys, changed):
    change_a_byte(checkout.root / changed)
    assert regenerate.run(checkout, check=True) == 1
    assert differing(capsys) <= {changed, "openapi/spec.lock"}


def test_regenerating_deletes_left_over_files_and_records_that_the_document_was_edited(checkout):
    left_over = checkout.package / "stale" / "stale.py"
    left_over.parent.mkdir()
    left_over.write_text("")
    change_a_byte(checkout.document)
    assert regenerate.run(checkout, check=False) == 0
    assert not left_over.parent.exists()
    assert "is_as_published: false" in checkout.lock.read_text()
    assert regenerate.run(checkout, check=True) == 0


def append(name: str, text: str):
    def edit(checkout: Layout) -> None:
        path = checkout.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + text)

    return edit


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (append("openapi/generator.yaml", "\nclas_overrides: {}\n"), "unknown option 'clas_overrides'"),
        (append("openapi/generator.yaml", "\npost_hooks: [id]\n"), "unknown option 'post_hooks'"),
        (append("openapi/generator.yaml", "\nhttp_timeout: soon\n"), "a value that the generator rejects"),
        (append("openapi/templates/endpoint_modul.py.jinja", ""), "is not a template of the generator"),
        (append("openapi/templates/package_init.py.jinja", "\n{{ nothing.at_all }}\n"), "template"),
        (append("openapi/templates/package_init.py.jinja", "\nimport not_there\n"), "ruff check|cannot be imported"),
        (append("openapi/runtime/broken.py", "raise RuntimeError\n"), "cannot be imported: RuntimeError"),
        (append("openapi/runtime/broken.py", "print(unknown_name)\n"), "ruff check reports"),
        (append("openapi/spot-api-v2.yaml", "\n  - what: is this"), "openapi/spot-api-v2.yaml is not valid YAML"),
        (lambda checkout: checkout.document.write_text("swagger: '2.0'"), "not an OpenAPI 3 document"),
        (lambda checkout: checkout.document.unlink(), "cannot be read"),
        (lambda checkout: checkout.lock.unlink(), "spec.lock cannot be read"),
        (lambda checkout: checkout.lock.write_text("{}"), "lacks the address or date of a page"),
    ],
)
def test_a_failure_is_one_sentence_and_leaves_everything_as_it_was(checkout, edit, message):
    edit(checkout)
    before = tree(checkout.root)
    with pytest.raises(ToolError, match=message) as raised:
        regenerate.run(checkout, check=False)
    assert "\n" not in str(raised.value)
    assert tree(checkout.root) == before


def unwritable_lock(checkout: Layout, _) -> None:
    # A folder in place of the draft of the new lock; permissions would not stop every user.
    checkout.lock.with_name(f".{checkout.lock.name}.draft").mkdir()


def interrupted(_, monkeypatch) -> None:
    def interrupt(_files):
        raise KeyboardInterrupt

    monkeypatch.setattr(regenerate, "write_all", interrupt)


@pytest.mark.parametrize(
    ("hinder", "error", "existing"),
    [(unwritable_lock, ToolError, True), (interrupted, KeyboardInterrupt, False)],
    ids=["unwritable lock", "interrupted without a package"],
)
def test_package_and_documents_change_together_or_not_at_all(checkout, monkeypatch, hinder, error, existing):
    change_a_byte(checkout.document)
    change_a_byte(checkout.package / "client.py")
    if not existing:
        shutil.rmtree(checkout.package)
    hinder(checkout, monkeypatch)
    before = tree(checkout.root)
    with pytest.raises(error):
        regenerate.run(checkout, check=False)
    assert tree(checkout.root) == before
    assert checkout.package.exists() == existing


def test_an_override_of_a_class_that_does_not_exist_is_an_error(checkout):
    text = checkout.config.read_text()
    entry = "  NoSuchClass:\n    class_name: Some\n    module_name: some\n"
    if "class_overrides:\n" in text:
        checkout.config.write_text(text.replace("class_overrides:\n", "class_overrides:\n" + entry))
    else:
        checkout.config.write_text(text + "class_overrides:\n" + entry)
    with pytest.raises(ToolError, match="NoSuchClass matches no generated class"):
        regenerate.run(checkout, check=False)


def test_every_generated_file_names_its_command_and_source(checkout):
    digest = hashlib.sha256(checkout.document.read_bytes()).hexdigest()
    paths = [path for path in checkout.package.rglob("*") if path.is_file()]
    assert len(paths) > 30
    for path in paths:
        head = path.read_text().splitlines()[:2]
        assert head == [
            "# Generated by scripts/regenerate; do not edit.",
            f"# Made of openapi/spot-api-v2.yaml, SHA-256 {digest}.",
        ], path


@pytest.mark.parametrize("argument", ["--chekc", "extra"])
def test_an_unknown_option_is_exit_2(capsys, argument):
    with pytest.raises(SystemExit, match="2"):
        regenerate.main([argument])
    assert "unrecognized arguments" in capsys.readouterr().err
