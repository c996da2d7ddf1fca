"""What the addresses of an entity take besides its filters: which keys, in which order, how many, in which format."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial

from app.entity import Bilingual, Entity
from app.formats import FORMATS, JSON, Format
from app.request.filters import LIMITS, filters
from app.request.parameters import (
    Parameter,
    Parameters,
    list_of,
    read_between,
    read_distinct,
    read_list,
    read_one_of,
    read_sort_key,
    read_truth,
)
from app.request.relations import relations
from app.search import MAX_QUERY_CHARS, parse_query

SEARCH = "q"
DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_SORT_KEYS = 8
MAX_OFFSET = 10_000_000
LANGUAGES = list(Bilingual._fields)


def format_parameter(names: Iterable[str]) -> Parameter:
    """The one parameter that every answer takes."""
    names = list(names)
    return Parameter(
        "format",
        "Format of the answer; an extension wins over it, it wins over the Accept header.",
        {"type": "string", "enum": names},
        names[0],
        partial(read_one_of, names, "format"),
    )


# What documents take, which have no parameters of their own.
DOCUMENT = Parameters({"format": format_parameter([JSON.name])})


def search_parameter(about: str, *, required: bool = False) -> Parameter:
    """What is looked for."""
    return Parameter(
        SEARCH,
        f'{about}: words in Chinese or English, of which all must be there, "phrases", pinyin of Chinese names, '
        "amounts in any writing (8740万 is 87400000); a minus before a word excludes it. What a name is or begins with "
        "comes first, then what stands in names, then all else.",
        {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARS, "pattern": LIMITS["string"]["pattern"]},
        "油茶",
        parse_query,
        required=required,
    )


@cache
def record_parameters(entity: type[Entity]) -> Parameters:
    """What the address of one record takes."""
    return by_name(_fields(entity), format_parameter([JSON.name]), *_include(entity))


@cache
def page_parameters(entity: type[Entity]) -> Parameters:
    """Everything that the address of a collection takes."""
    limit = Parameter(
        "limit",
        f"Records on a page, 1 to {MAX_LIMIT}; 0 together with `facet`.",
        {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        2,
        partial(read_between, 0, MAX_LIMIT),
    )
    formats = format_parameter(FORMATS)
    own = by_name(
        search_parameter("Search inside the collection"),
        _fields(entity),
        formats,
        *_include(entity),
        _sort(entity),
        *_facet(entity),
        limit,
        offset_parameter(),
        cursor_parameter(),
    )
    return Parameters({**own, **filters(entity)})


@cache
def file_parameters(entity: type[Entity], form: Format) -> Parameters:
    """Everything that the address of a collection's file in that format takes."""
    limit = Parameter(
        "limit",
        "At most so many records; without it, all that match.",
        {"type": "integer", "minimum": 1, "maximum": MAX_OFFSET},
        2,
        partial(read_between, 1, MAX_OFFSET),
    )
    own = by_name(
        search_parameter("Search inside the collection"),
        _fields(entity),
        format_parameter(FORMATS),
        *(_include(entity) if form.nested else ()),
        _sort(entity),
        limit,
        offset_parameter(),
        *format_options(form),
    )
    return Parameters({**own, **filters(entity)})


def format_options(form: Format) -> Iterable[Parameter]:
    """The options that files of a format heed."""
    return (option for option in (_bom(), _lang()) if option.name in form.options)


@cache
def all_file_parameters(entity: type[Entity]) -> Parameters:
    """What some file of a collection takes."""
    return in_any_format(partial(file_parameters, entity))


@cache
def taken_elsewhere(entity: type[Entity], form: Format | None) -> Mapping[str, str]:
    """Where a parameter belongs that files of this format, or pages (None), do not take."""
    told = dict.fromkeys(page_parameters(entity), "is for pages; a file holds every record that matches")
    return told | taken_by_formats(partial(file_parameters, entity), form.name if form else "pages")


def in_any_format(takes: Callable[[Format], Parameters]) -> Parameters:
    """What is taken in some format, where `takes` tells what is taken in one."""
    return Parameters({name: each for form in FORMATS.values() for name, each in takes(form).items()})


def taken_by_formats(takes: Callable[[Format], Parameters], here: str) -> dict[str, str]:
    """Of each parameter, which formats take it: to be told `here`, where it is not taken."""
    takers = {
        name: " and ".join(each.name for each in FORMATS.values() if name in takes(each))
        for name in in_any_format(takes)
    }
    return {name: f"is for {formats}, not for {here}" for name, formats in takers.items()}


def by_name(*parameters: Parameter) -> Parameters:
    """Parameters by their names."""
    return Parameters({parameter.name: parameter for parameter in parameters})


def _fields(entity: type[Entity]) -> Parameter:
    columns = list(entity.columns())
    return Parameter(
        "fields",
        "Only these keys, in this order; a comma-separated list.",
        list_of(columns),
        columns[:2],
        partial(read_distinct, partial(read_one_of, columns, "field")),
    )


def _include(entity: type[Entity]) -> Iterable[Parameter]:
    if follow := list(relations(entity)):
        yield Parameter(
            "include",
            "Related records to put inside each record; a comma-separated list.",
            list_of(follow),
            follow[:1],
            partial(read_distinct, partial(read_one_of, follow, "related record")),
        )


def _sort(entity: type[Entity]) -> Parameter:
    sortable = [name for name, column in entity.columns().items() if not column.is_list]
    keys = [key for name in sortable for key in (name, f"-{name}")]
    return Parameter(
        "sort",
        "Fields to sort by, a minus for descending; a comma-separated list. Nulls last; `id` is the last key. Without "
        "it, what `q` finds stands best first.",
        list_of(keys, unique=False, most=MAX_SORT_KEYS),
        [f"-{sortable[1]}", "id"],
        partial(read_list, partial(read_sort_key, sortable), most=MAX_SORT_KEYS),
    )


def _facet(entity: type[Entity]) -> Iterable[Parameter]:
    if countable := [name for name, column in entity.columns().items() if column.is_categorical]:
        yield Parameter(
            "facet",
            "Fields whose values are counted, each without its own filter; a comma-separated list.",
            list_of(countable),
            countable[:2],
            partial(read_distinct, partial(read_one_of, countable, "field to count by")),
        )


def cursor_parameter() -> Parameter:
    """Where a page begins or ends."""
    return Parameter(
        "cursor",
        "Where to go on, from `links.next` or `links.prev` of the same query; opaque.",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
        "",
        str,
    )


def offset_parameter() -> Parameter:
    """How many to pass over."""
    return Parameter(
        "offset",
        "Records to pass over, for page numbers; not together with `cursor`.",
        {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
        10,
        partial(read_between, 0, MAX_OFFSET),
    )


def _bom() -> Parameter:
    return Parameter(
        "bom",
        "CSV only: begin with a byte-order mark, by which Excel knows UTF-8.",
        {"type": "boolean", "default": False},
        True,
        read_truth,
    )


def _lang() -> Parameter:
    return Parameter(
        "lang",
        "CSV and XLSX: head the columns with their titles in this language in place of the keys.",
        {"type": "string", "enum": LANGUAGES},
        "zh",
        partial(read_one_of, LANGUAGES, "language"),
    )
