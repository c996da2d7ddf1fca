"""The parameters of an entity's addresses, except its filters: search, fields, sort, page and format."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from app.entity import Bilingual, Entity
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
SEARCH_INSIDE = Bilingual("在这张表内检索", "Search inside the collection")


# Parameters that some formats take.
FORMAT_OPTIONS = tuple(
    replace(option, formats=tuple(each.name for each in FORMATS.values() if option.name in each.options))
    for option in (
        boolean(
            "bom",
            Bilingual(
                "仅用于 CSV：文件以字节顺序标记（BOM）开头，Excel 据此按 UTF-8 读取。",
                "CSV only: begin with a byte-order mark, which makes Excel read UTF-8.",
            ),
        ),
        choice(
            "lang",
            Bilingual(
                "用于 CSV 与 XLSX：列标题的语言；XLSX 中的名称也用这种语言。",
                "CSV and XLSX: column titles in this language; in XLSX labels, too.",
            ),
            LANGUAGES,
            "language",
        ),
    )
)
LABELS = choice(
    "labels",
    Bilingual(
        "词表的取值和对其他记录的引用之后，各多一个 `…_label` 键，是这种语言的名称。内嵌的相关记录与分面不变。",
        "Beside each slug of a vocabulary and each reference, a key `…_label` with its name in this language. Included "
        "records and facets do not change.",
    ),
    LANGUAGES,
    "language",
)
NESTED_FORMATS = tuple(each.name for each in FORMATS.values() if each.nested)
OFFSET = integer(
    "offset",
    Bilingual(
        "跳过的记录数，用于页码；不能与 `cursor` 同用。",
        "Records to skip, for page numbers; not together with `cursor`.",
    ),
    0,
    MAX_OFFSET,
    10,
)
CURSOR = Parameter(
    "cursor",
    Bilingual(
        "页的起点，取自同一查询的 `links.next` 或 `links.prev`；内容不必解读。",
        "Start of the page, from `links.next` or `links.prev` of the same query; opaque.",
    ),
    {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
    "",
    str,
)


def format_parameter(names: Iterable[str]) -> Parameter:
    """Return the parameter `format` of an address that offers these formats."""
    about = Bilingual(
        "响应的格式；优先于 Accept 请求头，但以网址的扩展名为先。",
        "Format of the answer; an extension wins over it, it wins over the Accept header.",
    )
    declared = choice(FORMAT, about, names, "format")
    words = declared.schema["enum"]
    aliases = {alias: each.name for each in FORMATS.values() if each.name in words for alias in each.aliases}
    return replace(declared, read=lambda text: declared.read(aliases.get(text, text)))


# What a document takes that has no parameters of its own.
DOCUMENT = by_name(format_parameter([JSON.name]))


def search_parameter(about: Bilingual, *, required: bool = False) -> Parameter:
    """Return the parameter `q`."""
    return Parameter(
        SEARCH,
        Bilingual(
            f"{about.zh}：可以写中文或英文的词（须全部出现）、加引号的短语、中文名称的拼音，以及任何写法的数值"
            "（8740万即 87400000）；词前加减号表示排除。名称与检索词相同或以之开头的记录在前，其次是名称中含有这些词"
            "的，再次是其他记录。",
            f'{about.en}: words in Chinese or English, all of which must occur, "phrases", pinyin of Chinese names, '
            "amounts in any notation (8740万 is 87400000); a minus before a word excludes it. Records with a name that "
            "equals the query or begins with it come first, then those whose names contain the words, then all others.",
        ),
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
    about = Bilingual(
        f"每页记录数，0 到 {MAX_LIMIT}；取 0 则只要计数，即 `meta.total` 与 `facet` 的计数。",
        f"Records on a page, 0 to {MAX_LIMIT}; 0 for the counts alone, `meta.total` and those of `facet`.",
    )
    limit = integer("limit", about, 0, MAX_LIMIT, 2, default=DEFAULT_LIMIT)
    own = by_name(
        search_parameter(SEARCH_INSIDE),
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
        search_parameter(SEARCH_INSIDE),
        _fields(entity),
        LABELS,
        format_parameter(FORMATS),
        *(replace(include, formats=NESTED_FORMATS) for include in _include(entity)),
        _sort(entity),
        integer(
            "limit",
            Bilingual(
                "最多返回的记录数；默认返回全部符合条件的记录。",
                "Maximum number of records; all matching records by default.",
            ),
            1,
            MAX_OFFSET,
            2,
        ),
        OFFSET,
        *FORMAT_OPTIONS,
    )
    return {**own, **filters(entity)}


def _fields(entity: type[Entity]) -> Parameter:
    reached, own = reachable(entity), entity.columns()
    about = Bilingual("只要这些键，按所列的顺序。", "Only these keys, in this order.")
    if steps := [name for name in reached if name not in own]:
        about = Bilingual(
            f"{about.zh}也可以取一条相关记录的键，如 `{steps[1]}`。",
            f"{about.en} Also keys of one related record, such as `{steps[1]}`.",
        )
    return choices("fields", about, reached, "field", declared=own)


def _include(entity: type[Entity]) -> list[Parameter]:
    names = list(relations(entity))
    about = Bilingual("每条记录内嵌的相关记录。", "Related records to embed in each record.")
    return [choices("include", about, names, "related record", example=names[:1])] if names else []


def _sort(entity: type[Entity]) -> Parameter:
    fields = [name for name, column in entity.columns().items() if not column.is_list]
    about = Bilingual(
        "用来排序的字段，前加减号为降序。",
        "Fields to sort by, a minus for descending.",
    )
    return sort_keys(about, fields, example=[f"-{fields[1]}", "id"], max_values=MAX_SORT_KEYS)


def _facet(entity: type[Entity]) -> list[Parameter]:
    names = [name for name, column in entity.columns().items() if column.is_categorical]
    about = Bilingual(
        "要按取值计数的字段，计数时不计该字段自身的筛选。",
        "Fields whose values are counted, each without its own filter.",
    )
    return [choices("facet", about, names, "field to count by")] if names else []
