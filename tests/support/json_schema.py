"""Just enough of JSON Schema 2020-12 to check our own files; a keyword that is not known here is a KeyError."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
_FORMATS: Mapping[str, Callable[[str], object]] = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}
_SIMPLE: Mapping[str, Callable[[Any, Any], object]] = {
    "type": lambda value, asked: type(value) is _TYPES[asked],
    "const": lambda value, asked: value == asked,
    "enum": lambda value, asked: value in asked,
    "required": lambda value, asked: value.keys() >= set(asked),
    "minItems": lambda value, asked: len(value) >= asked,
    "minLength": lambda value, asked: len(value) >= asked,
    "minimum": lambda value, asked: value >= asked,
    "pattern": lambda value, asked: re.search(asked, value),
    "format": lambda value, asked: _FORMATS[asked](value),
}
_OTHER = {"$schema", "$defs", "title", "description", "properties", "additionalProperties", "items"}


def faults(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """What does not fit, with its place."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    for keyword in schema.keys() - _OTHER:
        if not _SIMPLE[keyword](value, schema[keyword]):
            yield f"{place}: {keyword} {schema[keyword]}"
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in schema["properties"]:
                yield from faults(inner, schema["properties"][name], root, f"{place}/{name}")
            elif schema["additionalProperties"] is False:
                yield f"{place}: unknown {name}"
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], root, f"{place}/{number}")


def checked(data: bytes, schema: Mapping[str, Any], part: str = "") -> Any:
    """The value of a JSON file that fits the schema, or its part of `$defs`."""
    value = json.loads(data)
    found = list(faults(value, schema["$defs"][part] if part else schema, schema))
    assert found == [], found
    return value
