"""Pinyin of Chinese names: 碧江 is found by bijiang."""

from collections.abc import Iterator
from functools import lru_cache

from app.search.fold import is_unspaced
from app.search.terms import MAX_TERM_CHARS, SOUND

MAX_SYLLABLES = 200  # of a run that are indexed; names are shorter


def syllables(runs: tuple[str, ...]) -> list[str]:
    """Return a syllable for each character of the unspaced runs."""
    return [syllable for run in runs if is_unspaced(run) for syllable in _transcribe(run)]


def sound_terms(run: str) -> Iterator[str]:
    """Yield the terms by which a run is found from any of its characters on."""
    if is_unspaced(run):
        transcribed = _transcribe(run)
        for start in range(min(len(transcribed), MAX_SYLLABLES)):
            sound = "".join(transcribed[start:])[:MAX_TERM_CHARS]
            yield SOUND + sound
            yield SOUND + sound.replace("v", "u")  # 旅 is typed lv, and written lü


@lru_cache(10_000)
def _transcribe(run: str) -> tuple[str, ...]:
    from pypinyin.seg.mmseg import seg  # loads a large dictionary

    return tuple(syllable for word in seg.cut(run) for syllable in _transcribe_word(word))


@lru_cache(50_000)
def _transcribe_word(word: str) -> tuple[str, ...]:
    """Return the syllables of a word; the word decides between readings of a character."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word, errors=list))  # type: ignore[arg-type] # characters without pinyin, one by one
