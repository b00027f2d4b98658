"""scripts/regenerate after a change: changes in Python, the next version, the changelog entry."""

import re

import pytest
from checkouts import commit, copied
from spot_tools.checkout.layout import Layout
from spot_tools.commands import regenerate
from spot_tools.errors import ToolError
from spot_tools.release import proposal
from spot_tools.release.api_changes import ApiChange
from spot_tools.release.proposal import Release

ENUM = "        - completed\n"
OTHERS = ("sandbox", "contract_tests")  # Distributions with the same version as the client.


FORMS = ("AsyncSpotClient", "client.SpotClientWithResponse", "client.AsyncSpotClientWithResponse")


@pytest.fixture
def checkout(tmp_path):
    """A repository with everything that regenerating and releasing read and write, at version 1.4.2."""
    for folder in OTHERS:
        (tmp_path / folder).mkdir()
    copied(tmp_path, "openapi", "generated", "docs/api", "pyproject.toml", "CHANGELOG.md")
    copied(tmp_path, *(f"{folder}/pyproject.toml" for folder in OTHERS))
    path = tmp_path / "pyproject.toml"
    path.write_text(re.sub(r'(?m)^version = ".*"$', 'version = "1.4.2"', path.read_text()))
    commit(tmp_path)
    return Layout(tmp_path)


def version(layout):
    match = re.search(r'(?m)^version = "(.*)"$', (layout.root / "pyproject.toml").read_text())
    assert match
    return match[1]


def edit(layout, old, new):
    text = layout.document.read_text()
    assert old in text
    layout.document.write_text(text.replace(old, new, 1))


def test_a_breaking_change_is_reported_and_its_version_written_once_in_every_distribution(checkout, capsys):
    changelog = (checkout.root / "CHANGELOG.md").read_text()
    edit(checkout, ENUM, ENUM + "        - shipped\n")
    capsys.readouterr()
    assert regenerate.run(checkout, check=False) == 0
    printed = capsys.readouterr().out
    assert "additive: OrderStatus.SHIPPED was added" in printed
    assert 'breaking: OrderStatus gains the value "shipped"' in printed
    assert "Next version: 2.0.0 (breaking)" in printed
    assert version(checkout) == "1.4.2"
    assert (checkout.root / "CHANGELOG.md").read_text() == changelog
    for _ in range(2):
        assert regenerate.run(checkout, check=False, write_version=True) == 0
        assert version(checkout) == "2.0.0"
        assert '"spot-sandbox==2.0.0"' in (checkout.root / "pyproject.toml").read_text()
        for folder in OTHERS:
            assert '\nversion = "2.0.0"\n' in (checkout.root / folder / "pyproject.toml").read_text()
        written = (checkout.root / "CHANGELOG.md").read_text()
        assert written.count("## 2.0.0 (unreleased)") == 1
        assert "- New in Python: `OrderStatus.SHIPPED` was added." in written
        before, _, after = changelog.partition("## ")
        assert written.startswith(before)
        assert written.endswith("## " + after)


def test_an_additive_change_raises_the_second_number(checkout, capsys):
    required = "      required:\n        - kit_types\n"
    edit(checkout, required, "        clinic:\n          type: string\n" + required)
    regenerate.run(checkout, check=False, write_version=True)
    assert version(checkout) == "1.5.0"
    printed = capsys.readouterr().out
    assert "additive: CreateOrder.clinic was added" in printed
    assert "additive: SpotClient.create_order(clinic) was added" in printed


def test_a_change_of_documentation_raises_the_third_number(checkout):
    edit(checkout, "The unique identifier of the order.", "The order's name.")
    regenerate.run(checkout, check=False, write_version=True)
    assert version(checkout) == "1.4.3"


def test_a_change_of_a_method_is_drafted_once_and_one_of_another_form_alone_is_kept():
    changes = [
        ApiChange("additive", name, "was added")
        for name in ("SpotClient.ping", *(f"{form}.ping" for form in FORMS), "api.more.ping.sync", "api.more.pong.sync")
    ]
    changes.append(ApiChange("breaking", "api.more.ping.sync(body)", "was removed"))
    assert Release([], changes, "2.0.0").entry().splitlines()[2:] == [
        "- Breaking in Python: `api.more.ping.sync(body)` was removed.",
        "- New in Python: `SpotClient.ping` was added.",
        "- New in Python: `api.more.pong.sync` was added.",
    ]


def test_without_a_change_the_version_stays(checkout, capsys):
    before = (checkout.root / "CHANGELOG.md").read_text()
    regenerate.run(checkout, check=False, write_version=True)
    assert version(checkout) == "1.4.2"
    assert (checkout.root / "CHANGELOG.md").read_text() == before
    assert "the version stays" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "severity", "new"),
    [
        ("0.3.1", "breaking", "0.4.0"),
        ("0.3.1", "additive", "0.4.0"),
        ("0.3.1", "docs", "0.3.2"),
        ("1.4.2", "breaking", "2.0.0"),
        ("1.4.2", "additive", "1.5.0"),
        ("1.4.2", "docs", "1.4.3"),
        ("1.4.2", None, "1.4.2"),
    ],
)
def test_the_next_version_follows_semantic_versioning(old, severity, new):
    assert proposal._next(f'version = "{old}"\n', severity) == new


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [("pyproject.toml", "[project]\n", "has no line version"), ("CHANGELOG.md", "# Changes\n", "has no entry")],
)
def test_a_file_without_a_place_for_the_version_stops_before_anything_is_written(checkout, file, text, message):
    edit(checkout, ENUM, ENUM + "        - shipped\n")
    (checkout.root / file).write_text(text)
    before = (checkout.package / "models" / "order_status.py").read_text()
    with pytest.raises(ToolError, match=message):
        regenerate.run(checkout, check=False, write_version=True)
    assert (checkout.package / "models" / "order_status.py").read_text() == before


def test_every_overlay_action_that_does_not_fit_is_named(checkout, capsys):
    edit(checkout, "      format: url\n", "      format: uri\n")
    text = checkout.document.read_text().replace("format: url", "format: uri").replace("range_minimum", "range_least")
    checkout.document.write_text(text)
    with pytest.raises(ToolError, match=r"action 1 .*matches nothing"):
        regenerate.run(checkout, check=False)
    printed = capsys.readouterr().err
    assert re.search(r"also: .*action 4 .*delete the action", printed)
    assert "30-strict.yaml" not in printed
