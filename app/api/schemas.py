"""JSON Schemas of what /v1 answers, derived from the entities' declarations."""

from typing import Any, get_type_hints

from app.api.shapes import ADDRESS, COUNT, DATE, SHA256, TEXT, Schema, closed, nullable, ref
from app.entity import Column, Entity
from app.models import ENTITIES
from app.request.filters import JSON_TYPES, column_schema, example_of
from app.request.measures import columns_of, groups, measures
from app.request.relations import relations

FACET_VALUE: Schema = {
    "value": {"type": ["string", "number", "null"]},
    "label_zh": nullable(TEXT),
    "label_en": nullable(TEXT),
    "count": COUNT,
}


def components() -> dict[str, Schema]:
    """Every by_name schema."""
    shared = {
        "Facets": {
            "type": "object",
            "description": "For each field that was asked for: its values and how many records hold each.",
            "additionalProperties": {"type": "array", "items": ref("FacetValue")},
        },
        "FacetValue": closed(FACET_VALUE),
        "PageMeta": closed({"total": COUNT, "limit": COUNT, "release": TEXT, "license": TEXT}),
        "FileMeta": closed({"total": COUNT, "limit": nullable(COUNT), "release": TEXT, "license": TEXT}),
        "AggregateMeta": {
            **closed(
                {
                    "total": COUNT | {"description": "Groups, those that `limit` left out too."},
                    "records": COUNT | {"description": "Records in them."},
                    "note_zh": TEXT,
                    "note_en": TEXT
                    | {"description": "What to know of the numbers: not all exact, not all in one unit."},
                    "release": TEXT,
                    "license": TEXT,
                }
            ),
            "required": ["total", "records", "release", "license"],
        },
        **_search(),
        "Meta": closed({"release": nullable(TEXT), "license": nullable(TEXT)}),
        "PageLinks": closed(
            {"self": ADDRESS, "next": nullable(ADDRESS), "prev": nullable(ADDRESS), "canonical": ADDRESS},
        ),
        "Links": {"type": "object", "additionalProperties": nullable(ADDRESS)},
        "Evidence": closed(
            {
                "figure_id": TEXT,
                "as_stated": TEXT,
                "source_id": TEXT,
                "paragraph": COUNT,
                "start": COUNT,
                "end": COUNT,
                "paragraph_sha256": SHA256,
                "source_url": ADDRESS,
                "steps": {"type": "array", "items": TEXT},
                "located_on": nullable(DATE)
                | {"description": "When `locate` found the words at this place, in a paragraph with this hash."},
                "check_zh": TEXT,
                "check_en": TEXT | {"description": "How anybody who has the article checks this."},
                "verified": {
                    "type": "boolean",
                    "description": "The words were located (`located_on`), fit into their paragraph, and parsed again "
                    "give the served value, bounds, comparator and unit.",
                },
            },
            about="Where in the source a figure stands, and how its value follows from the words.",
        ),
        "EvidenceAnswer": _answer(ref("Evidence")),
        "DerivedEvidence": closed(
            {
                "derived_figure_id": TEXT,
                "formula": TEXT,
                "steps": {"type": "array", "items": TEXT},
                "figures": {"type": "array", "items": ref("Evidence"), "minItems": 2, "maxItems": 2},
            },
            about="How a derived figure follows from its numerator and its denominator, and where these stand.",
        ),
        "DerivedEvidenceAnswer": _answer(ref("DerivedEvidence")),
        "Annotation": {
            "type": "object",
            "description": "A W3C Web Annotation (https://www.w3.org/TR/annotation-model/).",
            "required": ["@context", "id", "type", "motivation", "body", "target"],
        },
        "Provenance": {
            "type": "object",
            "description": "A graph in PROV-O (https://www.w3.org/TR/prov-o/).",
            "required": ["@context", "@graph"],
        },
        "IndexAnswer": _answer(
            closed(
                {
                    "collections": {"type": "array", "items": ref("IndexCollection")},
                    "documents": {"type": "array", "items": ref("IndexDocument")},
                    "publisher": ref("IndexPublisher"),
                    "release": ref("CurrentRelease"),
                }
            )
        ),
        "IndexPublisher": closed(
            {
                "name_zh": TEXT,
                "name_en": TEXT,
                "contact": nullable(ADDRESS)
                | {"description": "Where to write to: a mailto: or web address; null where the operator set none."},
            }
        ),
        "IndexCollection": closed(
            {
                **dict.fromkeys(("slug", "title_zh", "title_en", "about_zh", "about_en"), TEXT),
                "count": COUNT,
                "links": ref("Links"),
            }
        ),
        "IndexDocument": closed({**dict.fromkeys(("id", "title_zh", "title_en"), TEXT), "links": ref("Links")}),
        **_releases(),
        "Chart": closed(
            {
                **dict.fromkeys(("id", "title_zh", "title_en", "about_zh", "about_en"), TEXT),
                "query": TEXT | {"description": "Of /v1/figures: what it finds is drawn."},
                "links": ref("Links"),
            }
        ),
        "ChartsAnswer": _answer({"type": "array", "items": ref("Chart")}),
        "DataPackage": {
            "type": "object",
            "description": "A Data Package descriptor (https://datapackage.org).",
            "required": ["$schema", "name", "version", "licenses", "resources"],
        },
        "Dictionary": {
            "type": "object",
            "description": "Every collection with its fields, and every vocabulary with its terms.",
            "required": ["collections", "vocabularies"],
        },
        "Conformance": {
            "type": "object",
            "description": "Each practice and principle, how it is met, and where that is shown.",
            "required": ["practices", "principles", "counts"],
        },
        "ProblemKind": closed({"status": COUNT, "code": TEXT, "title": TEXT, "about": TEXT}),
        "ProblemsAnswer": _answer({"type": "array", "items": ref("ProblemKind")}),
        "ProblemAnswer": _answer(ref("ProblemKind")),
        "Problem": PROBLEM,
    }
    return shared | {name: schema for entity in ENTITIES for name, schema in _of_entity(entity).items()}


