"""The models of each entity's records, pages, files and aggregates, derived from its declaration."""

from collections.abc import Iterable
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, NamedTuple

from pydantic import MISSING, BaseModel, Field, GetCoreSchemaHandler, GetPydanticSchema, create_model
from typing_extensions import TypeAliasType

from app.api.models.envelope import AggregateMeta, Closed, Facets, FileMeta, Links, Meta, PageLinks, PageMeta
from app.api.models.evidence import Evidence
from app.api.texts import chinese, described
from app.entity import Bilingual, Column, Entity, Terms, label_column
from app.entity.column import TERMS_TABLE
from app.evidence.explain import explain
from app.request.measures import columns_of, groups, measures
from app.request.relations import Relation, labelled, relations

# The models of what relations compute.
COMPUTED: dict[Any, type[BaseModel]] = {explain: Evidence}


class RecordModels(NamedTuple):
    """The models of one entity. The OpenAPI document calls them `Figure`, `FigurePage` and so on."""

    record: type[BaseModel]
    page: type[BaseModel]
    file: type[BaseModel]
    answer: type[BaseModel]
    aggregate: type[BaseModel]


@cache
def record_models(entity: type[Entity]) -> RecordModels:
    """Return the models of an entity, built at the first call."""
    name, columns = entity.__name__, entity.columns().values()
    related = {relation.name: _related(relation) for relation in relations(entity).values()}
    labels = _optional_fields(label_column(column) for column in labelled(entity))
    record: Any = _model(name, entity.collection.about, **_fields(columns), **labels, **related)
    group_columns = columns_of(groups(entity).values(), measures(entity).values())
    group: Any = _model(
        f"{name}Group",
        Bilingual("一组中所求的键。", "The requested keys of one group."),
        **_optional_fields(group_columns),
    )
    return RecordModels(
        record,
        _model(
            f"{name}Page",
            Bilingual("一页记录。", "A page of records."),
            data=list[record],
            facets=(Facets | MISSING, MISSING),
            meta=PageMeta,
            links=PageLinks,
        ),
        _model(
            f"{name}File",
            Bilingual("全部符合条件的记录。", "Every matching record."),
            data=list[record],
            meta=FileMeta,
            links=Links,
        ),
        _model(
            f"{name}Answer",
            Bilingual("一条记录。", "One record."),
            data=record,
            meta=Meta,
            links=Links,
        ),
        _model(
            f"{name}Aggregate",
            Bilingual("符合条件的记录，分组汇总。", "Matching records in groups."),
            data=list[group],
            meta=AggregateMeta,
            links=Links,
        ),
    )


def _model(name: str, about: Bilingual, **fields: Any) -> Any:
    """Create a model of fields given by their type, or by their type and default."""
    extra = {"json_schema_extra": chinese(description=about.zh)}
    return create_model(name, __base__=Closed, __doc__=about.en, __cls_kwargs__=extra, **fields)


def _fields(columns: Iterable[Column]) -> dict[str, Any]:
    return {column.name: (_type(column), Field(**described(column.declared.about))) for column in columns}


def _optional_fields(columns: Iterable[Column]) -> dict[str, Any]:
    """Fields for keys that may be absent, which is not the same as null."""
    return {column.name: (_type(column) | MISSING, MISSING) for column in columns}


def _type(column: Column) -> Any:
    """The type of a column in JSON, with the limits that its declaration sets."""
    value: Any = column.scalar
    if column.is_list:
        items: Any = column.items
        value = list[items]
    elif column.vocabulary:
        value = column.vocabulary
    elif column.declared.terms:
        value = _term_type(column.vocabulary_name, column.declared.terms)
    limits = Field(
        ge=column.declared.ge,
        pattern=column.declared.pattern,
        json_schema_extra={"format": "int64"} if value is int else None,
    )
    return Annotated[value, limits] | None if column.nullable else Annotated[value, limits]


@cache
def _term_type(name: str, terms: Terms) -> Any:
    """The type of a term: a text, since a release may add terms that no client has seen."""
    address = f"/v1/{TERMS_TABLE}?vocabulary={terms.id}"
    about = Bilingual(f"词项见 `{address}`；新版本可以增加。", f"One of `{address}`. A release may add terms.")
    return TypeAliasType(name, Annotated[str, Field(**described(about))])


def _related(relation: Relation) -> Any:
    """A field that `include` adds. The models of related records are looked up late: entities refer to each other."""
    if relation.compute:
        return COMPUTED[relation.compute] | MISSING, MISSING

    def core_schema(_source: Any, handler: GetCoreSchemaHandler) -> Any:
        record: Any = reduce(or_, (record_models(link.target).record for link in relation.links))
        return handler.generate_schema(list[record] if relation.many else record | None)

    return Annotated[Any, GetPydanticSchema(core_schema)] | MISSING, MISSING
