"""The names of the package, its classes and its environment variables, derived from openapi/generator.yaml."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spot_tools.errors import ToolError
from spot_tools.openapi.documents import as_object, parse, read_bytes

WRITTEN_FOR = "x-written-for"
"""Our own option in generator.yaml: the package name that templates and runtime are written with."""
_PACKAGE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Names:
    """The names of one package."""

    package: str
    """The import name, such as spot_api_client."""

    @property
    def project(self) -> str:
        """The distribution, such as spot-api-client."""
        return self.package.replace("_", "-")

    @property
    def _words(self) -> list[str]:
        return re.sub(r"(_api)?(_client)?$", "", self.package).split("_")

    @property
    def classes(self) -> str:
        """The prefix of classes, such as Spot in SpotClient."""
        return "".join(word.capitalize() for word in self._words)

    @property
    def variables(self) -> str:
        """The prefix of environment variables, such as SPOT in SPOT_API_TOKEN."""
        return "_".join(self._words).upper()

    def instead_of(self, other: "Names", text: str) -> str:
        """The text with the names of the other package replaced by these."""
        words = {getattr(other, key): getattr(self, key) for key in ("package", "project", "classes", "variables")}
        longest = sorted(words, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, longest)), lambda match: words[match[0]], text)


def options(config: Path) -> dict[str, Any]:
    """The options in generator.yaml, not yet checked. Raises ToolError unless they are an object."""
    name = f"openapi/{config.name}"
    found = as_object(parse(read_bytes(config, name), name))
    if found is None:
        raise ToolError(f"{name} must be an object of generator options.")
    return found


def names(config: Path) -> tuple[Names, Names]:
    """The names of the package, and the names that templates and runtime are written with. Raises ToolError."""
    found = options(config)
    package = found.get("package_name_override")
    written_for = found.get(WRITTEN_FOR, package)
    for name, key in ((package, "package_name_override"), (written_for, WRITTEN_FOR)):
        if not isinstance(name, str) or not _PACKAGE.fullmatch(name) or name in ("client", "api_client"):
            raise ToolError(
                f"openapi/{config.name} needs {key}: a package name in lower case, such as petstore_client."
            )
    return Names(str(package)), Names(str(written_for))
