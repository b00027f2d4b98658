"""How JSON values are read and compared."""

from spot_contract.document import json_values


def test_numbers_are_compared_to_the_last_digit():
    assert json_values.equal({"a": 1}, json_values.read(b'{"a": 1.0}'))
    assert json_values.equal(0.1, json_values.read(b"0.1"))
    assert not json_values.equal(2**53 + 1, json_values.read(b"9007199254740992"))
    assert not json_values.equal(1, json_values.read(b"true"))
