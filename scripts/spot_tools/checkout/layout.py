"""The paths of the files in a checkout."""

from pathlib import Path

from spot_tools.errors import ToolError

from .naming import names

_CONFIG = "generator.yaml"


class Layout:
    """The paths in one checkout, so that commands also work on a copy of it."""

    def __init__(self, root: Path) -> None:
        """Set the paths below the root of a checkout; nothing is read."""
        self.root = root
        self.openapi = root / "openapi"
        self.source = self.openapi / "source"
        """The published pages, byte for byte."""
        self.overlays = self.openapi / "overlays"
        self.effective = self.openapi / "effective"
        """The vendored document with overlays applied."""
        self.config = self.openapi / _CONFIG
        """The configuration of the generator."""
        self.templates = self.openapi / "templates"
        """The templates that replace those of the generator."""
        self.runtime = self.openapi / "runtime"
        """The plain Python that is copied into the package."""
        self.lock = self.openapi / "spec.lock"
        self.reference = root / "docs" / "api" / "README.md"
        """The API reference, generated from the docstrings of the package."""

    @classmethod
    def here(cls) -> "Layout":
        """The checkout that this file belongs to."""
        return cls(Path(__file__).resolve().parents[3])

    @property
    def document(self) -> Path:
        """The vendored document, whatever its name; document.yaml where there is none yet.

        Raises ToolError where there is more than one.
        """
        found = sorted(path for path in self.openapi.glob("*.yaml") if path.name != _CONFIG)
        if len(found) > 1:
            listed = " and ".join(path.name for path in found)
            raise ToolError(f"openapi/ contains {listed}, where one document is expected: delete the others.")
        return found[0] if found else self.openapi / "document.yaml"

    @property
    def package(self) -> Path:
        """The generated client. Raises ToolError where the generator's configuration does not name it."""
        return self.root / "generated" / names(self.config)[0].package

    def name(self, path: Path) -> str:
        """The path as messages show it: relative to the root of the checkout, with slashes."""
        return path.relative_to(self.root).as_posix()
