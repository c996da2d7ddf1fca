"""The data of a bar: its ends, label, amount and tooltip."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

from app.amounts import amount
from app.models.figure import Status
from app.quantity import UNITS

Record = Mapping[str, Any]
Bar = dict[str, Any]

HECTARE_M2 = 10**4
OPEN_SIDES = {"gt": "more", "ge": "more", "lt": "less", "le": "less"}  # by comparator
NOTE_MARK = " *"  # after the name of a figure with a note


def groups(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Group figures by unit, in order of appearance; parts follow their whole."""
    by_unit: dict[str, list[Record]] = {}
    for record in records:
        by_unit.setdefault(record["unit"], []).append(record)
    return {unit: _parts_after_wholes(own) for unit, own in by_unit.items()}


def _parts_after_wholes(records: Sequence[Record]) -> list[Record]:
    ids = {record["id"] for record in records}
    parts: dict[str | None, list[Record]] = {}
    for record in records:
        parts.setdefault(record["part_of_id"] if record["part_of_id"] in ids else None, []).append(record)

    def with_parts(record: Record) -> Iterable[Record]:
        return [record, *chain.from_iterable(map(with_parts, parts.get(record["id"], ())))]

    return list(chain.from_iterable(map(with_parts, parts.get(None, ()))))


def bar(record: Record, wholes: Iterable[str], language: str, page: str) -> Bar:
    """Return the data of a bar; `wholes` are the ids of its panel, `page` the URL before the id."""
    zh = language == "zh"
    value, lower, upper = record["value"], record["lower"], record["upper"]
    start, end = (0, value) if value is not None else (lower or 0, upper if upper is not None else lower or 0)
    is_part = record["part_of_id"] in wholes
    name = record["name_zh" if zh else "name_en"]
    note = record["note_zh" if zh else "note_en"] or ""
    return {
        "id": record["id"],
        "name": name,
        "label": (_of_which(zh, has_note=bool(note)) if is_part else "") + name + (NOTE_MARK if note else ""),
        "amount": record["text_zh" if zh else "text_en"] + hectares(record, language),
        "value": value,
        "start": start,
        "end": end,
        "part": is_part,
        "open": OPEN_SIDES.get(record["comparator"], ""),
        "status": status_of(record, language),
        "planned": record["status"] == Status.PLANNED,
        "as_stated": record["as_stated"],
        "note": note,
        "place": f"第{record['paragraph']}段" if zh else f"paragraph {record['paragraph']}",
        "href": page + record["id"],
    }


def _of_which(zh: bool, *, has_note: bool) -> str:
    """Return the prefix of a part. A note may qualify that it is one."""
    if has_note:
        return "其中（见注）：" if zh else "of which, see note: "
    return "其中：" if zh else "of which: "


def status_of(record: Record, language: str) -> str:
    """Return the label of a figure's status."""
    label = Status.label_of(record["status"])
    return label.zh if language == "zh" else label.en


def hectares(record: Record, language: str) -> str:
    """Return an area in hectares in parentheses, with ≈ if it is rounded; empty for hectares and other units."""
    unit = UNITS[record["unit"]]
    if unit.si_code != "m2" or unit.si_factor is None or record["unit"] == "ha" or record["value"] is None:
        return ""
    exact = Fraction(Decimal(repr(record["value"]))) * unit.si_factor / HECTARE_M2
    rounded = round(exact, 1)
    shown = Decimal(rounded.numerator) / Decimal(rounded.denominator)
    text = ("" if exact == rounded else "≈") + amount(float(shown), "ha", language)
    return f"（{text}）" if language == "zh" else f" ({text})"
