"""Folding: one form for all texts that readers take for the same letters.

`fold("東莞　ＢＹＤ，共8740万元")` is `("东莞", "byd", "共", "8740", "万元")`: runs of unspaced scripts, and words.
Differences in width, case, accents, traditional characters and punctuation are removed.
"""

import re
import unicodedata
from functools import cache
from itertools import pairwise

from opencc import OpenCC

from app.quantity.characters import CharacterMap

# Chinese, Japanese, Korean and Yi. They have no spaces between words, so any part of a text can be searched.
_UNSPACED = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_FIRST_UNSPACED = "\u2e80"
_BREAK = "\x1f"  # stands for punctuation in a folded text
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED} {_BREAK}]+")
_IDLE_SPACE = re.compile(f"(?<=[{_UNSPACED}]) +(?=[{_UNSPACED}])")  # spaces within Chinese separate nothing
_UNSPACED_CHAR = re.compile(f"[{_UNSPACED}]")
_SEPARATORS = "ZPSC"  # Unicode categories: separators, punctuation, symbols and others
_IGNORED = {"Cf", "Mn", "Me"}  # Unicode categories: soft hyphens, joiners, accents

Span = tuple[int, int]


def fold(text: str) -> tuple[str, ...]:
    """Return the runs and words of a text."""
    letters = _fold_letters(text)
    # If all is ASCII, only spaces and breaks are left between words, and str.split takes both for white space.
    return tuple(letters.split() if letters.isascii() else _RUNS.findall(letters))


def fold_pieces(text: str) -> list[tuple[str, ...]]:
    """Return the runs of each piece of a text that spaces or punctuation separate."""
    return [tuple(_RUNS.findall(piece)) for piece in re.split(f"[ {_BREAK}]+", _fold_letters(text)) if piece]


def join_runs(runs: tuple[str, ...]) -> str:
    """Return runs as one text for substring search. A space before each marks its beginning."""
    return f" {' '.join(runs)}" if runs else ""


def is_unspaced(run: str) -> bool:
    """Return whether a run is of a script without spaces."""
    return run >= _FIRST_UNSPACED and bool(_UNSPACED_CHAR.match(run))


def source_spans(text: str) -> list[Span]:
    """Return, for each character of `join_runs(fold(text))`, the span of code points that it comes from."""
    forms = _forms(text)
    if text.isascii():
        letters = [(letter, (at, at + 1)) for at, letter in enumerate(forms)]
    else:
        letters = [(letter, span) for span in _clusters(text) for letter in _forms(text[slice(*span)])]
    if "".join(letter for letter, _ in letters) != forms:
        letters = [(letter, (0, len(text))) for letter in forms]  # cluster by cluster, it folds differently
    idle = {at for match in _IDLE_SPACE.finditer(forms) for at in range(*match.span())}
    letters = [letter for at, letter in enumerate(letters) if at not in idle]
    spans: list[Span] = []
    for match in _RUNS.finditer("".join(letter for letter, _ in letters)):
        run = [span for _, span in letters[match.start() : match.end()]]
        spans += [(run[0][0], run[0][0]), *run]  # the space before a run has an empty span
    return spans


def _clusters(text: str) -> list[Span]:
    """Return the span of each character with its combining accents."""
    starts = [at for at, char in enumerate(text) if not at or not unicodedata.combining(char)]
    return list(pairwise([*starts, len(text)] if starts else []))


def _fold_letters(text: str) -> str:
    forms = _forms(text)
    return forms if forms.isascii() or " " not in forms else _IDLE_SPACE.sub("", forms)


def _forms(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).translate(_FORMS)


def _form(char: str) -> str:
    category = unicodedata.category(char)
    if category in _IGNORED:
        return ""
    if is_unspaced(char) and (category == "Cn" or category[0] not in _SEPARATORS):
        return str(_simplifier().convert(char))
    if category[0] in _SEPARATORS:
        return " " if char.isspace() else _BREAK
    return "".join(part for part in unicodedata.normalize("NFKD", char.casefold()) if not unicodedata.combining(part))


@cache
def _simplifier() -> OpenCC:
    # It converts one character at a time: the result must not depend on neighbours, which a query lacks.
    return OpenCC("t2s")


_FORMS = CharacterMap(_form)
