"""Reads a scenarios file: a YAML list of scenarios to arm at startup."""

from pathlib import Path
from typing import Any, cast

import yaml

from spot_sandbox.scenarios.armed import Armed, read
from spot_sandbox.scenarios.catalogue import ScenarioError, Stage

# The size limit of the file, in bytes.
LARGEST = 1024 * 1024


def read_scenarios(path: Path) -> list[Armed]:
    """Read the scenarios of a file, in the order in which they apply.

    Raises:
        ScenarioError: the file or an entry is invalid; the message names it and says why.

    """
    try:
        with path.open("rb") as file:
            tree: Any = yaml.safe_load(file.read(LARGEST))
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario file {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise ScenarioError(f"the scenario file {path} is not valid YAML") from None
    if not isinstance(tree, list):
        raise ScenarioError(f"the scenario file {path} must be a list, such as: - scenario: drop after commit")
    entries: list[Any] = list(cast("Any", tree))
    return [_armed(f"the scenario file {path}, entry {number}", each) for number, each in enumerate(entries, 1)]


def _armed(place: str, entry: Any) -> Armed:
    if not isinstance(entry, dict):
        raise ScenarioError(f"{place}: each entry must name a scenario, such as: - scenario: drop after commit")
    try:
        armed = read(cast("dict[str, Any]", entry))
    except ScenarioError as error:
        raise ScenarioError(f"{place}: {error}") from None
    if armed.scenario.stage is Stage.CONNECTION and armed.settings.seconds is None:
        raise ScenarioError(f"{place}: set seconds, for how long connections are refused")
    return armed
