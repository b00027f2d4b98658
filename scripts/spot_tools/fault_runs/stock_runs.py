"""Runs on the stock servers in tests/servers/stock, compared with their known deviations."""

from collections.abc import Iterable, Iterator

from spot_tools.errors import ToolError
from spot_tools.processes.serving import new_token, serving
from spot_tools.processes.stock_servers import FOLDER, StockServer, stock_servers

from . import revision
from .deviations import Assessment, read
from .judgement import Judgement, judgement
from .records import Key, Records
from .trial import once, trial

SERVER = "stock server"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def plan(names: Iterable[str]) -> list[StockServer]:
    """The stock servers, all or by name. Raises ToolError for an unknown name."""
    known = {one.name: one for one in stock_servers()}
    wanted = list(names)
    if unknown := [name for name in wanted if name not in known]:
        raise ToolError(f"tests/servers/stock has no server {unknown[0]!r}.")
    return [known[name] for name in wanted] or list(known.values())


def run(python: str, server: StockServer, seed: str, records: Records) -> Assessment:
    """Judge the server in the quick profile; the suite only knows which media types it lacks."""
    declared = read(server.folder / "deviations.yaml")

    def measure() -> Judgement:
        token = new_token()
        with serving(server.command(python), token, {}, f"the stock server {server.name}") as url:
            return trial(url, token, ["--profile", "quick", "--seed", seed], declared.deployment(_FORMS))

    key = Key(SERVER, server.name, "quick", seed)
    return Assessment(server.name, declared, once(records, key, revision.of_server(server.folder), measure))


def assessments(records: Records) -> Iterator[Assessment]:
    """The recorded runs on stock servers, compared with their present deviations."""
    for key, raw in sorted(records.of(SERVER)):
        table = FOLDER / key.name / "deviations.yaml"
        if table.exists():
            yield Assessment(key.name, read(table), judgement(raw))
