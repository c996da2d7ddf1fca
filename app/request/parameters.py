"""Query parameters: their schemas, their readers, and the reading of a whole query with every error reported."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.entity import Bilingual, Column, ValueFault, term
from app.errors import Fault, InvalidQuery
from app.http.limits import MAX_FAULTS_WITH_HINTS
from app.nearest import find_nearest, join_words, quote_chinese, suggest_nearest
from app.request.operators import Operator
from app.request.synonyms import BETWEEN, FILTERS, SYNONYMS, letters_of
from app.sentence import Sentence

MAX_VALUE_CHARS = 500  # of a filter's value, or of each value in its list
MAX_TEXT_CHARS = 16_000  # of any other parameter; a cursor carries a row's sort keys
MAX_LIST_VALUES = 100
MAX_NAME_CHARS_IN_ERROR = 100

TRUTHS = {"true": "true", "1": "true", "false": "false", "0": "false"}

Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Parameter:
    """One query parameter. `read` parses its text; it raises ValueFault."""

    name: str
    about: Bilingual
    schema: Mapping[str, Any]
    example: Any
    read: Reader
    column: Column | None = None
    operator: Operator | None = None
    required: bool = False
    formats: tuple[str, ...] = ()  # of the answers that it applies to; all if empty

    def parse(self, text: str) -> Any:
        """Return the value of a text of bounded length. Raises ValueFault."""
        limit = MAX_VALUE_CHARS if self.operator else MAX_TEXT_CHARS
        if len(text) > limit and max(map(len, text.split(","))) > limit:
            raise ValueFault(
                Sentence(
                    f"取值超过 {limit} 个字符，请缩短。", f"The value is longer than {limit} characters. Shorten it."
                )
            )
        return self.read(text)

    def is_default(self, text: str) -> bool:
        """Return whether a text says what holds without it."""
        if "default" not in self.schema:
            return False
        try:
            value = self.read(text)
        except ValueFault:
            return False
        return bool((list(value) if isinstance(value, tuple) else value) == self.schema["default"])

    def is_for(self, format_name: str) -> bool:
        """Return whether the parameter applies to answers in a format."""
        return not self.formats or format_name in self.formats

    def explain_formats(self, answer: str) -> Sentence:
        """Return the error for a request for an answer that the parameter does not apply to."""
        return Sentence(
            f"这个参数只用于 {'、'.join(self.formats)} 格式的文件。",
            f"This parameter is for {join_words(self.formats)}, not for {answer}.",
        )


Parameters = Mapping[str, Parameter]

NO_PARAMETERS: Parameters = {}


def by_name(*parameters: Parameter) -> Parameters:
    """Return the parameters by their names."""
    return {parameter.name: parameter for parameter in parameters}


# --- the kinds of parameters


def integer(name: str, about: Bilingual, least: int, most: int, example: int, **schema: int) -> Parameter:
    """Return a parameter for a whole number."""
    schema = {"minimum": least, "maximum": most, **schema}
    return Parameter(name, about, {"type": "integer", **schema}, example, partial(read_integer, least, most))


def boolean(name: str, about: Bilingual) -> Parameter:
    """Return a parameter for `true` or `false`, which is the default."""
    return Parameter(name, about, {"type": "boolean", "default": False}, True, read_boolean)


def choice(
    name: str, about: Bilingual, allowed: Iterable[str], noun: str, example: str = "", **schema: str
) -> Parameter:
    """Return a parameter for one of the allowed words. Errors call such a word `noun`."""
    words = list(allowed)
    read = partial(term, allowed=words, noun=noun)
    return Parameter(name, about, {"type": "string", "enum": words, **schema}, example or words[0], read)


def choices(
    name: str,
    about: Bilingual,
    allowed: Iterable[str],
    noun: str,
    *,
    example: Sequence[str] = (),
    max_values: int = MAX_LIST_VALUES,
    declared: Iterable[str] | None = None,
    **schema: Any,
) -> Parameter:
    """Return a parameter for a comma-separated list of distinct allowed words. Documents may declare only some."""
    words = list(allowed)
    read = partial(read_distinct, partial(term, allowed=words, noun=noun), max_values=max_values)
    known = words if declared is None else list(declared)
    return Parameter(name, about, _list_schema(known, max_values, unique=True) | schema, example or words[:2], read)


def sort_keys(about: Bilingual, fields: list[str], *, example: list[str], max_values: int) -> Parameter:
    """Return the parameter `sort`, a comma-separated list of fields, each with or without a minus."""
    keys = [key for name in fields for key in (name, f"-{name}")]
    read = partial(read_list, partial(read_sort_key, fields), max_values=max_values)
    return Parameter("sort", about, _list_schema(keys, max_values, unique=False), example, read)


def _list_schema(allowed: list[str], max_values: int, *, unique: bool) -> dict[str, Any]:
    items = {"type": "string", "enum": allowed}
    distinct = {"uniqueItems": True} if unique else {}
    return {"type": "array", "items": items, "minItems": 1, "maxItems": max_values, **distinct}


# --- reading a query


def read_parameters(
    known: Parameters,
    query: Collection[tuple[str, str]],
    elsewhere: Mapping[str, str] | None = None,
    format_name: str = "",
    required: Collection[str] = (),
) -> dict[str, Any]:
    """Return the values of a query's parameters. Raises InvalidQuery with every fault, not just the first.

    `elsewhere` explains the parameters of other addresses. Only the first faults suggest right values, since the search
    for them costs more than all other checks.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in query:
        parameter, hinted = known.get(name), len(faults) < MAX_FAULTS_WITH_HINTS
        if parameter is None:
            faults.append(_unknown(name, known, elsewhere or {}, format_name, hinted=hinted))
        elif not parameter.is_for(format_name):
            if not parameter.is_default(text):  # clients send the defaults that OpenAPI declares
                faults.append(Fault(name, parameter.explain_formats(format_name)))
        elif name in values:
            faults.append(_repeated(parameter))
        elif text or name != "cursor":  # an empty cursor is that of the first page
            values[name] = None
            try:
                values[name] = parameter.parse(text)
            except ValueFault as fault:
                faults.append(_invalid(parameter, text, fault) if hinted else Fault(name, fault.message))
    faults += [
        Fault(
            name,
            Sentence(
                f"缺少这个参数，请补上，例如 {name}={known[name].example}。",
                f"The parameter is missing. Give it, such as {name}={known[name].example}.",
            ),
        )
        for name in required
        if name not in values
    ]
    if faults:
        raise InvalidQuery(faults)
    return values


