"""A checkout to change, in which equal packages are built once."""

import hashlib
import shutil
from pathlib import Path

import pytest
from checkouts import copied
from spot_tools.checkout.files import files_below
from spot_tools.checkout.layout import Layout
from spot_tools.generation import package


@pytest.fixture
def checkout(tmp_path: Path) -> Layout:
    """A copy of everything that regenerating reads and writes."""
    return Layout(copied(tmp_path, "openapi", "generated", "docs/api"))


@pytest.fixture(scope="session")
def builds(tmp_path_factory):
    """The packages that were built in this session, by the digest of their sources."""
    return tmp_path_factory.mktemp("builds"), {}


@pytest.fixture(autouse=True)
def _equal_builds_are_made_once(monkeypatch, builds):
    """Equal sources give equal packages; test_building_twice_gives_the_same_bytes proves it."""
    folder, made = builds
    build = package.build

    def build_once(layout: Layout, effective: bytes, target: Path) -> Path:
        digest = hashlib.sha256(effective)
        for path in [layout.config, layout.document, *files_below(layout.templates), *files_below(layout.runtime)]:
            digest.update(f"{layout.name(path)}\n".encode() + path.read_bytes())
        key = digest.hexdigest()
        if key not in made:
            built = build(layout, effective, target)
            made[key] = folder / key / built.name
            shutil.copytree(built, made[key])
            return built
        return shutil.copytree(made[key], target / made[key].name)

    build_once.unshared = build
    monkeypatch.setattr(package, "build", build_once)
