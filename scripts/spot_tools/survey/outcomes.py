"""Building a client of one document, here or by the stock generator, and the outcome."""

import contextlib
import io
import json
import shutil
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import openapi_python_client
from openapi_python_client.config import Config, ConfigFile, MetaType

from spot_tools.changes.operations import compare
from spot_tools.checkout.layout import Layout
from spot_tools.checkout.naming import WRITTEN_FOR
from spot_tools.errors import ToolError
from spot_tools.generation import package
from spot_tools.openapi.documents import parse, parse_openapi
from spot_tools.openapi.nodes import Document
from spot_tools.vendoring.defects import notes
from spot_tools.vendoring.validation import validate

Kind = Literal["built", "built without some operations", "not importable", "refused", "traceback"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_PACKAGE = "surveyed_client"


@dataclass(frozen=True)
class Outcome:
    """The outcome of building a client of a document."""

    kind: Kind
    message: str = ""
    """The error message, the last line of the traceback, or the notes."""


def ours(path: Path) -> Outcome:
    """Build the document as scripts/vendor and scripts/regenerate do, and compare it with itself."""
    return _guarded(_build_ours, path)


def stock(path: Path) -> Outcome:
    """Build the document by the stock generator."""
    return _guarded(_build_stock, path)


def _guarded(build: Callable[[Path, Path], Outcome], path: Path) -> Outcome:
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        try:
            return build(path, Path(folder))
        except ToolError as error:
            return Outcome("refused", str(error))
        except Exception as error:  # noqa: BLE001 - unexpected errors are counted
            place = traceback.extract_tb(error.__traceback__)[-1]
            return Outcome("traceback", f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})")


def _build_ours(path: Path, folder: Path) -> Outcome:
    here = Layout.here()
    shutil.copytree(here.templates, folder / "openapi" / "templates")
    shutil.copytree(here.runtime, folder / "openapi" / "runtime", ignore=shutil.ignore_patterns("__pycache__"))
    layout = Layout(folder)
    layout.config.write_text(
        f"package_name_override: {_PACKAGE}\n{WRITTEN_FOR}: {here.package.name}\n", encoding="utf-8"
    )
    data = path.read_bytes()
    layout.document.write_bytes(data)
    document = Document(path.name, parse_openapi(data, path.name))
    validate(document)
    found = notes(document)
    changes = compare(document, document).changes()
    if changes:
        raise AssertionError(f"compared with itself: {changes[0].message}")
    (folder / "built").mkdir()
    package.build(layout, data, folder / "built")
    return Outcome("built", f"{len(found)} notes on the document")


def _build_stock(path: Path, folder: Path) -> Outcome:
    # The generator reads YAML 1.1, where dates are not strings; JSON means the same to both.
    source = folder / "document.json"
    source.write_text(json.dumps(parse(path.read_bytes(), path.name)), encoding="utf-8")
    config = Config.from_sources(
        ConfigFile(package_name_override=_PACKAGE, post_hooks=[]),
        meta_type=MetaType.NONE,
        document_source=source,
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / _PACKAGE,
    )
    problems: list[Any] = list(openapi_python_client.generate(config=config))
    texts = [" ".join(f"{problem.header}: {problem.detail or ''}".split()) for problem in problems]
    if any(problem.level.name == "ERROR" for problem in problems):
        return Outcome("refused", texts[0])
    try:
        package.import_all(folder / _PACKAGE)
    except ToolError as error:
        return Outcome("not importable", str(error))
    return Outcome("built without some operations", "; ".join(texts)) if texts else Outcome("built")