def _search() -> dict[str, Schema]:
    names = dict.fromkeys(("collection", "id", "name_zh", "name_en", "field", "text"), TEXT)
    hit = {**names, "start": COUNT, "end": COUNT, "links": ref("Links")}
    ranges: Schema = {"type": "array", "items": {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}}
    highlight = closed({"field": TEXT, "text": TEXT, "ranges": ranges})
    every = {"highlights": {"type": "array", "items": highlight, "description": "Where `highlights=true` asks for it."}}
    suggestion = closed({"q": TEXT, "total": COUNT, "links": ref("Links")})
    counted = closed({**FACET_VALUE, "links": ref("Links")})
    return {
        "SearchHit": {
            **closed(hit | every, about="`text[start:end]`, in code points, is the place."),
            "required": [*hit],
        },
        "SearchAnswer": closed(
            {
                "data": {"type": "array", "items": ref("SearchHit")},
                "facets": closed({"collection": {"type": "array", "items": counted}}),
                "suggestions": {
                    "type": "array",
                    "items": suggestion,
                    "description": "Where nothing is found: queries near to this one that find something.",
                },
                "meta": closed({"total": COUNT, "limit": nullable(COUNT), "release": TEXT, "license": TEXT}),
                "links": ref("PageLinks"),
            }
        ),
    }


