"""When a statement holds: from Chinese words to ISO 8601 and its days.

A time is written in ISO 8601 with the precision that the words have: 2023, 2023-06, 2023-06-30; or as an interval of
two of these, 2022-01/2022-06, or from one of them until the source was published: 2017/.. (ISO 8601-2).
"""

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple
from unicodedata import normalize


class Kind(StrEnum):
    """Whether a time is that of a state or of all that happened in a span."""

    MOMENT = "moment"
    SPAN = "span"


class Time(NamedTuple):
    """A time in ISO 8601, and its kind."""

    iso: str
    kind: Kind


OPEN = ".."  # the end of an interval that reaches to the publication of its source

_DIGITS = "〇一二三四五六七八九"
_N = rf"(?:[0-9]+|[{_DIGITS}零○十]+)"
_POINT = re.compile(
    rf"(?:(?P<year>[0-9]{{4}}|[{_DIGITS}零○]{{4}})年度?|(?P<relative>今年|本年|去年|上年|前年|明年))?"
    rf"(?:(?P<month>{_N})月份?)?(?:(?P<day>{_N})[日号])?"
    r"(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度|前(?P<quarters>[二两三23])个?季度"
    rf"|前(?P<months>{_N}|两)个月"
    r"|年?(?P<edge>[底末初])|(?P<whole>全年))?"
)
_PREFIX = re.compile(r"截至|截止到?|直至|直到|早在|至|到|自|从|在|于")
_SINCE = re.compile(r"(?:以来|来|起|开始|至今)$")
_WITHIN = re.compile(r"(?:期间|间|内)$")
_TO = re.compile(r"至|到|—+|–|-|~")
_MOMENT_PREFIXES = ("截", "直", "至", "到")
_NOW = re.compile(r"截至|截止|目前|当前|现在|如今|迄今|至今|[年月][底末初]")

_ISO_POINT = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_ISO = re.compile(rf"({_ISO_POINT})(?:/({_ISO_POINT}|{re.escape(OPEN)}))?")
_RELATIVE = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1}


