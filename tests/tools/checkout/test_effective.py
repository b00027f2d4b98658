"""The effective documents can be built without any one action or overlay, and of no other overlays."""

import json
import shutil

import pytest
from checkouts import copied
from spot_tools.checkout import effective
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.openapi.documents import parse

HERE = Layout.here()


def test_an_overlay_outside_of_the_chains_is_an_error(checkout):
    (checkout.overlays / "40-more.yaml").write_text("overlay: 1.0.0")
    with pytest.raises(ToolError, match=r"40-more\.yaml belongs to no effective document"):
        effective.build(checkout)


@pytest.mark.parametrize("actions", ["actions: []", "actions:"])
def test_an_overlay_may_have_no_action_or_be_absent(tmp_path, actions):
    layout = Layout(copied(tmp_path, "openapi"))
    shutil.rmtree(layout.overlays)
    bare = effective.build(layout)
    layout.overlays.mkdir()
    text = f"overlay: 1.0.0\ninfo: {{title: Nothing, version: 1.0.0}}\n{actions}\n"
    (layout.overlays / "10-mend.yaml").write_text(text)
    empty = effective.build(layout)
    assert [parse(data, name) for name, data in empty.items()] == [parse(data, name) for name, data in bare.items()]
    assert parse(empty["client.yaml"], "c") == parse(layout.document.read_bytes(), "d")


def every_action() -> list[tuple[str, int]]:
    found = []
    for path in sorted(HERE.overlays.glob("*.yaml")):
        found += [(path.name, number) for number in range(len(parse(path.read_bytes(), path.name)["actions"]))]
    return found


@pytest.mark.parametrize(("name", "number"), every_action())
def test_documents_can_be_built_without_any_one_action(tmp_path, name, number):
    layout = Layout(copied(tmp_path, "openapi"))
    path = layout.overlays / name
    overlay = parse(path.read_bytes(), name)
    del overlay["actions"][number]
    path.write_text(json.dumps(overlay), encoding="utf-8")
    assert effective.build(layout).keys() == effective.CHAINS.keys()
