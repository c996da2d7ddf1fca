"""Synonyms: groups of words, in both languages, that find each other."""

from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from typing import NamedTuple

from app.search.fold import is_unspaced, join_runs
from app.search.terms import NAME, RELATED, REMOTE, STEM, run_terms, stem_of

FOUND = "\x1e"  # before the words of a group that a record holds, and between them and the group's others


class SynonymLine(NamedTuple):
    """A line of an index entry: words of a group that a record holds, in its names if any do; and the others."""

    words: tuple[str, ...]
    others: str


class Synonyms:
    """The groups of a seed. Each word is one folded run, and in one group only."""

    def __init__(self, groups: Iterable[tuple[str, ...]] = ()) -> None:
        self.groups = tuple(groups)

    def find(self, names: str, near: str, remote: str, terms: Set[str]) -> Iterator[tuple[str, Set[str]]]:
        """Yield, for each group of which a record holds a word, a line of its entry, and the terms of the others.

        The best of its three texts that holds one decides where the others match.
        """
        scopes = (
            (names, (NAME,), (RELATED, NAME + RELATED)),
            (near, ("", RELATED), (RELATED,)),
            (remote, (REMOTE,), (REMOTE,)),
        )
        for group in self.groups:
            for text, marks, given in scopes:
                if held := [word for word in group if self._holds(word, text, terms, marks)]:
                    others = tuple(word for word in group if word not in held)
                    line = f"{FOUND}{' '.join(held)}{FOUND}{join_runs(others)} "
                    yield line, {mark + term for mark in given for word in others for term in run_terms(word)}
                    break

    def _holds(self, word: str, text: str, terms: Set[str], marks: tuple[str, ...]) -> bool:
        """Return whether a text, whose terms have one of these marks, holds a word."""
        forms = _forms(word)
        return any(mark + form in terms for mark in marks for form in forms) if forms else word in text


def read_synonyms(line: str) -> SynonymLine:
    """Parse a line that `Synonyms.find` returned."""
    _, words, others = line.split(FOUND)
    return SynonymLine(tuple(words.split()), others)


@lru_cache(1_000)
def _forms(word: str) -> frozenset[str]:
    """Return the index terms of an English word, none of a Chinese one, which is looked up in the text."""
    if is_unspaced(word):
        return frozenset()
    stem = stem_of(word)
    return frozenset({word, stem, STEM + stem} if stem else {word})
