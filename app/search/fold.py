"""Text as it is compared: one form for all that people take for the same letters.

`fold("東莞　ＢＹＤ，共8740万元")` is `("东莞", "byd", "共", "8740", "万元")`: runs of a script that is written without
spaces, and words. Width, case, accents, traditional characters and whatever stands between words do not matter.
"""

import re
import unicodedata
from functools import cache
from itertools import pairwise

from opencc import OpenCC

# Chinese, Japanese, Korean and Yi: what is searched by any part of it, as no space tells where a word begins.
_UNSPACED = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_FIRST_UNSPACED = "\u2e80"
_BREAK = "\x1f"  # where punctuation parts the text
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED} {_BREAK}]+")
_IDLE_SPACE = re.compile(f"(?<=[{_UNSPACED}]) +(?=[{_UNSPACED}])")  # in Chinese it parts nothing
_UNSPACED_CHAR = re.compile(f"[{_UNSPACED}]")
_BETWEEN_WORDS = "ZPSC"  # categories: separators, punctuation, symbols, and what is no character
_WITHIN_WORDS = {"Cf", "Mn", "Me"}  # soft hyphens, joiners, accents: nothing that tells words apart

Span = tuple[int, int]

MOST_FORMS = 50_000  # characters whose forms are kept: more than texts hold, fewer than queries could


def fold(text: str) -> tuple[str, ...]:
    """The runs and words of a text."""
    letters = _letters(text)
    # Of ASCII, nothing but letters and digits is left between spaces and breaks, and Python takes both for white space.
    return tuple(letters.split() if letters.isascii() else _RUNS.findall(letters))


def pieces(text: str) -> list[tuple[str, ...]]:
    """The same, parted where spaces or punctuation part the text."""
    return [tuple(_RUNS.findall(piece)) for piece in re.split(f"[ {_BREAK}]+", _letters(text)) if piece]


def written(runs: tuple[str, ...]) -> str:
    """Runs as one text in which they can be looked for: a space before each, so that a word's beginning shows."""
    return f" {' '.join(runs)}" if runs else ""


def unspaced(run: str) -> bool:
    """Whether a run is of a script that is written without spaces."""
    return run >= _FIRST_UNSPACED and bool(_UNSPACED_CHAR.match(run))


def places(text: str) -> list[Span]:
    """For each character of a text as `written`, the code points that it comes from."""
    letters = [(letter, span) for span in _parts(text) for letter in _forms(text[slice(*span)])]
    if "".join(letter for letter, _ in letters) != _forms(text):
        letters = [(letter, (0, len(text))) for letter in _forms(text)]  # what belongs together cannot be told
    idle = {at for match in _IDLE_SPACE.finditer(_forms(text)) for at in range(*match.span())}
    letters = [letter for at, letter in enumerate(letters) if at not in idle]
    spans: list[Span] = []
    for match in _RUNS.finditer("".join(letter for letter, _ in letters)):
        run = [span for _, span in letters[match.start() : match.end()]]
        spans += [(run[0][0], run[0][0]), *run]  # the space before it has no place of its own
    return spans


def _parts(text: str) -> list[Span]:
    """Each character with the accents that follow it."""
    starts = [at for at, char in enumerate(text) if not at or not unicodedata.combining(char)]
    return list(pairwise([*starts, len(text)] if starts else []))


def _letters(text: str) -> str:
    """The letters and digits of a text, each in its one form, and what parts them."""
    forms = _forms(text)
    return forms if forms.isascii() or " " not in forms else _IDLE_SPACE.sub("", forms)


def _forms(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).translate(_FORMS)


class _Forms(dict[int, str]):
    """The form of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST_FORMS:
            self.clear()
        form = self[code] = _form(chr(code))
        return form


def _form(char: str) -> str:
    category = unicodedata.category(char)
    if category in _WITHIN_WORDS:
        return ""
    if unspaced(char) and (category == "Cn" or category[0] not in _BETWEEN_WORDS):
        return str(_simplifier().convert(char))
    if category[0] in _BETWEEN_WORDS:
        return " " if char.isspace() else _BREAK
    return "".join(part for part in unicodedata.normalize("NFKD", char.casefold()) if not unicodedata.combining(part))


@cache
def _simplifier() -> OpenCC:
    # One character at a time: what a character becomes may not hang on its neighbours, which a query does not know.
    return OpenCC("t2s")


_FORMS = _Forms()
