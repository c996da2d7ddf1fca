"""The query parameters of the collections' operations, and an operation for each format of their files.

An aggregate has files as well, at its address with an extension. The document does not declare them: with all filters
for each format it would be half as large again.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from app.api.openapi.components import file_response, shared_responses
from app.api.openapi.operations import Schema, query, ref
from app.api.texts import texts
from app.entity import Bilingual, Entity
from app.formats import FORMATS, JSON, Format
from app.request.aggregate import aggregate_parameters
from app.request.controls import FORMAT, SEARCH, file_parameters, page_parameters, record_parameters
from app.request.parameters import Parameter, Parameters

# The parameters whose words differ by entity. Their schemas are named by the entity and this.
WORDS = {
    "fields": "Field",
    "include": "Relation",
    "sort": "SortKey",
    "facet": "Facet",
    "group_by": "GroupField",
    "measure": "Measure",
}
EVERY_RECORD = Bilingual("全部记录", "All records")
LEFT_OUT = {"sort", "facet"}  # of brief documents
STATUSES_OF_FILES = ("422", "default")


class CollectionOperations:
    """Documents collections, and gathers the components that their operations share."""

    def __init__(self) -> None:
        self.parameters: dict[str, Schema] = {}
        self.schemas: dict[str, Schema] = {}

    def queries(self, entity: type[Entity]) -> dict[str, list[Schema]]:
        """Return the query parameters of the collection's operations that FastAPI documents, by path."""
        path = f"/v1/{entity.collection.slug}"
        queries = {
            path: self._refs(entity, page_parameters(entity), JSON, "page"),
            f"{path}/{{id}}": self._refs(entity, record_parameters(entity), JSON, "record"),
        }
        if not entity.briefly_documented:
            queries[f"{path}/aggregate"] = self._refs(entity, aggregate_parameters(entity), JSON, "aggregate")
        return queries

    def files(self, entity: type[Entity]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the path and the operation of each format of the collection's file."""
        path, plural = f"/v1/{entity.collection.slug}", entity.collection.slug.title().replace("-", "")
        title = entity.collection.title
        for form in () if entity.briefly_documented else FORMATS.values():
            operation = {
                "tags": [title.en],
                **texts(
                    summary=Bilingual(f"{title.zh}（{form.name}）", f"{title.en} as {form.name}"),
                    description=EVERY_RECORD,
                ),
                "operationId": f"download{plural}{form.name.title()}",
                "parameters": self._refs(entity, file_parameters(entity), form, "file"),
                "responses": {"200": file_response(entity, form), **shared_responses(STATUSES_OF_FILES)},
            }
            yield f"{path}.{form.name}", operation

    def _refs(self, entity: type[Entity], parameters: Parameters, form: Format, kind: str) -> list[Schema]:
        """Return references to the parameters that a client of this format may want to send."""
        return [
            self._ref(entity, each, kind)
            for each in parameters.values()
            if each.name != FORMAT and (not each.formats or form.name in each.formats) and _is_documented(entity, each)
        ]

    def _ref(self, entity: type[Entity], parameter: Parameter, kind: str) -> Schema:
        """Return a reference to a parameter. Operations share it if it is the same for them."""
        described = query(parameter) | {"schema": self._schema(entity, parameter, kind)}
        name, slug = parameter.name, entity.collection.slug
        keys = (name, f"{name}.{kind}", f"{slug}.{name}", f"{slug}.{name}.{kind}")
        key = next(key for key in keys if self.parameters.setdefault(key, described) == described)
        return {"$ref": f"#/components/parameters/{key}"}

    def _schema(self, entity: type[Entity], parameter: Parameter, kind: str) -> Schema:
        """Return a parameter's schema, with its type as a component where several have it."""
        schema: Schema = {**query(parameter)["schema"]}
        if is_list := schema["type"] == "array":
            schema["items"] = self._named(entity, parameter, kind, schema["items"])
        else:
            schema = self._named(entity, parameter, kind, schema)
        if parameter.operator or parameter.name == SEARCH:
            # The schemas of records have examples of the release; one that collections share may find nothing.
            schema.pop("examples", None)
        return self._shared("Texts", schema) if is_list and schema["items"] == ref("Text") else schema

    def _named(self, entity: type[Entity], parameter: Parameter, kind: str, schema: Schema) -> Schema:
        """Return a reference to an enumeration that has a name; other schemas as they are."""
        if parameter.operator and (name := _shared_type(schema)):
            return self._shared(name, {key: value for key, value in schema.items() if key != "examples"})
        if parameter.column and parameter.column.declared.terms:
            return ref(parameter.column.vocabulary_name)
        if "enum" not in schema:
            return schema
        rest = {key: value for key, value in schema.items() if key not in {"type", "enum"}}
        if parameter.column and parameter.column.vocabulary:
            return rest | ref(parameter.column.vocabulary.__name__)
        if parameter.name in WORDS:
            if kind == "aggregate" and parameter.name == "sort":  # its keys depend on `group_by` and `measure`
                return {"type": "string", "pattern": "^-?[a-z][a-z0-9_.]*$"}
            name = f"{entity.__name__}{WORDS[parameter.name]}"
            return self._shared(name, {"type": "string", "enum": schema["enum"]})
        return schema

    def _shared(self, name: str, schema: Schema) -> Schema:
        """Add a component and return a reference to it."""
        self.schemas[name] = schema
        return ref(name)


def _shared_type(schema: Schema) -> str | None:
    """Return the name of a type that filters share because of its limits."""
    return "Text" if "maxLength" in schema else "Integer" if schema.get("format") == "int64" else None


def _is_documented(entity: type[Entity], parameter: Parameter) -> bool:
    """Return whether a filter's operator suits its column, or a brief document has the parameter; the others work."""
    if entity.briefly_documented and (parameter.name in LEFT_OUT or (parameter.operator and parameter.operator.suffix)):
        return False
    if not (parameter.column and parameter.operator):
        return True
    if parameter.column.name in entity.briefly_filtered and (
        bool(parameter.operator.suffix) != (parameter.column.scalar is dt.date)
    ):
        return False
    return parameter.operator.suits(parameter.column)
