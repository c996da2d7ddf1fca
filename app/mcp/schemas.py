"""Schemas of tools, taken from the API's OpenAPI document: parameters as inputs, responses as outputs.

Every client loads them at its start, so outputs say names and types alone, and all collections share one schema.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

import msgspec

from app.models import COLLECTIONS

Schema = dict[str, Any]

# The parameters of a collection's page that are no filters.
CONTROLS = frozenset({"q", "fields", "labels", "include", "sort", "facet", "limit", "offset", "cursor"})
# The keys of inputs. Some hosts refuse tools for others, such as patterns; the API refuses a wrong value in any case.
KEYS = ("type", "items", "enum", "minimum", "maximum", "default", "description")
ANYTHING: Schema = {}


class Described:
    """The API's OpenAPI document."""

    def __init__(self, document: str) -> None:
        self._document: dict[str, Any] = msgspec.json.decode(document)

    def inputs(self, path: str, names: Iterable[str], **defaults: object) -> dict[str, Schema]:
        """Return schemas of parameters of an address, by name, with defaults of the tool's own."""
        known = self._parameters(path)
        schemas = {name: {key: each for key, each in known[name].items() if key in KEYS} for name in names}
        return {name: schemas[name] | ({"default": defaults[name]} if name in defaults else {}) for name in names}

    def filters(self) -> dict[str, Schema]:
        """Return schemas of the fields that filters compare for equality, of all collections together."""
        about: dict[str, dict[str, list[str]]] = {}
        allowed: dict[str, list[str]] = {}
        for slug, entity in COLLECTIONS.items():
            parameters, columns = self._parameters(f"/v1/{slug}"), entity.columns()
            for name in parameters.keys() & columns.keys() - CONTROLS:
                about.setdefault(name, {}).setdefault(parameters[name]["description"], []).append(slug)
                # Terms are no enumeration in the API, whose next release may add some; a client lists tools again.
                values = "examples" if columns[name].declared.terms else "enum"
                allowed.setdefault(name, []).extend(parameters[name].get(values, ()))
        return {
            name: {
                "type": "string",
                "description": " ".join(f"{text} ({', '.join(slugs)})" for text, slugs in texts.items()),
                **({"enum": [*dict.fromkeys(allowed[name])]} if allowed[name] else {}),
            }
            for name, texts in sorted(about.items())
        }

    def output(self, path: str, depth: int = 4) -> Schema:
        """Return the schema of an address's JSON response. No key of a record is required: `fields` leaves some out."""
        answer = self._resolved(self._answer(path))
        return {**self._brief(answer, depth), "required": answer["required"]}

    def output_of(self, paths: Iterable[str], depth: int = 4) -> Schema:
        """Return a schema that the JSON responses of several addresses have in common."""
        return reduce(_either, [self.output(path, depth) for path in paths])

    def output_of_any(self, below: str = "", depth: int = 4) -> Schema:
        """Return a schema of the responses of all collections, at the path below each that has one."""
        paths = [f"/v1/{slug}{below}" for slug in COLLECTIONS]
        return self.output_of([path for path in paths if path in self._document["paths"]], depth)

    def _answer(self, path: str) -> Schema:
        content = self._document["paths"][path]["get"]["responses"]["200"]["content"]
        schema: Schema = content["application/json"]["schema"]
        return schema

    def _parameters(self, path: str) -> Mapping[str, Schema]:
        operation = self._document["paths"][path]["get"]
        parameters = [self._resolved(each) for each in operation.get("parameters", ())]
        return {each["name"]: self._input(each) for each in parameters}

    def _input(self, parameter: Schema) -> Schema:
        schema = self._resolved(parameter["schema"])
        if "items" in schema:
            schema = {**schema, "items": self._resolved(schema["items"])}
        return {**schema, "description": parameter.get("description", "")}

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        target: Any = self._document
        for key in schema["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        return {**target, **{name: value for name, value in schema.items() if name != "$ref"}}

    def _brief(self, schema: Schema, depth: int) -> Schema:
        """Return the names and types of a schema, down to a depth."""
        schema = self._resolved(schema)
        if several := schema.get("anyOf", schema.get("oneOf")):
            return reduce(_either, [self._brief(each, depth) for each in several])
        if "type" not in schema:
            return ANYTHING
        brief: Schema = {"type": schema["type"]}
        if depth and "properties" in schema:
            brief["properties"] = {name: self._brief(each, depth - 1) for name, each in schema["properties"].items()}
        if depth and "items" in schema:
            brief["items"] = self._brief(schema["items"], depth - 1)
        return brief


def _either(one: Schema, other: Schema) -> Schema:
    """Return a schema that holds for what either schema holds for."""
    if "type" not in one or "type" not in other:
        return ANYTHING
    types = [*dict.fromkeys([*_types(one), *_types(other)])]
    both: Schema = {"type": types[0] if len(types) == 1 else types}
    objects, arrays = ([each for each in (one, other) if kind in _types(each)] for kind in ("object", "array"))
    if objects and all("properties" in each for each in objects):
        names = dict.fromkeys(name for each in objects for name in each["properties"])
        both["properties"] = {
            name: reduce(_either, [each["properties"][name] for each in objects if name in each["properties"]])
            for name in names
        }
    if all("required" in each for each in (one, other)):
        both["required"] = [name for name in one["required"] if name in other["required"]]
    if arrays and all("items" in each for each in arrays):
        both["items"] = reduce(_either, [each["items"] for each in arrays])
    return both


def _types(schema: Schema) -> list[str]:
    kinds = schema["type"]
    return kinds if isinstance(kinds, list) else [kinds]
