"""Reads a file of scenarios: a YAML list of what is armed from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import yaml

from spot_sandbox.scenarios.armed import Armed, make
from spot_sandbox.scenarios.catalogue import ScenarioError, Stage

if TYPE_CHECKING:
    from pathlib import Path

# Of the file, in bytes.
LARGEST = 1024 * 1024


def read_scenarios(path: Path) -> list[Armed]:
    """The scenarios of a file, in the order in which requests meet them.

    Raises:
        ScenarioError: the file or an entry cannot be used; the message names it and says why.

    """
    try:
        with path.open("rb") as file:
            tree: Any = yaml.safe_load(file.read(LARGEST))
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario file {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise ScenarioError(f"the scenario file {path} is no YAML") from None
    if not isinstance(tree, list):
        raise ScenarioError(f"the scenario file {path} must be a list, such as: - scenario: drop after commit")
    return [_armed(path, number, each) for number, each in enumerate(cast("list[Any]", tree), 1)]


def _armed(path: Path, number: int, entry: Any) -> Armed:
    place = f"the scenario file {path}, entry {number}"
    if not isinstance(entry, dict) or "scenario" not in entry:
        raise ScenarioError(f"{place}: each entry needs a scenario, such as: - scenario: drop after commit")
    settings = {str(key): value for key, value in cast("dict[Any, Any]", entry).items()}
    name = str(settings.pop("scenario"))
    if "owner" in settings:
        raise ScenarioError(f"{place}: there is no setting 'owner'")
    try:
        armed = make(name, **settings)
    except ScenarioError as error:
        raise ScenarioError(f"{place}: {error}") from None
    if armed.scenario.stage is Stage.CONNECTION and armed.settings.seconds is None:
        raise ScenarioError(f"{place}: give seconds, for which connections are refused from the start")
    return armed
