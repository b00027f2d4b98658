"""Where each file of the repository lies."""

from dataclasses import dataclass
from pathlib import Path

from spot_tools.errors import ToolError

from .naming import names

_CONFIG = "generator.yaml"


@dataclass(frozen=True)
class Layout:
    """The paths below one checkout, so that a command works as well on a copy of it."""

    root: Path

    @classmethod
    def here(cls) -> "Layout":
        """The checkout that this very file belongs to."""
        return cls(Path(__file__).resolve().parents[3])

    @property
    def openapi(self) -> Path:
        """The folder of all that the client is made of."""
        return self.root / "openapi"

    @property
    def source(self) -> Path:
        """The folder of the published pages, byte for byte."""
        return self.openapi / "source"

    @property
    def document(self) -> Path:
        """The vendored document: the YAML block of the page byte for byte, or what several pages merge into.

        It may have any name; where there is none yet, it becomes document.yaml. Raises ToolError where there are two.
        """
        found = sorted(path for path in self.openapi.glob("*.yaml") if path.name != _CONFIG)
        if len(found) > 1:
            told = " and ".join(path.name for path in found)
            raise ToolError(f"openapi/ holds {told}, where one document is expected: delete the others.")
        return found[0] if found else self.openapi / "document.yaml"

    @property
    def overlays(self) -> Path:
        """The folder of corrections to the vendored document."""
        return self.openapi / "overlays"

    @property
    def effective(self) -> Path:
        """The folder of vendored document plus overlays."""
        return self.openapi / "effective"

    @property
    def config(self) -> Path:
        """The generator's configuration."""
        return self.openapi / _CONFIG

    @property
    def templates(self) -> Path:
        """The folder of templates that stand in for the generator's own."""
        return self.openapi / "templates"

    @property
    def runtime(self) -> Path:
        """The plain Python that is copied into the package as it stands."""
        return self.openapi / "runtime"

    @property
    def lock(self) -> Path:
        """What the client was made of and by."""
        return self.openapi / "spec.lock"

    @property
    def package(self) -> Path:
        """The generated client. Raises ToolError where the generator's configuration does not name it."""
        return self.root / "generated" / names(self.config)[0].package

    @property
    def reference(self) -> Path:
        """The page that tells all of the package, written from its docstrings."""
        return self.root / "docs" / "api" / "README.md"

    def name(self, path: Path) -> str:
        """The path as a person names it: from the root of the checkout, with slashes."""
        return path.relative_to(self.root).as_posix()