def days_of(point: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year, a month or a day in ISO 8601. Raises ValueError."""
    first = dt.date.fromisoformat("-".join([*point.split("-"), "01", "01"][:3]))
    if len(point) > len("2023-06"):
        return first, first
    last = first if len(point) > len("2023") else first.replace(month=12)
    return first, last.replace(day=calendar.monthrange(last.year, last.month)[1])


def bounds(iso: str, published: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a time that a source of this date states. Raises ValueError."""
    match = _ISO.fullmatch(iso)
    if match is None:
        raise ValueError("It is written such as 2023, 2023-06, 2023-06-30, 2022-01/2022-06 or 2017/..")
    (first, last), end = days_of(match[1]), match[2]
    if end:
        last = published if end == OPEN else days_of(end)[1]
    if last < first:
        raise ValueError("It ends before it begins.")
    return first, last


def point_in_words(point: str, language: str) -> str:
    """Return a year, a month or a day in ISO 8601 in words: 2023年6月, 6 June 2023."""
    year, month, day = ([int(part) for part in point.split("-")] + [0, 0])[:3]
    if language == "zh":
        return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")
    first, _ = days_of(point)
    return (f"{day} " if day else "") + (f"{first:%B} " if month else "") + str(year)


def in_words(figure: Mapping[str, Any], language: str) -> str:
    """Return when a figure holds: 截至2023年6月, in 2021; by the date of its source where that states no time."""
    start, _, end = (figure.get("time") or figure["as_of"]).partition("/")
    first, last = point_in_words(start, language), "" if end in {"", OPEN} else point_in_words(end, language)
    if last:
        return f"{first}至{last}" if language == "zh" else f"{first}–{last}"
    if end:
        return f"{first}以来" if language == "zh" else f"since {first}"
    if figure.get("time_kind") == Kind.SPAN:
        return first if language == "zh" else f"in {first}"
    return f"截至{first}" if language == "zh" else f"as of {first}"


def kind_of(words: str, iso: str) -> Kind:
    """Return the kind of a time that its words do not state in full: 目前 is a moment, 五年来 a span."""
    if "/" in iso:
        return Kind.SPAN
    return Kind.MOMENT if _NOW.search(words) or iso.count("-") == 2 else Kind.SPAN


def read_words(words: str, published: dt.date, year: int | None = None, *, dated: bool = False) -> Time | None:
    """Return the time that words state in full, such as 截至2023年6月; else None.

    A `year` stands where the words name none (上半年), or name it by the year of the source (去年), if it is not later
    than that allows: of a source of which only the repost has a date, the year itself is not certain. That of a source
    that is `dated` is.
    """
    text = re.sub(r"\s", "", normalize("NFKC", words))
    prefix = _PREFIX.match(text)
    text = text[prefix.end() :] if prefix else text
    since = _SINCE.search(text) or (prefix and prefix[0] in {"自", "从"} and not _TO.search(text))
    text = _WITHIN.sub("", _SINCE.sub("", text))
    ends = _TO.split(text)
    if not 1 <= len(ends) <= 2 or not all(ends):
        return None
    if len(ends) == 2 and (unit := re.match(rf"{_N}([年月日号])", ends[1])) and re.search(rf"{_N}$", ends[0]):
        ends[0] += unit[1]  # 1至6月
    read: list[tuple[str, str]] = []
    for end in ends:
        point = _POINT.fullmatch(end)
        days = point and _days(point, published, year, read[0][0] if read else "", dated=dated)
        if not point or not days:
            return None
        read.append(days)
    first, last = read[0][0], read[-1][1]
    if since:
        return Time(f"{first}/{OPEN}", Kind.SPAN)
    try:
        bounds(f"{first}/{last}", published)
    except ValueError:
        return None
    if first != last:
        return Time(f"{first}/{last}", Kind.SPAN)
    is_moment = (prefix and prefix[0].startswith(_MOMENT_PREFIXES)) or _NOW.search(words) or first.count("-") == 2
    return Time(first, Kind.MOMENT if is_moment else Kind.SPAN)


def _days(
    point: re.Match[str], published: dt.date, year: int | None, before: str, *, dated: bool
) -> tuple[str, str] | None:
    """Return the first and the last point of what is written; what it leaves out is that of the point before it."""
    parts = point.groupdict()
    own_year = _number(parts["year"])
    if parts["relative"]:
        latest = published.year + _RELATIVE[parts["relative"]]
        own_year = latest if dated else min(year, latest) if year is not None else None
    known = own_year or (int(before[:4]) if before else year)
    if known is None or not any(parts.values()):
        return None
    month, day = _number(parts["month"]), _number(parts["day"])
    if day and not month:
        month = int(before[5:7]) if before[5:7] else None
        if month is None:
            return None
    if parts["half"]:
        return _months(known, 1, 6) if parts["half"] == "上" else _months(known, 7, 12)
    if parts["quarter"]:
        quarter = _number(parts["quarter"]) or 0
        return _months(known, 3 * quarter - 2, 3 * quarter)
    if parts["quarters"]:
        return _months(known, 1, 3 * (_number(parts["quarters"].replace("两", "二")) or 0))
    if parts["months"]:
        months = _number(parts["months"].replace("两", "二")) or 0
        return _months(known, 1, months) if not month and months in range(2, 12) else None
    if parts["edge"] and not month:
        month = 1 if parts["edge"] == "初" else 12
    text = f"{known:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
    return text, text


def _months(year: int, first: int, last: int) -> tuple[str, str]:
    return f"{year:04}-{first:02}", f"{year:04}-{last:02}"


def _number(text: str | None) -> int | None:
    """Return a number in digits or in Chinese: 二〇二三, 十一."""
    if text is None or text.isascii():
        return int(text) if text else None
    text = text.replace("零", "〇").replace("○", "〇")
    if "十" not in text:
        return int("".join(str(_DIGITS.index(digit)) for digit in text))
    tens, _, ones = text.partition("十")
    return 10 * (_number(tens) or 1) + (_number(ones) or 0)
