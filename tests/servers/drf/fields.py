"""Serializer fields that take what the document allows, in the shapes that JSON and both form styles give it."""

import math
import re

from django.conf import settings
from rest_framework import serializers
from rest_framework.utils import html, json

MAX_DEPTH = 64
MAX_UNKNOWN = 20
SURROGATE = re.compile("[\ud800-\udfff]")


class TextOnly:
    """No number passes for a text: DRF alone would take the zip 94105 for "94105"."""

    def run_validation(self, data=serializers.empty):
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            raise serializers.ValidationError("Not a valid string.")
        return super().run_validation(data)


class TextField(TextOnly, serializers.CharField):
    pass


class EmailField(TextOnly, serializers.EmailField):
    pass


class ChoiceField(TextOnly, serializers.ChoiceField):
    pass


class KitTypeField(TextField):
    def to_internal_value(self, data):
        value = super().to_internal_value(data)
        if value not in settings.KIT_TYPES:
            raise serializers.ValidationError("No such kit type.")
        return value


class KitTypesField(serializers.ListField):
    child = KitTypeField()

    def to_internal_value(self, data):
        # Checked here as well as by the validator, which runs only after each of a million items was looked at.
        if isinstance(data, list) and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class JSONText:
    """In a form, a field of this name holds JSON text; text that is none stays text, and is refused as such."""

    def get_value(self, dictionary):
        if not html.is_html_input(dictionary) or self.field_name not in dictionary:
            return super().get_value(dictionary)
        text = dictionary[self.field_name]
        try:
            if hasattr(text, "read"):  # A part with a file name.
                text = text.read().decode()
            return json.loads(text)
        except (ValueError, RecursionError):
            return str(text)


class ObjectSerializer(JSONText, serializers.Serializer):
    def to_internal_value(self, data):
        unknown = {}
        if settings.REFUSE_UNKNOWN and isinstance(data, dict) and not html.is_html_input(data):
            unknown = dict.fromkeys([name for name in data if name not in self.fields][:MAX_UNKNOWN], "Unknown field.")
        try:
            known = super().to_internal_value(data)
        except serializers.ValidationError as exc:
            raise serializers.ValidationError({**exc.detail, **unknown}) from None
        if unknown:
            raise serializers.ValidationError(unknown)
        return known


class DottedField(serializers.Field):
    """A field whose form style is `metadata.outer.inner=text`."""

    def get_value(self, dictionary):
        if not html.is_html_input(dictionary):
            return super().get_value(dictionary)
        prefix = f"{self.field_name}."
        dotted = {name[len(prefix) :]: dictionary[name] for name in dictionary if name.startswith(prefix)}
        return nested(dotted) if dotted else serializers.empty


def nested(dotted):
    """The tree that dotted names spell; None is never a value, and a list stands for what no tree can be."""
    tree = {}
    for name, value in dotted.items():
        *branches, leaf = name.split(".", MAX_DEPTH)
        node = tree
        for branch in branches:
            node = node.setdefault(branch, {})
            if not isinstance(node, dict):
                return []
        if leaf in node or not isinstance(value, str):
            return []
        node[leaf] = value
    return tree


class MetadataField(JSONText, DottedField):
    default_error_messages = {
        "invalid": "Expected a dictionary of items.",
        "deep": "Nested too deeply.",
        "number": "A number is out of range.",
        "surrogate": "Surrogate characters are not allowed.",
    }

    def to_internal_value(self, data):
        if not isinstance(data, dict):
            self.fail("invalid")
        level = [data]
        for _ in range(MAX_DEPTH):
            level = [below for item in level for below in self.items_of(item)]
            if not level:
                break
        else:
            self.fail("deep")
        return data

    def items_of(self, item):
        if isinstance(item, dict):
            return [*item.keys(), *item.values()]
        if isinstance(item, list):
            return item
        if isinstance(item, float) and not math.isfinite(item):
            self.fail("number")  # 1e400 is good JSON, but Python's infinity is not.
        if isinstance(item, str) and SURROGATE.search(item):
            self.fail("surrogate")
        return []

    def to_representation(self, value):
        return value
