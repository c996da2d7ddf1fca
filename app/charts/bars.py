"""The data of a bar: its ends, label, amount and tooltip."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any, NamedTuple

from app.amounts import amount
from app.models.qualifiers import Change, Status
from app.quantity import UNITS
from app.times import in_words

Record = Mapping[str, Any]
Bar = dict[str, Any]

HECTARE_M2 = 10**4
OPEN_SIDES = {"gt": "more", "ge": "more", "lt": "less", "le": "less"}  # by comparator
CHANGES = frozenset({Change.INCREASE, Change.DECREASE, Change.MULTIPLE})  # never on one scale with an amount
NOTE_MARK = "\N{NO-BREAK SPACE}*"  # after the name of a figure with a note


class Group(NamedTuple):
    """Figures of one kind and one dimension."""

    heading: Mapping[str, str]  # by language; empty if the chart is not grouped
    dimension: str
    records: list[Record]


class Panel(NamedTuple):
    """The bars of a group, its heading in one language, and the ends of the scale."""

    heading: str
    bars: list[Bar]
    domain: list[float]


def groups(chart: Mapping[str, Any], records: Iterable[Record]) -> list[Group]:
    """Divide figures by the chart's groups and, within them, by dimension; parts follow their whole.

    A chart that is grouped by a relation and declares no groups has one for each related record.
    """
    declared = {
        value: (rank, each["title"]) for rank, each in enumerate(chart.get("groups") or ()) for value in each["values"]
    }
    relation = chart.get("group_by")
    divided: dict[tuple[Any, str], Group] = {}
    for record in records:
        key, heading = 0, {}
        if relation:
            related = record[relation]
            key, heading = declared.get(related["id"]) or (related["id"], _names(related))
        of = dimension(record)
        divided.setdefault((key, of), Group(heading, of, [])).records.append(record)
    in_order = sorted(divided.items(), key=lambda each: each[0][0]) if declared else divided.items()
    return [group._replace(records=_parts_after_wholes(group.records)) for _, group in in_order]


def _names(record: Record) -> dict[str, str]:
    return {"zh": record["name_zh"], "en": record["name_en"]}


def dimension(record: Record) -> str:
    """Return what a figure can be compared in: its SI unit or its own, what a rate is per, and the kind of a change."""
    unit, change = UNITS[record["unit"]], record["change"]
    return " ".join(filter(None, (unit.si_code or unit.code, record["per"], change if change in CHANGES else "")))


def ends(record: Record) -> tuple[float, float]:
    """Return where a figure's bar begins and ends: at zero and its value, or without one at its bounds."""
    value, lower, upper = (record[name] for name in ("value", "lower", "upper"))
    return (0, value) if value is not None else (lower or 0, upper if upper is not None else lower or 0)


def scaled(value: float, unit_code: str) -> float:
    """Return a value on the scale of its dimension: an area in hectares, else in the SI unit if there is one."""
    unit = UNITS[unit_code]
    if unit.si_factor is None:
        return value
    return float(Fraction(Decimal(repr(value))) * unit.si_factor / (HECTARE_M2 if unit.si_code == "m2" else 1))


def _parts_after_wholes(records: Sequence[Record]) -> list[Record]:
    ids = {record["id"] for record in records}
    parts: dict[str | None, list[Record]] = {}
    for record in records:
        parts.setdefault(record["part_of_id"] if record["part_of_id"] in ids else None, []).append(record)

    def with_parts(record: Record) -> Iterable[Record]:
        return [record, *chain.from_iterable(map(with_parts, parts.get(record["id"], ())))]

    return list(chain.from_iterable(map(with_parts, parts.get(None, ()))))


def bar(record: Record, wholes: Iterable[str], language: str, page: str, *, is_dated: bool = False) -> Bar:
    """Return the data of a bar; `wholes` are the ids of its panel, `page` the URL before the id.

    Its name is followed by its time if the source states one, or if `is_dated`.
    """
    zh = language == "zh"
    start, end = (scaled(each, record["unit"]) for each in ends(record))
    is_part = record["part_of_id"] in wholes
    name = record["name_zh" if zh else "name_en"]
    if record.get("time") or is_dated:
        name += f"（{in_words(record, language)}）" if zh else f" ({in_words(record, language)})"
    note = record["note_zh" if zh else "note_en"] or ""
    return {
        "id": record["id"],
        "name": name,
        "label": (_of_which(zh, has_note=bool(note)) if is_part else "") + name + (NOTE_MARK if note else ""),
        "amount": record["text_zh" if zh else "text_en"] + hectares(record, language),
        "value": record["value"],
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
