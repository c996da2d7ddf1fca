"""Chinese names as they sound: 碧江 is found by bijiang."""

from collections.abc import Iterator
from functools import lru_cache

from app.search.fold import unspaced
from app.search.terms import LONGEST, SOUND

MOST_SYLLABLES = 200  # of a run from which on it is found; names are shorter


def syllables(runs: tuple[str, ...]) -> list[str]:
    """A syllable for each character of the runs that are written without spaces."""
    return [syllable for run in runs if unspaced(run) for syllable in _read(run)]


def spellings(runs: tuple[str, ...]) -> Iterator[str]:
    """The terms by which runs are found from any of their characters on."""
    for run in runs:
        if unspaced(run):
            read = _read(run)
            for start in range(min(len(read), MOST_SYLLABLES)):
                spelled = "".join(read[start:])[:LONGEST]
                yield SOUND + spelled
                yield SOUND + spelled.replace("v", "u")  # 旅 is typed lv, and written lü


def _each(unread: str) -> list[str]:
    """Characters that have no sound, one by one."""
    return list(unread)


@lru_cache(10_000)
def _read(run: str) -> tuple[str, ...]:
    # Brings a large dictionary with it: needed to write an index, and to propose what sounds alike.
    from pypinyin.seg.mmseg import seg

    return tuple(syllable for word in seg.cut(run) for syllable in _spoken(word))


@lru_cache(50_000)
def _spoken(word: str) -> tuple[str, ...]:
    """The syllables of a word, by which some characters are read in one of several ways."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word, errors=_each))  # type: ignore[arg-type] # lists it takes too
