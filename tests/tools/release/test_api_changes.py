"""Changes of the Python API: each kind with its severity, and none where programs notice nothing."""

import pytest
from spot_tools.checkout.layout import Layout
from spot_tools.release import api_changes

MODEL = """
@define
class Box:
    size: int
    label: str | Unset = UNSET
    kind: str = _field(repr=False)
    note: str | Unset = _field(default=UNSET, repr=False)
    more: dict[str, Any] = field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]: ...
"""
ANSWER = """
@define
class Answer:
    text: str
    note: str | None | Unset = UNSET
"""
STATUS = """
class Status(StrEnum):
    NEW = "new"
    SENT = "sent"
"""
CLIENT = """
from .models import Answer, Box, Status
from ._base import Base

class Client(Base):
    def order(self, *, box: Box, status: Status | None = None) -> Answer: ...
"""
BASE = """
class Base:
    def __init__(self, *, token: str, timeout: float = 3) -> None: ...
    def close(self) -> None: ...
"""
INIT = """
from .client import Client
from .models import Answer, Box, Status
__all__ = ["Answer", "Box", "Client", "Status"]
"""
OLD = {
    "__init__.py": INIT,
    "client.py": CLIENT,
    "_base.py": BASE,
    "models/__init__.py": "from .all import Answer, Box, Status\n__all__ = ['Answer', 'Box', 'Status']",
    "models/all.py": MODEL + ANSWER + STATUS,
    "api/__init__.py": "",
    "api/orders.py": "def sync(*, client: Client) -> Answer: ...\nLIMIT = 3\n",
}


PATHS = {
    "models": "models/all.py",
    "client": "client.py",
    "base": "_base.py",
    "api": "api/orders.py",
    "init": "__init__.py",
}


def written(root, files):
    for path, text in files.items():
        (root / "box_client" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "box_client" / path).write_text(text)
    return root / "box_client"


def reported(root, path, old, new):
    path = PATHS[path]
    assert old in OLD[path]
    sides = written(root / "old", OLD), written(root / "new", {**OLD, path: OLD[path].replace(old, new)})
    return [f"{change.severity}: {change.name} {change.message}" for change in api_changes.compare(*sides)]


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("models", "size: int", "size: int\n    weight: int", "breaking: Box.weight was added (int), required"),
        ("models", "size: int", "size: int\n    weight: int = 0", "additive: Box.weight was added (int)"),
        ("models", "    size: int\n", "", "breaking: Box.size was removed"),
        ("models", "size: int", "size: str", "breaking: Box.size now has the type str, before int"),
        ("models", "size: int", "size: int | str", "additive: Box.size now has the type int | str, before int"),
        (
            "models",
            "label: str | Unset = UNSET",
            "label: str",
            "breaking: Box.label is now required; breaking: Box.label now has the type str, before str | Unset",
        ),
        ("models", "text: str", "text: str | None", "breaking: Answer.text now has the type str | None, before str"),
        (
            "models",
            "note: str | None",
            "note: str",
            "additive: Answer.note now has the type str | Unset, before str | None | Unset",
        ),
        (
            "models",
            "kind: str",
            "extra: str = _field(repr=False)\n    kind: str",
            "breaking: Box.extra was added (str), required",
        ),
        ("models", "_field(repr=False)", "_field(default=1, repr=False)", "additive: Box.kind is now optional"),
        ("models", "_field(default=UNSET, repr=False)", "_field(repr=False)", "breaking: Box.note is now required"),
        ("models", "text: str", "text: str\n    more: str", "additive: Answer.more was added (str)"),
        ("models", '    SENT = "sent"\n', "", "breaking: Status.SENT was removed"),
        ("models", '"sent"', '"gone"', "breaking: Status.SENT is now 'gone', before 'sent'"),
        ("models", '"sent"', '"sent"\n    LOST = "lost"', "additive: Status.LOST was added"),
        ("client", "def order", "def place", "breaking: Client.order was removed; additive: Client.place was added"),
        ("client", "box: Box,", "box: Box, name: str,", "breaking: Client.order(name) was added (str), required"),
        ("client", "box: Box,", "box: Box, name: str = '',", "additive: Client.order(name) was added (str)"),
        ("client", "box: Box, ", "", "breaking: Client.order(box) was removed"),
        ("client", " = None", "", "breaking: Client.order(status) is now required"),
        ("client", "box: Box", "box: Box = X", "additive: Client.order(box) is now optional"),
        (
            "client",
            "Status | None",
            "Status",
            "breaking: Client.order(status) now has the type Status, before Status | None",
        ),
        ("client", "-> Answer", "-> Answer | None", "breaking: the result of Client.order now has the type Answer |"),
        (
            "client",
            "    def order",
            "    async def order",
            "breaking: the result of Client.order now has the type Awaitable",
        ),
        (
            "base",
            "timeout: float = 3",
            "timeout: float = 5",
            "breaking: Client.__init__(timeout) now has the default 5, before 3",
        ),
        ("base", "def close", "def shut", "breaking: Client.close was removed; additive: Client.shut was added"),
        ("api", "def sync", "def run", "breaking: api.orders.sync was removed; additive: api.orders.run was added"),
        ("api", "LIMIT = 3", "LIMIT = 4", "docs: api.orders.LIMIT has a different value"),
        ("init", '"Box", ', "", "breaking: Box was removed; additive: models.Box was added"),
    ],
)
def test_a_change_in_python_is_reported(tmp_path, path, old, new, expected):
    found = "; ".join(sorted(reported(tmp_path, path, old, new), key=lambda line: line.partition(":")[2]))
    wanted = "; ".join(sorted(expected.split("; "), key=lambda line: line.partition(":")[2]))
    assert found.startswith(wanted) or wanted in found, found


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("base", "class Base:", 'class Base:\n    """Docs."""\n    _cache = 3\n'),
        ("client", "status: Status | None", "status: None | Status"),
        ("models", STATUS, '\nclass Status(StrEnum):\n    SENT = "sent"\n    NEW = "new"\n'),
        ("models", "factory=dict", "factory=list"),
        ("api", "LIMIT = 3", "LIMIT = 3\n_private = 4"),
    ],
)
def test_what_no_program_notices_is_not_reported(tmp_path, path, old, new):
    assert reported(tmp_path, path, old, new) == []


def test_the_client_does_not_differ_from_itself_and_its_public_names_are_found(tmp_path):
    package = Layout.here().package
    assert api_changes.compare(package, package) == []
    removed = {change.name for change in api_changes.compare(package, written(tmp_path, {"__init__.py": ""}))}
    assert {"SpotClient", "AsyncSpotClient", "Recipient", "OrderStatus", "SpotError"} <= removed
    assert "api.orders.create_order.sync" in removed
    assert not any("_runtime" in name for name in removed)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            "y: str, x: str, *, z: int",
            {"(x) is now positional argument 2, before 1", "(y) is now positional argument 1, before 2"},
        ),
        ("x: str, *, y: str, z: int", {"(y) is now keyword-only"}),
        ("x: str, y: str, z: int", set()),
        ("x: str, y: str, *, z: int", set()),
    ],
)
def test_arguments_that_change_their_position_are_breaking(tmp_path, new, expected):
    sides = [
        written(tmp_path / side, {"__init__.py": f"def get({arguments}) -> None: ...\n"})
        for side, arguments in (("old", "x: str, y: str, *, z: int"), ("new", new))
    ]
    changes = api_changes.compare(*sides)
    assert {f"{change.name} {change.message}".removeprefix("get") for change in changes} == expected
    assert {change.severity for change in changes} <= {"breaking"}
