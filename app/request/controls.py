"""The parameters of an entity's addresses, except its filters: search, fields, sort, page and format."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from app.entity import Entity
from app.formats import FORMATS, JSON
from app.http.languages import LANGUAGES
from app.request.filters import TEXT_PATTERN, filters
from app.request.parameters import Parameter, Parameters, boolean, by_name, choice, choices, integer, sort_keys
from app.request.relations import reachable, relations
from app.search import MAX_QUERY_CHARS, parse_query

SEARCH = "q"
FORMAT = "format"
DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_SORT_KEYS = 8
MAX_OFFSET = 10_000_000


# Parameters that some formats take.
FORMAT_OPTIONS = tuple(
    replace(option, formats=tuple(each.name for each in FORMATS.values() if option.name in each.options))
    for option in (
        boolean("bom", "CSV only: begin with a byte-order mark, which makes Excel read UTF-8."),
        choice("lang", "CSV and XLSX: column titles in this language; in XLSX labels, too.", LANGUAGES, "language"),
    )
)
LABELS = choice(
    "labels",
    "Beside each slug of a vocabulary and each reference, a key `…_label` with its name in this language. Included "
    "records and facets do not change.",
    LANGUAGES,
    "language",
)
NESTED_FORMATS = tuple(each.name for each in FORMATS.values() if each.nested)
OFFSET = integer("offset", "Records to skip, for page numbers; not together with `cursor`.", 0, MAX_OFFSET, 10)
CURSOR = Parameter(
    "cursor",
    "Start of the page, from `links.next` or `links.prev` of the same query; opaque.",
    {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
    "",
    str,
)


def format_parameter(names: Iterable[str]) -> Parameter:
    """Return the parameter `format` of an address that offers these formats."""
    about = "Format of the answer; an extension wins over it, it wins over the Accept header."
    declared = choice(FORMAT, about, names, "format")
    words = declared.schema["enum"]
    aliases = {alias: each.name for each in FORMATS.values() if each.name in words for alias in each.aliases}
    return replace(declared, read=lambda text: declared.read(aliases.get(text, text)))


# What a document takes that has no parameters of its own.
DOCUMENT = by_name(format_parameter([JSON.name]))


def search_parameter(about: str, *, required: bool = False) -> Parameter:
    """Return the parameter `q`."""
    return Parameter(
        SEARCH,
        f'{about}: words in Chinese or English, all of which must occur, "phrases", pinyin of Chinese names, amounts '
        "in any notation (8740万 is 87400000); a minus before a word excludes it. Records with a name that equals the "
        "query or begins with it come first, then those whose names contain the words, then all others.",
        {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARS, "pattern": TEXT_PATTERN},
        "油茶",
        parse_query,
        required=required,
    )


@cache
def record_parameters(entity: type[Entity]) -> Parameters:
    """Return the parameters of one record's address."""
    return by_name(_fields(entity), LABELS, format_parameter([JSON.name]), *_include(entity))


@cache
def page_parameters(entity: type[Entity]) -> Parameters:
    """Return the parameters of a collection's address."""
    about = f"Records on a page, 0 to {MAX_LIMIT}; 0 for the counts alone, `meta.total` and those of `facet`."
    limit = integer("limit", about, 0, MAX_LIMIT, 2, default=DEFAULT_LIMIT)
    own = by_name(
        search_parameter("Search inside the collection"),
        _fields(entity),
        LABELS,
        format_parameter(FORMATS),
        *_include(entity),
        _sort(entity),
        *_facet(entity),
        limit,
        OFFSET,
        CURSOR,
    )
    return {**own, **filters(entity)}


@cache
def file_parameters(entity: type[Entity]) -> Parameters:
    """Return the parameters of a collection's files, with those that apply to some formats only."""
    own = by_name(
        search_parameter("Search inside the collection"),
        _fields(entity),
        LABELS,
        format_parameter(FORMATS),
        *(replace(include, formats=NESTED_FORMATS) for include in _include(entity)),
        _sort(entity),
        integer("limit", "Maximum number of records; all matching records by default.", 1, MAX_OFFSET, 2),
        OFFSET,
        *FORMAT_OPTIONS,
    )
    return {**own, **filters(entity)}


def _fields(entity: type[Entity]) -> Parameter:
    reached, own = reachable(entity), entity.columns()
    about = "Only these keys, in this order; a list."
    if steps := [name for name in reached if name not in own]:
        about += f" Also keys of one related record, such as `{steps[1]}`."
    return choices("fields", about, reached, "field", declared=own)


def _include(entity: type[Entity]) -> list[Parameter]:
    names = list(relations(entity))
    about = "Related records to embed in each record; a list."
    return [choices("include", about, names, "related record", example=names[:1])] if names else []


def _sort(entity: type[Entity]) -> Parameter:
    fields = [name for name, column in entity.columns().items() if not column.is_list]
    about = (
        "Fields to sort by, a minus for descending; a list. Nulls come last, then `id` decides. Without it, results of "
        "`q` are sorted by rank."
    )
    return sort_keys(about, fields, example=[f"-{fields[1]}", "id"], max_values=MAX_SORT_KEYS)


def _facet(entity: type[Entity]) -> list[Parameter]:
    names = [name for name, column in entity.columns().items() if column.is_categorical]
    about = "Fields whose values are counted, each without its own filter; a list."
    return [choices("facet", about, names, "field to count by")] if names else []
