"""What the words of a figure, and those before it in its source, say against its row."""

import re
from collections.abc import Iterator

from app.load.faults import SeedFault
from app.load.rows import Row
from app.models.figure import Change
from app.quantity import QuantityError, Unit, changes, find, parse

SHARES = frozenset({"fold", "percent", "permille"})  # the units of a multiple of an earlier amount
MAX_CHARS_OF_A_LIST = 64  # in which the unit stands that the numbers of a list share
_LIST_SIGN = re.compile("[、和及与]|以及")


def check_change(row: Row, unit: Unit, before: str = "") -> Iterator[SeedFault]:
    """Report a change that the words deny, among them those `before` the figure's own, if its source is at hand."""
    if "change" in row.broken:
        return
    change, words = row.values["change"], row.values["as_stated"]
    said = changes(words, unit, before)
    if said and change not in said:
        by = next(iter(said.values()))
        detail = f"{by!r} says that {words!r} is {' or '.join(said)}, not {change}. Write {next(iter(said))}."
        yield row.fault("change", detail)
    elif change == Change.MULTIPLE and unit.code not in SHARES:
        detail = (
            f"{words!r} is in {unit.code}. A multiple of an earlier amount is in 倍, 番 or %. Choose another change."
        )
        yield row.fault("change", detail)


def check_context(row: Row, text: str, start: int) -> Iterator[SeedFault]:
    """Report what the paragraph around a figure's words says against its row."""
    try:
        unit = parse(row.words).unit
    except QuantityError:
        return  # the load reports it
    yield from check_change(row, unit, text[:start])
    end = start + len(row.words)
    if _LIST_SIGN.match(text, end):
        found = next(iter(find(text[start : start + MAX_CHARS_OF_A_LIST])), None)
        if found and (found.start, found.end) == (0, len(row.words)) and found.quantity.unit is not unit:
            detail = (
                f"{row.words!r} shares the unit of its list: it states {found.quantity.unit.code}, not {unit.code}."
            )
            yield row.fault("as_stated", f"{detail} Leave it out of the figures and describe it in a note.")
