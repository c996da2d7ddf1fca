"""Synonyms: groups of words, in both languages, that find each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from functools import cached_property
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
        scopes: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
            (names, (NAME,), (RELATED, NAME + RELATED)),
            (near, ("", NAME, RELATED), (RELATED,)),
            (remote, (REMOTE,), (REMOTE,)),
        )
        decided: dict[tuple[str, ...], tuple[Set[str], tuple[str, ...]]] = {}
        for text, marks, given in scopes:
            held = self._words_in(text, terms, marks)
            for group in {self._groups[word] for word in held}:
                decided.setdefault(group, (held, given))
        for group in sorted(decided):
            held, given = decided[group]
            others = tuple(word for word in group if word not in held)
            line = f"{FOUND}{' '.join(word for word in group if word in held)}{FOUND}{join_runs(others)} "
            yield line, {mark + term for mark in given for word in others for term in run_terms(word)}

    def _words_in(self, text: str, terms: Set[str], marks: tuple[str, ...]) -> Set[str]:
        """Return the words that a text holds, whose terms have one of these marks."""
        found = {
            word for mark in marks for term in self._words[mark].keys() & terms for word in self._words[mark][term]
        }
        # A term is the beginning of a Chinese word; one of a single character is no term of its own.
        return {word for word in found | self._characters if not is_unspaced(word) or word in text}

    @cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        return {word: group for group in self.groups for word in group}

    @cached_property
    def _characters(self) -> Set[str]:
        return {word for word in self._groups if is_unspaced(word) and len(word) == 1}

    @cached_property
    def _words(self) -> dict[str, dict[str, set[str]]]:
        """The words by an index term of each: by a mark, and the term with it."""
        words = defaultdict[str, set[str]](set)
        for word in self._groups.keys() - self._characters:
            for form in _forms(word):
                words[form].add(word)
        return {mark: {mark + form: each for form, each in words.items()} for mark in ("", NAME, RELATED, REMOTE)}


def _forms(word: str) -> Set[str]:
    """Return the index terms that stand for a word: an English one and its stem, or the beginning of a Chinese one."""
    if is_unspaced(word):
        return {word[:2]}
    stem = stem_of(word)
    return {word, stem, STEM + stem} if stem else {word}


def read_synonyms(line: str) -> SynonymLine:
    """Parse a line that `Synonyms.find` returned."""
    _, words, others = line.split(FOUND)
    return SynonymLine(tuple(words.split()), others)
