"""openapi-python-client, kept from ignoring unknown config keys and template names in silence."""

import ast
import contextlib
import io
import re
import shutil
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import openapi_python_client
from openapi_python_client import strings
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema import ParameterLocation

from spot_tools.checkout import naming
from spot_tools.checkout.files import files_below
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.normalization.document import Normalized
from spot_tools.openapi.documents import as_object, read_bytes

FACTS = "facts.jinja"
"""A template made anew each time: what the templates need beside what the generator hands them."""
_OUR_ARGUMENTS = {"body", "client"}
"""Arguments of the endpoint functions that are ours."""


def generate(layout: Layout, document: Path, package: Path, normalized: Normalized) -> None:
    """Write the generator's package for the document, a file of it. Raises ToolError where anything would be lost."""
    config_name = layout.name(layout.config)
    raw = {key: value for key, value in naming.options(layout.config).items() if key != naming.WRITTEN_FOR}
    _check_config(raw, config_name)
    _check_templates(layout)
    config = Config.from_sources(
        ConfigFile(**raw),
        meta_type=MetaType.NONE,
        document_source=document,
        file_encoding="utf-8",
        overwrite=False,
        output_path=package,
    )
    config.post_hooks = []
    ours = _our_names(layout)
    config.class_overrides = {
        **{name: ClassOverride.model_validate({"class_name": f"{name}Model"}) for name in ours},
        **config.class_overrides,
    }
    config.content_type_overrides = {**normalized.content_types, **config.content_type_overrides}
    # What the document calls so gets an underscore.
    strings.RESERVED_WORDS.update(_OUR_ARGUMENTS | _our_attributes(layout))
    # The runtime writes lists and dates into headers as well.
    PropertyProtocol._allowed_locations.add(ParameterLocation.HEADER)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    templates = document.with_name("templates")
    copy_renamed(layout, layout.templates, templates)
    (templates / FACTS).write_text(_facts(normalized), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            problems = openapi_python_client.generate(config=config, custom_template_path=templates)
    except jinja2.TemplateError as error:
        raise ToolError(f"A template in {layout.name(layout.templates)} fails: {error}.") from error
    except OSError as error:
        name = Path(error.filename or "").stem
        raise ToolError(
            f"The generator cannot write {name[:60]} ({error.strerror}): rename what is called so by an overlay."
        ) from error
    except Exception as error:  # The generator tells some of what it cannot express so.
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise ToolError(f"The generator cannot express the whole document: {text[:300].rstrip('.')}.") from error
    shutil.rmtree(templates)
    if problems:
        raise ToolError(f"The generator cannot express the whole document: {_tell(problems)}.")
    _check_overrides(config.class_overrides, package, config_name)
    _print_renamed(ours, package)
    _check_rendering(package)


def copy_renamed(layout: Layout, source: Path, target: Path) -> None:
    """Copy templates or runtime, with the names of this package in place of those that they are written with."""
    ours, theirs = naming.names(layout.config)
    for path in files_below(source):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(ours.instead_of(theirs, path.read_text(encoding="utf-8")), encoding="utf-8")


def _facts(normalized: Normalized) -> str:
    """A template of what the generator hands to no template."""
    credentials = [
        {"argument": one.argument, "annotation": one.annotation, "about": one.about} for one in normalized.schemes
    ]
    return f"{{% set facts = {normalized.facts!r} %}}\n{{% set credentials = {credentials!r} %}}\n"


def _check_config(raw: dict[str, Any], name: str) -> None:
    known = set(ConfigFile.model_fields) - {"post_hooks"}
    for key in raw:
        if key not in known:
            known_here = ", ".join(sorted(known | {naming.WRITTEN_FOR}))
            raise ToolError(f"{name} has the unknown option {key!r}; known are {known_here}.")
    try:
        ConfigFile(**raw)
    except ValueError as error:
        raise ToolError(f"{name} has a value that the generator refuses: {' '.join(str(error).split())}.") from error
    for override, value in (as_object(raw.get("class_overrides")) or {}).items():
        for key in value:
            if key not in ClassOverride.model_fields:
                raise ToolError(f"{name}, class_overrides.{override} has the unknown key {key!r}.")


def _check_templates(layout: Layout) -> None:
    known = files(openapi_python_client) / "templates"
    for path in sorted(layout.templates.rglob("*")):
        if path.is_file() and not (known / path.relative_to(layout.templates).as_posix()).is_file():
            raise ToolError(f"{layout.name(path)} has a name that the generator does not know, so it would be ignored.")


def _check_overrides(overrides: dict[str, ClassOverride], package: Path, name: str) -> None:
    made = {path.stem for path in (package / "models").glob("*.py")}
    for original, override in overrides.items():
        if override.module_name is not None and override.module_name not in made:
            raise ToolError(f"{name}, class_overrides.{original} matches no class that the generator makes: delete it.")


def _our_names(layout: Layout) -> set[str]:
    """Every class of the runtime, and every name that a template imports or makes: no model may be called so."""
    found: set[str] = set()
    for path in files_below(layout.runtime):
        if path.suffix == ".py":
            tree = ast.parse(path.read_bytes(), path.name)
            found |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for path in files_below(layout.templates):
        text = path.read_text(encoding="utf-8")
        listed = re.findall(r"^from [\w.]+ import (?:\(([^)]*)\)|([\w, ]+))", text, re.MULTILINE)
        found |= {name for lists in listed for name in re.findall(r"\w+", " ".join(lists))}
        found |= set(re.findall(r"^class (\w+)", text, re.MULTILINE))
    ours, theirs = naming.names(layout.config)
    return {ours.instead_of(theirs, name) for name in found if name[:1].isupper()}


def _our_attributes(layout: Layout) -> set[str]:
    """What every model has: no property may be called so."""
    path = layout.runtime / "models" / "model.py"
    tree = ast.parse(read_bytes(path, layout.name(path)))
    models = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Model"]
    functions = [node for model in models for node in model.body if isinstance(node, ast.FunctionDef)]
    return {"additional_properties", *(node.name for node in functions if not node.name.startswith("_"))}


def _print_renamed(ours: set[str], package: Path) -> None:
    made = "".join(path.read_text(encoding="utf-8") for path in sorted((package / "models").glob("*.py")))
    for name in sorted(set(re.findall(r"^class (\w+)Model\b", made, re.MULTILINE)) & ours):
        print(f"note: the component {name} becomes the class {name}Model: the client has a {name} of its own.")


def _check_rendering(package: Path) -> None:
    for path in sorted(package.rglob("*.py")):
        if "object at 0x" in path.read_text(encoding="utf-8"):
            raise ToolError(
                f"A template prints an object's address into {path.relative_to(package)}: filter that text."
            )


def _tell(problems: Sequence[GeneratorError]) -> str:
    texts: list[str] = []
    for problem in problems:
        data = getattr(problem, "data", None)
        place = f" at {data.model_dump_json(exclude_unset=True, by_alias=True)[:200]}" if data is not None else ""
        text = " ".join(f"{problem.header}: {problem.detail or ''}{place}".split()).rstrip(".: ")
        # The generator hides texts of the document from its own messages by mistake.
        texts.append(re.sub(r"<openapi_python_client\S* object at 0x[0-9a-f]+>", "…", text))
    return "; ".join(texts)
