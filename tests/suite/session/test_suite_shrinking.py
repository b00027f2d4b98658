"""How a failing order is made smaller."""

from spot_contract.session.shrinking import smaller_bodies


def test_smaller_body_keeps_only_what_breaks():
    body = {"a": {"x": 1, "y": 2}, "metadata": {"k": 1}, "b": 3}
    ordinary = {"a": {"x": 0, "y": 0}, "b": 0}
    found = smaller_bodies(body, ordinary, lambda candidate: "broken" if candidate["a"]["y"] == 2 else None)
    assert found == ({"a": {"x": 0, "y": 2}, "b": 0}, "broken")
    assert smaller_bodies(body, ordinary, lambda _: None) is None
