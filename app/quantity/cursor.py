"""A cursor that takes the words of a phrase from left to right."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

from app.quantity.characters import CharacterMap

_IDLE_SPACE = re.compile(r"(?<![0-9,])\s+|\s+(?![0-9])")
_SIMPLIFIED = str.maketrans(
    "壹倆個畝噸萬億餘間戶隻臺輛條項種類張塊處場對雙頭歲時鐘週約將達過於內總計僅為數幾兩貳陸參點圓歐鎊韓盧幣錢頃層棟屆負檔冊節課門組隊級顆筆樁攝華氣溫電學滿",
    "一俩个亩吨万亿余间户只台辆条项种类张块处场对双头岁时钟周约将达过于内总计仅为数几两贰陆叁点圆欧镑韩卢币钱顷层栋届负档册节课门组队级颗笔桩摄华气温电学满",
)


def _form(char: str) -> str:
    """Return the compatibility form of a character, simplified.

    Characters that are numbers themselves (², ①, ½) stay: otherwise they would join the number before them.
    """
    number = unicodedata.category(char) == "No"
    return char if number else unicodedata.normalize("NFKC", char).translate(_SIMPLIFIED)


_COMPATIBLE = CharacterMap(_form)


def normalise(words: str) -> str:
    """Return words in compatibility form (㎡ becomes m2, 畝 becomes 亩), without spaces except between numbers."""
    return _IDLE_SPACE.sub("", words.translate(_COMPATIBLE))


def normalise_with_places(text: str) -> tuple[str, list[int]]:
    """Return a text as ``normalise`` does, with the place of each character in the original, and of the end."""
    forms = [(form, place) for place, char in enumerate(text) for form in _COMPATIBLE[ord(char)]]
    joined = "".join(form for form, _ in forms)
    idle = {place for match in _IDLE_SPACE.finditer(joined) for place in range(*match.span())}
    rest = [form for index, form in enumerate(forms) if index not in idle]
    return "".join(form for form, _ in rest), [*(place for _, place in rest), len(text)]


class Lexicon:
    """A set of words with longest-match lookup."""

    def __init__(self, *words: Iterable[str]) -> None:
        self._words = frozenset(chain(*words))
        self._lengths_by_first: dict[str, list[int]] = {}
        self._lengths_by_last: dict[str, list[int]] = {}
        for lengths, place in ((self._lengths_by_first, 0), (self._lengths_by_last, -1)):
            for char, length in sorted({(word[place], len(word)) for word in self._words}, reverse=True):
                lengths.setdefault(char, []).append(length)

    def longest_match(self, text: str, start: int = 0) -> str:
        """Return the longest word at `start` of the text, or an empty string."""
        for length in self._lengths_by_first.get(text[start : start + 1], ()):
            if (word := text[start : start + length]) in self._words:
                return word
        return ""

    def longest_before(self, text: str, end: int) -> str:
        """Return the longest word that ends at `end` of the text, or an empty string."""
        for length in self._lengths_by_last.get(text[max(end - 1, 0) : end], ()):
            if length <= end and (word := text[end - length : end]) in self._words:
                return word
        return ""


class Cursor:
    """Takes the words of a normalised text from left to right."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text, self.at = text, at

    @property
    def rest(self) -> str:
        """The words that are not taken yet."""
        return self.text[self.at :]

    def take(self, words: Lexicon) -> str:
        """Take the longest of the words that comes next, or an empty string."""
        word = words.longest_match(self.text, self.at)
        self.at += len(word)
        return word

    def take_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what the pattern matches next."""
        if match := pattern.match(self.text, self.at):
            self.at = match.end()
        return match

    def sees(self, pattern: re.Pattern[str]) -> bool:
        """Return whether the pattern matches next."""
        return pattern.match(self.text, self.at) is not None
