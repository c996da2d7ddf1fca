"""The filters of a table: facets to choose from, and chips for those in use."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from app.entity import Column, Entity
from app.portal.cells import column_title, default_columns
from app.portal.page import Page
from app.portal.table import POSITION, url_with
from app.portal.themes import Themes
from app.read.page import FacetValue
from app.request.controls import SEARCH, page_parameters
from app.request.parameters import MAX_LIST_VALUES

# A filter in Chinese and English, by its operator, with the column's title and the values.
PHRASES = {
    "ne": ("{}：不是{}", "{}: not {}"),
    "gt": ("{} > {}", "{} > {}"),
    "gte": ("{} ≥ {}", "{} ≥ {}"),
    "lt": ("{} < {}", "{} < {}"),
    "lte": ("{} ≤ {}", "{} ≤ {}"),
    "contains": ("{}包含“{}”", "{} contains “{}”"),
    "startswith": ("{}以“{}”开头", "{} begins with “{}”"),
}
EQUALS = ("{}：{}", "{}: {}")
EMPTY = {True: ("空", "empty"), False: ("不为空", "not empty")}

Facets = Mapping[str, list[FacetValue]]


class Facet(NamedTuple):
    """The title and choices of a facet; those of lower rank come first."""

    title: str
    choices: list["Choice"]
    rank: int


class Choice(NamedTuple):
    """A value of a facet: its label, how many records have it, whether it is chosen, and the URL that toggles it."""

    text: str
    total: int
    chosen: bool
    url: str


def facet_names(entity: type[Entity]) -> list[str]:
    """Return the columns to offer as facets: countable ones, without plain text that has no labels.

    The collection of a record of several kinds repeats its kind.
    """
    columns = entity.columns()
    repeated = {name.removesuffix("_kind") + "_collection" for name in columns if name.endswith("_kind")}
    return [
        name
        for name, column in columns.items()
        if name not in repeated
        if column.is_categorical and (column.is_term or column.declared.reference or column.scalar is not str)
    ]


def facets(page: Page, entity: type[Entity], counted: Facets, themes: Themes | None) -> list[Facet]:
    """Return the facets that offer any choice: first those of the theme, of units and of the table's columns.

    In a facet, chosen values come first, then the most frequent, as they are counted; numbers and dates in their order.
    """
    found = []
    if themes and themes.key.name in counted:
        found.append(_theme_facet(page, themes, counted[themes.key.name]))
    for name, values in counted.items():
        column, chosen = entity.columns()[name], _chosen(page, name)
        if themes and column == themes.key:
            chosen = themes.without(chosen)
        values = [value for value in values if value.value is not None]
        if column.scalar is not str:
            values.sort(key=lambda value: value.value)
        choices = [_choice(page, column, value, chosen) for value in values]
        if len(choices) > 1 or chosen:
            choices.sort(key=lambda choice: not choice.chosen)
            found.append(Facet(column_title(page, column), choices, _rank(entity, column, len(choices), values)))
    return sorted(found, key=lambda facet: facet.rank)


def _theme_facet(page: Page, themes: Themes, values: list[FacetValue]) -> Facet:
    """Return the facet of themes, each of which is chosen by the list of its records."""
    counts = {value.value: value.count for value in values}
    chosen, choices = _chosen(page, themes.key.name), []
    for theme, ids in themes.ids.items():
        total, is_chosen = sum(counts.get(each, 0) for each in ids), theme in themes.within(chosen)
        remaining = [*dict.fromkeys(chosen + ids)] if not is_chosen else [each for each in chosen if each not in ids]
        if (total or is_chosen) and len(remaining) <= MAX_LIST_VALUES:
            url = _url_with_values(page, themes.key.name, remaining)
            choices.append(Choice(_format(page, themes.column, theme), total, is_chosen, url))
    choices.sort(key=lambda choice: (not choice.chosen, -choice.total))
    return Facet(column_title(page, themes.column), choices, 0)


def _rank(entity: type[Entity], column: Column, choices: int, values: list[FacetValue]) -> int:
    """Return the place of a facet: first the theme, then units, the table's columns, others, and lists of records."""
    units = {each.declared.unit_in for each in entity.columns().values()} - {"si_unit"}
    ranks = (
        (0, column.name == "theme"),
        (4, choices > sum(value.count for value in values) / 2),
        (1, column.name in units),
        (2, column.name in default_columns(entity)),
        (3, True),
    )
    return next(rank for rank, applies in ranks if applies)


def chips(page: Page, entity: type[Entity], counted: Facets, themes: Themes | None) -> Iterator[tuple[str, str]]:
    """Yield a phrase for each filter in use, with the URL without it."""
    known = page_parameters(entity)
    for name, text in page.query:
        column, operator = known[name].column, known[name].operator
        if name == SEARCH:
            yield f"“{text}”", url_with(page, name, None)
        elif column and operator:
            if themes and column == themes.key and operator.suffix == "in":
                chosen = text.split(",")
                for theme in themes.within(chosen):
                    rest = [each for each in chosen if each not in themes.ids[theme]]
                    phrase = page.language.say(*EQUALS).format(
                        column_title(page, themes.column), _format(page, themes.column, theme)
                    )
                    yield phrase, _url_with_values(page, themes.key.name, rest)
                if not (text := ",".join(themes.without(chosen))):
                    continue
            if operator.takes == "truth":
                values = page.language.say(*EMPTY[known[name].parse(text)])
            else:
                values = _format_values(page, column, text, counted)
            phrase = page.language.say(*PHRASES.get(operator.suffix, EQUALS))
            yield phrase.format(column_title(page, column), values), url_with(page, name, None)


def _choice(page: Page, column: Column, value: FacetValue, chosen: list[str]) -> Choice:
    text = str(value.value)
    label = page.language.localize(value.label) if value.label else _format(page, column, text)
    remaining = [each for each in chosen if each != text] if text in chosen else [*chosen, text]
    return Choice(label, value.count, text in chosen, _url_with_values(page, column.name, remaining))


def _chosen(page: Page, name: str) -> list[str]:
    """Return the values of a column that the query selects."""
    parameters = dict(page.query)
    return [*filter(None, [*parameters.get(f"{name}__in", "").split(","), parameters.get(name)])]


def _url_with_values(page: Page, name: str, values: list[str]) -> str:
    """Return the page's URL with the filters of a column that select any of the values, or without them."""
    many = f"{name}__in"
    query = [each for each in page.query if each[0] not in {name, many, *POSITION}]
    if values:
        query.append((name if len(values) == 1 else many, ",".join(values)))
    return page.url(page.path, query)


def _format_values(page: Page, column: Column, text: str, counted: Facets) -> str:
    """Format the values that a filter compares with. Referenced records are shown by name."""
    values = counted.get(column.name, ())
    names = {str(each.value): page.language.localize(each.label) for each in values if each.label}
    return page.language.say("、", ", ").join(
        names.get(each) or _format(page, column, each) for each in text.split(",")
    )


def _format(page: Page, column: Column, text: str) -> str:
    """Format a valid value of a URL parameter."""
    if column.is_term:
        return page.language.localize(column.labels(page.terms)[text])
    if column.kind == "date":
        return page.language.date(text)
    return f"{Decimal(text):,f}" if column.scalar in {int, float} else text
