"""Texts, names, dates and sizes in one of the two languages of the site."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from app.entity import Bilingual
from app.http.languages import CHINESE, LANGUAGES
from app.sentence import Sentence
from app.times import point_in_words

TAGS = {"zh": "zh-Hans", "en": "en"}  # BCP 47
NAMES = {"zh": "中文", "en": "English"}


def tag_of(text: str) -> str:
    """Return the language tag of a text of the data: Chinese if it has a Chinese character."""
    return TAGS["zh"] if any("\u3400" <= character <= "\u9fff" for character in text) else TAGS["en"]


HAN = re.compile(r"[\u3400-\u9fff]+(?:[\u3000-\u303f\u3400-\u9fff\uff00-\uffef、]+)*")


def mark_chinese(text: str) -> Markup:
    """Return a text in English as HTML in which the Chinese words are marked as Chinese."""
    return Markup(HAN.sub(rf'<span lang="{TAGS["zh"]}">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


AMOUNT = re.compile(r"(\D*?)((?:[A-Z]{3} )?\d[\d.,–]*)(.*)", re.DOTALL)


def split_amount(text: str) -> tuple[str, str, str]:
    """Return what stands before the first number of an amount, the number with its currency, and what follows."""
    match = AMOUNT.fullmatch(text)
    return (match[1], match[2], match[3]) if match else ("", text, "")


class Language(str):
    """The code of a language, `zh` or `en`, with which URLs begin."""

    __slots__ = ()

    @property
    def tag(self) -> str:
        """Its BCP 47 tag."""
        return TAGS[self]

    @property
    def name(self) -> str:
        """Its name in the language itself."""
        return NAMES[self]

    @property
    def other(self) -> "Language":
        """The other language of the site."""
        return Language(next(each for each in LANGUAGES if each != self))

    def say(self, zh: str, en: str) -> str:
        """Return the text that is in this language."""
        return zh if self == CHINESE else en

    def localize(self, text: Bilingual | Sentence | Mapping[str, str]) -> str:
        """Return a bilingual text in this language."""
        return text[self] if isinstance(text, Mapping) else getattr(text, self)

    def localized(self, record: Mapping[str, Any], field: str) -> Any:
        """Return a record's `name`, `summary`, `note` or the like in this language, or None."""
        return record.get(f"{field}_{self}")

    def date(self, date: dt.date | str) -> str:
        """Return a date in full, without its time of day; or a year or month, such as 2022 and 2022-08."""
        return point_in_words(str(date)[:10], self)

    def number(self, number: int) -> str:
        """Return a number with separators."""
        return f"{number:,}"

    def size(self, length: float) -> str:
        """Return a number of bytes with three significant digits and a decimal unit."""
        for unit in ("B", "kB", "MB"):
            if length < 1000:
                return f"{length:.3g} {unit}"
            length /= 1000
        return f"{length:.3g} GB"
