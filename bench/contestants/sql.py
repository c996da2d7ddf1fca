"""Group counts in SQL, for contestants that take it."""

from bench.questions import Facet, Where

SIGNS = {"eq": "=", "gte": ">="}
NUMBERS = {"value"}


def count_by(facet: Facet) -> str:
    """The statement that counts the records of each value."""
    matching = f" WHERE {conditions(facet.where)}" if facet.where else ""
    return f"SELECT {facet.column}, count(*) AS count FROM figures{matching} GROUP BY {facet.column}"  # noqa: S608


def conditions(where: Where) -> str:
    """The conditions of a WHERE."""
    return " AND ".join(f"{each.column} {SIGNS[each.operator]} {literal(each.column, each.value)}" for each in where)


def literal(column: str, value: str) -> str:
    """A value as SQL writes it; none of ours holds a quote."""
    return value if column in NUMBERS else f"'{value}'"
