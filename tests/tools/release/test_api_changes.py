"""What a program notices of a new client: each kind of change in Python, judged; and no change where there is none."""

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


def written(root, files):
    for path, text in files.items():
        (root / "box_client" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "box_client" / path).write_text(text)
    return root / "box_client"


def told(root, path, old, new):
    assert old in OLD[path]
    sides = written(root / "old", OLD), written(root / "new", {**OLD, path: OLD[path].replace(old, new)})
    return [f"{change.severity}: {change.name} {change.message}" for change in api_changes.compare(*sides)]


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("models/all.py", "size: int", "size: int\n    weight: int", "breaking: Box.weight is new (int), required"),
        ("models/all.py", "size: int", "size: int\n    weight: int = 0", "additive: Box.weight is new (int)"),
        ("models/all.py", "    size: int\n", "", "breaking: Box.size is gone"),
        ("models/all.py", "size: int", "size: str", "breaking: Box.size has the type str now, not int"),
        ("models/all.py", "size: int", "size: int | str", "additive: Box.size has the type int | str now, not int"),
        (
            "models/all.py",
            "label: str | Unset = UNSET",
            "label: str",
            "breaking: Box.label has the type str now, not str | Unset; breaking: Box.label must be given now",
        ),
        (
            "models/all.py",
            "text: str",
            "text: str | None",
            "breaking: Answer.text has the type str | None now, not str",
        ),
        (
            "models/all.py",
            "note: str | None",
            "note: str",
            "additive: Answer.note has the type str | Unset now, not str | None | Unset",
        ),
        (
            "models/all.py",
            "kind: str",
            "extra: str = _field(repr=False)\n    kind: str",
            "breaking: Box.extra is new (str), required",
        ),
        (
            "models/all.py",
            "_field(repr=False)",
            "_field(default=1, repr=False)",
            "additive: Box.kind need not be given any more",
        ),
        (
            "models/all.py",
            "_field(default=UNSET, repr=False)",
            "_field(repr=False)",
            "breaking: Box.note must be given now",
        ),
        ("models/all.py", "text: str", "text: str\n    more: str", "additive: Answer.more is new (str)"),
        ("models/all.py", '    SENT = "sent"\n', "", "breaking: Status.SENT is gone"),
        ("models/all.py", '"sent"', '"gone"', "breaking: Status.SENT is 'gone' now, not 'sent'"),
        ("models/all.py", '"sent"', '"sent"\n    LOST = "lost"', "additive: Status.LOST is new"),
        ("client.py", "def order", "def place", "breaking: Client.order is gone; additive: Client.place is new"),
        ("client.py", "box: Box,", "box: Box, name: str,", "breaking: Client.order(name) is new (str), required"),
        ("client.py", "box: Box,", "box: Box, name: str = '',", "additive: Client.order(name) is new (str)"),
        ("client.py", "box: Box, ", "", "breaking: Client.order(box) is gone"),
        ("client.py", " = None", "", "breaking: Client.order(status) must be given now"),
        ("client.py", "box: Box", "box: Box = X", "additive: Client.order(box) may be left out now"),
        (
            "client.py",
            "Status | None",
            "Status",
            "breaking: Client.order(status) has the type Status now, not Status | None",
        ),
        ("client.py", "-> Answer", "-> Answer | None", "breaking: Client.order returns has the type Answer | None now"),
        ("client.py", "    def order", "    async def order", "breaking: Client.order returns has the type Awaitable"),
        (
            "_base.py",
            "timeout: float = 3",
            "timeout: float = 5",
            "breaking: Client.__init__(timeout) is 5 by default, not 3",
        ),
        ("_base.py", "def close", "def shut", "breaking: Client.close is gone; additive: Client.shut is new"),
        ("api/orders.py", "def sync", "def run", "breaking: api.orders.sync is gone; additive: api.orders.run is new"),
        ("api/orders.py", "LIMIT = 3", "LIMIT = 4", "docs: api.orders.LIMIT has another value"),
        ("__init__.py", '"Box", ', "", "breaking: Box is gone; additive: models.Box is new"),
    ],
)
def test_a_change_in_python_is_told(tmp_path, path, old, new, expected):
    found = "; ".join(sorted(told(tmp_path, path, old, new), key=lambda line: line.partition(":")[2]))
    wanted = "; ".join(sorted(expected.split("; "), key=lambda line: line.partition(":")[2]))
    assert found.startswith(wanted) or wanted in found, found


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("_base.py", "class Base:", 'class Base:\n    """Docs."""\n    _cache = 3\n'),
        ("client.py", "status: Status | None", "status: None | Status"),
        ("models/all.py", STATUS, '\nclass Status(StrEnum):\n    SENT = "sent"\n    NEW = "new"\n'),
        ("models/all.py", "factory=dict", "factory=list"),
        ("api/orders.py", "LIMIT = 3", "LIMIT = 3\n_private = 4"),
    ],
)
def test_what_no_program_notices_is_not_told(tmp_path, path, old, new):
    assert told(tmp_path, path, old, new) == []


def test_the_client_is_no_change_from_itself_and_its_surface_is_seen(tmp_path):
    package = Layout.here().package
    assert api_changes.compare(package, package) == []
    gone = {change.name for change in api_changes.compare(package, written(tmp_path, {"__init__.py": ""}))}
    assert {"SpotClient", "AsyncSpotClient", "Recipient", "OrderStatus", "SpotError"} <= gone
    assert "api.orders.create_order.sync" in gone
    assert not any("_runtime" in name for name in gone)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            "y: str, x: str, *, z: int",
            {"(x) is positional argument 2 now, not 1", "(y) is positional argument 1 now, not 2"},
        ),
        ("x: str, *, y: str, z: int", {"(y) must be given by its name now"}),
        ("x: str, y: str, z: int", set()),
        ("x: str, y: str, *, z: int", set()),
    ],
)
def test_arguments_that_change_their_place_are_breaking(tmp_path, new, expected):
    sides = [
        written(tmp_path / side, {"__init__.py": f"def get({arguments}) -> None: ...\n"})
        for side, arguments in (("old", "x: str, y: str, *, z: int"), ("new", new))
    ]
    changes = api_changes.compare(*sides)
    assert {f"{change.name} {change.message}".removeprefix("get") for change in changes} == expected
    assert {change.severity for change in changes} <= {"breaking"}