def _unknown(name: str, known: Parameters, elsewhere: Mapping[str, str], format_name: str, *, hinted: bool) -> Fault:
    if name in elsewhere:
        return Fault(name, elsewhere[name])
    missing = Sentence("这里没有这个参数。", "There is no such parameter here.")
    shown = name[:MAX_NAME_CHARS_IN_ERROR]
    if not hinted:
        return Fault(shown, missing)
    known, letters = {key: each for key, each in known.items() if each.is_for(format_name)}, letters_of(name)
    if letters in FILTERS and (filtered := _filters_for(letters, known)):
        examples = [f"{each}={known[each].example}" for each in filtered[: 1 + (letters == BETWEEN)]]
        own = Sentence(
            f"各字段有自己的筛选参数，例如 {' 和 '.join(examples)}。",
            f" Each field has its own filters, such as {' and '.join(examples)}.",
        )
        return Fault(shown, missing + own, filtered)
    if meant := [each for each in _meant_by(name, letters) if each in known]:
        both = BETWEEN in name
        use = Sentence(
            f"请用 {(' 和 ' if both else ' 或 ').join(meant)}。", f" Use {(' and ' if both else ' or ').join(meant)}."
        )
        return Fault(shown, missing + use, meant, misnamed=not both)
    near = [] if letters in SYNONYMS else find_nearest(name, known)  # the nearest by spelling does something else
    return Fault(shown, missing + suggest_nearest(name, near), near or sorted(known), misnamed=True)


