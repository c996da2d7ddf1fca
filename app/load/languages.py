"""Texts in both languages: columns whose names end in `_zh` and `_en` are filled together, each in its language."""

import re
from collections.abc import Iterator
from functools import cache

from app.entity import Entity
from app.load.faults import SeedFault
from app.load.rows import Row

_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def check_languages(row: Row) -> Iterator[SeedFault]:
    """Report texts that are given in one language only, or in the column of the other language."""
    for zh, en in _pairs(row.entity):
        if {zh, en} & row.broken:
            continue
        chinese, english = row.values[zh], row.values[en]
        if not (chinese and english):
            if chinese or english:
                given, empty = (zh, en) if chinese else (en, zh)
                yield row.fault(empty, f"{given} is given, this is empty. Give both, or neither.")
        elif not _CHINESE.search(chinese):
            if _CHINESE.search(english):
                yield row.fault(zh, f"{zh} and {en} look swapped: {chinese!r} has no Chinese character.")
            elif chinese != english:
                detail = (
                    f"{chinese!r} has no Chinese character. Write it in Chinese, or as in {en} if Chinese has no own."
                )
                yield row.fault(zh, detail)
        elif not english.isascii() and _CHINESE.search(english) and not _LATIN.search(english):
            yield row.fault(en, f"{english!r} is in Chinese alone. Write it in English.")


@cache
def _pairs(entity: type[Entity]) -> list[tuple[str, str]]:
    columns = [name for name, column in entity.columns().items() if not column.declared.computed]
    pairs = ((name, f"{name.removesuffix('_zh')}_en") for name in columns if name.endswith("_zh"))
    return [(zh, en) for zh, en in pairs if en in columns]
