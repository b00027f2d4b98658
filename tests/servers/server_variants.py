"""The correct servers, and the options that make each another one: name, folder, options."""

from pathlib import Path

import yaml

_TOLD = yaml.safe_load(Path(__file__).with_name("variants.yaml").read_text(encoding="utf-8"))
VARIANTS: dict[str, list[str]] = _TOLD["variants"]
KINDS: list[str] = _TOLD["in_every_run"]
