"""What the docstring of a function lacks."""

import inspect
import re


def lacking(function):
    """The parts that a docstring in Google's style lacks: arguments, result, errors."""
    text = inspect.getdoc(function)
    if not text:
        return ["no docstring"]
    if isinstance(function, property):
        return []  # A property is a noun: its sentence says what it is.
    signature = inspect.signature(function)
    names = [name for name in signature.parameters if name not in ("self", "cls")]
    found = [f"{name} is not described" for name in names if not re.search(rf"^    {name}: \S", text, re.MULTILINE)]
    if str(signature.return_annotation) not in ("None", str(None), "") and not re.search(
        r"^Returns:\n    \S", text, re.MULTILINE
    ):
        found.append("no Returns")
    if not re.search(r"^Raises:\n    \w+: \S|^Raises nothing\.$", text, re.MULTILINE):
        found.append("no Raises")
    return found
