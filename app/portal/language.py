"""What readers of one language are told: texts, labels, names and days."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from app.entity import Bilingual
from app.http.languages import CHINESE, LANGUAGES

TAGS = {"zh": "zh-Hans", "en": "en"}  # as HTML tells a language
NAMES = {"zh": "中文", "en": "English"}  # what each is called by those who read it


def tag_of(text: str) -> str:
    """The language that a text of the data is in: Chinese where any of it is."""
    return TAGS["zh"] if any("\u3400" <= character <= "\u9fff" for character in text) else TAGS["en"]


class Language(str):
    """One of the two languages: its code, which addresses begin with, and how to speak it."""

    __slots__ = ()

    @property
    def tag(self) -> str:
        """Its BCP 47 tag."""
        return TAGS[self]

    @property
    def name(self) -> str:
        """Its own name."""
        return NAMES[self]

    @property
    def other(self) -> "Language":
        """The other one."""
        return Language(next(each for each in LANGUAGES if each != self))

    def say(self, zh: str, en: str) -> str:
        """The text of two that is in this language."""
        return zh if self == CHINESE else en

    def words(self, words: Bilingual | Mapping[str, str]) -> str:
        """A text that is there in both."""
        return words[self] if isinstance(words, Mapping) else getattr(words, self)

    def of(self, record: Mapping[str, Any], field: str) -> Any:
        """What a record tells in this language: its `name`, `summary`, `note` and the like; None where it has none."""
        return record.get(f"{field}_{self}")

    def day(self, day: dt.date | str) -> str:
        """A day as it is written out."""
        date = dt.date.fromisoformat(str(day)[:10])
        return self.say(f"{date.year}年{date.month}月{date.day}日", f"{date.day} {date:%B %Y}")

    def number(self, number: int) -> str:
        """A number of things."""
        return f"{number:,}"

    def size(self, length: int) -> str:
        """A number of bytes, in the unit that makes it short."""
        size, units = float(length), ["B", "kB", "MB", "GB"]
        while size >= 1000 and len(units) > 1:
            size, units = size / 1000, units[1:]
        return f"{size:.3g} {units[0]}"