def _releases() -> dict[str, Schema]:
    release: Schema = {
        "id": TEXT,
        "edition": TEXT,
        "released_on": {"type": "string", "format": "date"},
        "content_hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "previous_id": nullable(TEXT),
        "counts": {"type": "object", "additionalProperties": COUNT},
    }
    file = {"name": TEXT, "media_type": TEXT, "bytes": COUNT, "sha256": SHA256, "rows": nullable(COUNT), "url": ADDRESS}
    by_name = dict.fromkeys(("collection", "id", "name_zh", "name_en"), TEXT)
    change = {**dict.fromkeys(("collection", "id", "field"), TEXT), "before": {}, "after": {}}
    return {
        "CurrentRelease": closed(release),
        "Release": closed(
            {**release, "files": {"type": "array", "items": ref("ReleaseFile")}, "links": ref("Links")},
            about="An edition of the dataset; `files` is empty where its files are not kept here.",
        ),
        "ReleaseFile": closed(file),
        "ReleasesAnswer": _answer({"type": "array", "items": ref("Release")}),
        "ReleaseAnswer": _answer(ref("Release")),
        "Diff": closed(
            {
                "old": TEXT,
                "new": TEXT,
                "added": {"type": "array", "items": closed(by_name)},
                "removed": {"type": "array", "items": closed(by_name)},
                "changed": {"type": "array", "items": closed(change)},
            }
        ),
        "DiffAnswer": _answer(ref("Diff")),
    }


def _answer(data: Schema) -> Schema:
    return closed({"data": data, "meta": ref("Meta"), "links": ref("Links")})


PROBLEM: Schema = {
    **closed(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "instance": TEXT,
            "code": TEXT,
            "request_id": TEXT,
            "errors": {
                "type": "array",
                "items": closed(
                    {"parameter": TEXT, "detail": TEXT, "allowed": nullable({"type": "array", "items": TEXT})},
                ),
            },
        },
        about="RFC 9457 problem details.",
    ),
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
}


def _of_entity(entity: type[Entity]) -> dict[str, Schema]:
    """The entity's record, the same with keys left out by `fields`, and the page of either."""
    name, about = entity.__name__, entity.collection.about.en
    keys = {column.name: _column(column) for column in entity.columns().values()}
    related = {
        relation.name: {"description": "Put here by `include`.", **_related(relation)}
        for relation in relations(entity).values()
    }
    either = {"anyOf": [ref(name), ref(f"{name}Selection")]}
    return {
        name: {**closed(keys | related, about=about), "required": list(keys)},
        f"{name}Selection": closed(
            keys | related, about=f"{name} with the keys that `fields` asked for.", required=False
        ),
        f"{name}Page": {
            **closed(
                {
                    "data": {"type": "array", "items": either},
                    "facets": ref("Facets"),
                    "meta": ref("PageMeta"),
                    "links": ref("PageLinks"),
                }
            ),
            "required": ["data", "meta", "links"],
        },
        f"{name}File": closed(
            {"data": {"type": "array", "items": either}, "meta": ref("FileMeta"), "links": ref("Links")}
        ),
        f"{name}Answer": _answer(either),
        f"{name}Aggregate": closed(
            {"data": {"type": "array", "items": _group(entity)}, "meta": ref("AggregateMeta"), "links": ref("Links")}
        ),
    }


def _group(entity: type[Entity]) -> Schema:
    """A row of an aggregate: the keys that were asked for, of all that can be."""
    columns = columns_of(groups(entity).values(), measures(entity).values())
    return closed({column.name: _column(column) for column in columns}, required=False)


def _column(column: Column) -> Schema:
    schema = column_schema(column)
    if column.is_list:
        schema["items"] = _items(column.items)
    if column.declared.ge is not None:
        schema["minimum"] = column.declared.ge
    if column.declared.pattern:
        schema["pattern"] = column.declared.pattern
    return {
        **(nullable(schema) if column.nullable else schema),
        **({} if column.is_list else {"examples": [example_of(column)]}),
        "title": column.declared.title.en,
        "description": column.declared.about.en,
    }


def _items(kind: Any) -> Schema:
    """What a list holds: texts, or objects of declared keys."""
    if kind is str:
        return TEXT
    return closed({name: {"type": JSON_TYPES[hint]["type"]} for name, hint in get_type_hints(kind).items()})


def _related(relation: Any) -> Schema:
    targets = [ref(link.target.__name__) for link in relation.links]
    one = targets[0] if len(targets) == 1 else {"anyOf": targets}
    return {"type": "array", "items": one} if relation.many else nullable(one)
