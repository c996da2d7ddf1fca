"""A figure as a bar: from where to where, what is written at it, and what is told of it when it is pointed at."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

from app.amounts import amount, qualified
from app.models.figure import Period, Status
from app.quantity import UNITS

Record = Mapping[str, Any]
Bar = dict[str, Any]

HECTARE = 10**4  # square metres
DOUBT = " *"  # behind a name: the source leaves something open, which a note at the figure tells


def groups(records: Iterable[Record]) -> dict[str, list[Record]]:
    """The figures by their units, in the order in which these come; a part stands below its whole."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record["unit"], []).append(record)
    return {unit: _parts_below(own) for unit, own in found.items()}


def _parts_below(records: Sequence[Record]) -> list[Record]:
    here = {record["id"] for record in records}
    parts: dict[str | None, list[Record]] = {}
    for record in records:
        parts.setdefault(record["part_of_id"] if record["part_of_id"] in here else None, []).append(record)

    def below(record: Record) -> Iterable[Record]:
        return [record, *chain.from_iterable(map(below, parts.get(record["id"], ())))]

    return list(chain.from_iterable(map(below, parts.get(None, ()))))


def bar(record: Record, wholes: Iterable[str], language: str, page: str) -> Bar:
    """What is drawn of a figure; `page` is the address before its id."""
    zh = language == "zh"
    value, lower, upper = record["value"], record["lower"], record["upper"]
    start, end = (0, value) if value is not None else (lower or 0, upper if upper is not None else lower or 0)
    part = record["part_of_id"] if record["part_of_id"] in wholes else None
    note = record["note_zh" if zh else "note_en"] or ""
    of_which = _of_which(zh, read=bool(note)) if part else ""
    period = Period.label_of(record["period"])
    told = {Period.PER_YEAR, Period.PER_MONTH, Period.PER_PERSON_PER_YEAR}
    when = (f"（{period.zh}）" if zh else f" ({period.en.lower()})") if record["period"] in told else ""
    return {
        "id": record["id"],
        "name": record["name_zh" if zh else "name_en"],
        "label": of_which + record["name_zh" if zh else "name_en"] + (DOUBT if note else ""),
        "amount": qualified(record, language) + when + hectares(record, language),
        "value": value,
        "start": start,
        "end": end,
        "part": bool(part),
        "open": _open(record),
        "status": status_of(record, language),
        "planned": record["status"] == Status.PLANNED,
        "as_stated": record["as_stated"],
        "note": note,
        "place": f"第{record['paragraph']}段" if zh else f"paragraph {record['paragraph']}",
        "href": page + record["id"],
    }


def _of_which(zh: bool, *, read: bool) -> str:
    """What stands before a part below its whole; where a note says more, that it is a part may be a reading."""
    if read:
        return "其中（见注）：" if zh else "of which, see note: "
    return "其中：" if zh else "of which: "


def _open(record: Record) -> str:
    """On which side the words leave the amount open, where they say so: about is open on neither."""
    return {"gt": "more", "ge": "more", "lt": "less", "le": "less"}.get(record["comparator"], "")


def status_of(record: Record, language: str) -> str:
    """A figure's status, as readers call it."""
    label = Status.label_of(record["status"])
    return label.zh if language == "zh" else label.en


def hectares(record: Record, language: str) -> str:
    """An area in hectares, in brackets behind its amount in another unit; ≈ where it comes out in no few digits."""
    unit = UNITS[record["unit"]]
    if unit.si_code != "m2" or unit.si_factor is None or record["unit"] == "ha" or record["value"] is None:
        return ""
    exact = Fraction(Decimal(repr(record["value"]))) * unit.si_factor / HECTARE
    rounded = round(exact, 1)
    shown = Decimal(rounded.numerator) / Decimal(rounded.denominator)
    text = ("" if exact == rounded else "≈") + amount(float(shown), "ha", language)
    return f"（{text}）" if language == "zh" else f" ({text})"
