"""Values that a JSON Schema accepts, for hypothesis: of the kinds of schema that the contract is made of."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

Schema = dict[str, Any]


class Written(str):
    """A number as it is to be written."""


def values_of(schema: Schema, root: Schema) -> st.SearchStrategy[Any]:
    """Draw values that the schema accepts; numbers are `Written`."""
    if "$ref" in schema:
        return st.deferred(lambda: values_of(root["$defs"][schema["$ref"].split("/")[-1]], root))
    if "anyOf" in schema:
        return st.one_of(*(values_of(choice, root) for choice in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _BY_TYPE[schema["type"]](schema, root)


def _strings(schema: Schema, root: Schema) -> st.SearchStrategy[str]:
    del root
    if "pattern" not in schema:
        drawn = st.text(min_size=schema.get("minLength", 0), max_size=12)
    elif schema["pattern"].startswith("^"):
        drawn = st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: not text.endswith("\n"))
    else:
        drawn = st.from_regex(schema["pattern"])
    validator = Draft202012Validator(schema)
    return drawn.filter(lambda text: validator.is_valid(text) and _in_order(text))


def _in_order(text: str) -> bool:
    """A span of days ends after it begins, which a pattern cannot say."""
    first, _, last = text.partition("至")
    return not last or first < last


def _numbers(schema: Schema, root: Schema) -> st.SearchStrategy[Written]:
    del root
    figures = st.decimals(schema["minimum"], schema["maximum"], places=6)
    plain = st.builds(lambda figure, places: round(figure, places), figures, st.integers(0, 6))
    inside = plain.filter(lambda figure: schema["minimum"] <= figure <= schema["maximum"])
    return inside.map(lambda figure: Written(format(Decimal(figure), "f")))


def _integers(schema: Schema, root: Schema) -> st.SearchStrategy[Written]:
    del root
    return st.integers(schema["minimum"], schema["maximum"]).map(lambda number: Written(str(number)))


def _arrays(schema: Schema, root: Schema) -> st.SearchStrategy[list[Any]]:
    least = schema.get("minItems", 0)
    items = values_of(schema["items"], root)
    if schema.get("uniqueItems"):
        return st.lists(items, max_size=4, unique=True)
    return st.lists(items, min_size=least, max_size=max(2, least))


def _objects(schema: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    parts = {name: values_of(part, root) for name, part in schema["properties"].items()}
    required = {name: part for name, part in parts.items() if name in schema["required"]}
    optional = {name: part for name, part in parts.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


_BY_TYPE = {
    "string": _strings,
    "number": _numbers,
    "integer": _integers,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
    "array": _arrays,
    "object": _objects,
}


def written(value: Any) -> str:
    """Write a drawn value as JSON."""
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(own)}" for name, own in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)
