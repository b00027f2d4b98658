"""Runs openapi-python-client, and rejects the options and template names that it would silently ignore."""

import ast
import contextlib
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
import jinja2
import openapi_python_client
from openapi_python_client import strings
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser import properties
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import GeneratorData
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.schema import ParameterLocation

from spot_tools.checkout import naming
from spot_tools.checkout.files import files_below
from spot_tools.checkout.layout import Layout
from spot_tools.errors import ToolError
from spot_tools.normalization.document import Normalized
from spot_tools.openapi.documents import as_object, read_bytes

FACTS = "facts.jinja"
"""A generated template with values that the generator does not pass to the templates."""
_FROM_REFERENCE = "_property_from_ref"
_property_from_reference: Callable[..., tuple[Any, Any]] = getattr(properties, _FROM_REFERENCE)
"""The generator's function, which drops the description beside a reference."""
_OUR_ARGUMENTS = {"body", "client"}
"""The arguments that our templates add to endpoint functions."""


def generate(layout: Layout, document: Path, package: Path, normalized: Normalized) -> None:
    """Generate a package.

    Args:
        layout: the checkout with configuration, templates and runtime.
        document: the normalized document as a JSON file.
        package: the folder to create.
        normalized: the same document with its facts.

    Raises:
        ToolError: the generator cannot represent a part of the document, or would ignore an option.

    """
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
    reserved = _reserved_classes(layout)
    configured = config.class_overrides
    config.class_overrides = {**{name: _override(f"{name}Model") for name in reserved}, **configured}
    config.content_type_overrides = {**normalized.content_types, **config.content_type_overrides}
    # These names in the document get an underscore.
    strings.RESERVED_WORDS.update(_OUR_ARGUMENTS | _model_attributes(layout))
    setattr(properties, _FROM_REFERENCE, _with_own_description)
    # The runtime also supports lists and dates in headers.
    PropertyProtocol._allowed_locations.add(ParameterLocation.HEADER)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    templates = document.with_name("templates")
    copy_renamed(layout, layout.templates, templates)
    (templates / FACTS).write_text(_facts(normalized), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            short = _short_names(document, config)
            config.class_overrides = {**short, **config.class_overrides}
            problems = openapi_python_client.generate(config=config, custom_template_path=templates)
    except jinja2.TemplateError as error:
        raise ToolError(f"A template in {layout.name(layout.templates)} fails: {error}.") from error
    except OSError as error:
        name = Path(error.filename or "").stem
        raise ToolError(
            f"The generator cannot write {name[:60]} ({error.strerror}): rename it in the document by an overlay."
        ) from error
    except Exception as error:  # The generator reports some unsupported documents like this.
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise ToolError(f"The generator does not support a part of the document: {text[:300].rstrip('.')}.") from error
    shutil.rmtree(templates)
    if problems:
        raise ToolError(f"The generator does not support a part of the document: {_describe(problems)}.")
    _check_overrides(configured, package, config_name)
    _print_renamed(reserved, package)
    _check_rendering(package)


def _with_own_description(**given: Any) -> tuple[Any, Any]:
    """A property that refers to a component, with the description beside the reference."""
    found, schemas = _property_from_reference(**given)
    parent = given["parent"]
    if parent is not None and parent.description and not isinstance(found, GeneratorError):
        found = attrs.evolve(found, description=parent.description)
    return found, schemas


def _override(name: str) -> ClassOverride:
    return ClassOverride.model_validate({"class_name": name})


def _short_names(document: Path, config: Config) -> dict[str, ClassOverride]:
    """Names without the generator's Type0 where one part of a schema alone needs a class, and the name is free."""
    raw = json.loads(document.read_text(encoding="utf-8"))
    parsed = GeneratorData.from_dict(raw, config=config)
    if isinstance(parsed, GeneratorError):
        return {}  # The generator will report it.
    made = {str(one.class_info.name) for one in (*parsed.models, *parsed.enums)}
    components = {str(strings.ClassName(name, config.field_prefix)) for name in raw["components"]["schemas"]}
    shorter = {name: re.sub(r"(Type\d+)+$", "", name) for name in made - components}
    # Two classes may have names of their own, such as AB and Ab, and the same module.
    modules = {name: strings.snake_case(name) for name in (made | components | {*shorter.values()})}
    used = Counter(modules[name] for name in (*shorter.values(), *(made & components)))
    taken = config.class_overrides.keys()
    return {
        name: _override(short)
        for name, short in shorter.items()
        if short not in {name, *taken} and used[modules[short]] == 1
    }


def copy_renamed(layout: Layout, source: Path, target: Path) -> None:
    """Copy templates or runtime, with the names that they are written with replaced by those of this package."""
    ours, theirs = naming.names(layout.config)
    for path in files_below(source):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(ours.instead_of(theirs, path.read_text(encoding="utf-8")), encoding="utf-8")


def _facts(normalized: Normalized) -> str:
    """The content of the facts template."""
    credentials = [
        {"argument": one.argument, "annotation": one.annotation, "about": one.about} for one in normalized.schemes
    ]
    return f"{{% set facts = {normalized.facts!r} %}}\n{{% set credentials = {credentials!r} %}}\n"


def _check_config(raw: dict[str, Any], name: str) -> None:
    known = set(ConfigFile.model_fields) - {"post_hooks"}
    for key in raw:
        if key not in known:
            listed = ", ".join(sorted(known | {naming.WRITTEN_FOR}))
            raise ToolError(f"{name} has the unknown option {key!r}; known are {listed}.")
    try:
        ConfigFile(**raw)
    except ValueError as error:
        raise ToolError(f"{name} has a value that the generator rejects: {' '.join(str(error).split())}.") from error
    for override, value in (as_object(raw.get("class_overrides")) or {}).items():
        for key in value:
            if key not in ClassOverride.model_fields:
                raise ToolError(f"{name}, class_overrides.{override} has the unknown key {key!r}.")


def _check_templates(layout: Layout) -> None:
    known = files(openapi_python_client) / "templates"
    for path in sorted(layout.templates.rglob("*")):
        if path.is_file() and not (known / path.relative_to(layout.templates).as_posix()).is_file():
            raise ToolError(
                f"{layout.name(path)} is not a template of the generator, which would ignore it: rename or delete it."
            )


def _check_overrides(overrides: dict[str, ClassOverride], package: Path, name: str) -> None:
    made = {path.stem for path in (package / "models").glob("*.py")}
    for original, override in overrides.items():
        if override.module_name is not None and override.module_name not in made:
            raise ToolError(f"{name}, class_overrides.{original} matches no generated class: delete it.")


def _reserved_classes(layout: Layout) -> set[str]:
    """The class names of the runtime and of the templates, which no model may have."""
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


def _model_attributes(layout: Layout) -> set[str]:
    """The public attributes of every model, which no property may have as its name."""
    path = layout.runtime / "models" / "model.py"
    tree = ast.parse(read_bytes(path, layout.name(path)))
    models = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Model"]
    functions = [node for model in models for node in model.body if isinstance(node, ast.FunctionDef)]
    return {"additional_properties", *(node.name for node in functions if not node.name.startswith("_"))}


def _print_renamed(reserved: set[str], package: Path) -> None:
    made = "".join(path.read_text(encoding="utf-8") for path in sorted((package / "models").glob("*.py")))
    for name in sorted(set(re.findall(r"^class (\w+)Model\b", made, re.MULTILINE)) & reserved):
        print(f"note: the component {name} becomes the class {name}Model: the client itself has a class {name}.")


def _check_rendering(package: Path) -> None:
    for path in sorted(package.rglob("*.py")):
        if "object at 0x" in path.read_text(encoding="utf-8"):
            raise ToolError(
                f"A template prints an object instead of its text into {path.relative_to(package)}: add a filter."
            )


def _describe(problems: Sequence[GeneratorError]) -> str:
    texts: list[str] = []
    for problem in problems:
        data = getattr(problem, "data", None)
        place = f" at {data.model_dump_json(exclude_unset=True, by_alias=True)[:200]}" if data is not None else ""
        text = " ".join(f"{problem.header}: {problem.detail or ''}{place}".split()).rstrip(".: ")
        # The generator prints objects instead of the texts of the document.
        texts.append(re.sub(r"<openapi_python_client\S* object at 0x[0-9a-f]+>", "…", text))
    return "; ".join(texts)