def _meant_by(name: str, letters: str) -> Sequence[str]:
    """Return the parameters that may be meant by a name from elsewhere."""
    field, _, operator = name.rpartition("__")
    if field and operator == BETWEEN:
        return f"{field}__gte", f"{field}__lte"
    return SYNONYMS.get(letters, ())


def _filters_for(word: str, known: Parameters) -> list[str]:
    """Return the filters that a word for filters may mean: both bounds of each number and date, or all equalities."""
    suffixes = {"gte", "lte"} if word == BETWEEN else {""}
    filters = [each for each in known.values() if each.column and each.operator and each.operator.suffix in suffixes]
    # Those of texts are last: they make worse examples, and a range of them is rarely meant.
    filters.sort(
        key=lambda each: (
            each.schema["type"] == "string"
            and not ({"enum", "format"} & each.schema.keys() or (each.column and each.column.is_term))
        )
    )
    return [each.name for each in filters]


def _invalid(parameter: Parameter, text: str, fault: ValueFault) -> Fault:
    """Return the fault of a value, which may be several values where one belongs."""
    column, operator = parameter.column, parameter.operator
    # A number with a comma is rather one with a separator of thousands.
    if "," in text and column and operator and not operator.suffix and column.scalar not in {int, float}:
        try:
            read_list(parameter.read, text)
        except ValueFault:
            pass
        else:
            several = Sentence(
                f"要筛选多个值，请用 {column.name}__in={text}。", f" For several values use {column.name}__in={text}."
            )
            return Fault(parameter.name, fault.message + several, fault.allowed)
    return Fault(parameter.name, fault.detail, fault.allowed, fault.text)


def _repeated(parameter: Parameter) -> Fault:
    column, repeated = parameter.column, Sentence("这个参数出现了不止一次。", "The parameter is given more than once.")
    hint = (
        Sentence(f"要筛选多个值，请用 {column.name}__in=a,b。", f" For several values use {column.name}__in=a,b.")
        if column
        else Sentence("请只写一次。", " Give it once.")
    )
    return Fault(parameter.name, repeated + hint)


# --- readers of one text; each raises ValueFault


def read_list(read: Reader, text: str, max_values: int = MAX_LIST_VALUES) -> tuple[Any, ...]:
    """Read comma-separated values."""
    items = text.split(",")
    if len(items) > max_values:
        raise ValueFault(
            Sentence(
                f"列表多于 {max_values} 个值，请减少。", f"The list has more than {max_values} values. Give fewer."
            )
        )
    return tuple(map(read, items))


def read_distinct(read: Reader, text: str, max_values: int = MAX_LIST_VALUES) -> tuple[Any, ...]:
    """Read comma-separated values of which none is repeated."""
    items = read_list(read, text, max_values)
    if repeated := next((item for item in items if items.count(item) > 1), None):
        raise ValueFault(
            Sentence(f"{quote_chinese(repeated)}列了两次，请只写一次。", f"{repeated!r} is listed twice. List it once.")
        )
    return items


def read_boolean(text: str) -> bool:
    """Read `true` or `false` in any case, or 1 or 0."""
    return term(TRUTHS.get(text.lower(), text), ["true", "false"], "truth value") == "true"


def read_integer(least: int, most: int, text: str) -> int:
    """Read a whole number within bounds."""
    if not (text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most):
        raise ValueFault(
            Sentence(
                f"{quote_chinese(text[:20])}不是 {least} 到 {most} 之间的整数。",
                f"{text[:20]!r} is not a whole number from {least} to {most}.",
            )
        )
    return int(text)


def read_sort_key(fields: list[str], text: str) -> tuple[str, bool]:
    """Read a field's name, and whether a minus precedes it."""
    return term(text.removeprefix("-"), fields, "field to sort by"), text.startswith("-")
