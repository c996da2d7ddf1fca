"""What somebody looks for: words that must all be there, "phrases", and -words that must not."""

import re
from dataclasses import dataclass, field, replace

from app.entity import ValueFault, refuse_control_characters
from app.search.amounts import in_chinese, read_amount
from app.search.fold import fold, pieces, unspaced, written
from app.search.terms import LONGEST, stem_of

MAX_QUERY = 200  # characters
MAX_TERMS = 16

# English words that tell nothing: they need not be there, unless there is nothing else or they are in a phrase.
IDLE = frozenset({
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "how", "in", "is", "many", "much", "of", "on", "or",
    "that", "the", "to", "was", "were", "what", "which", "with",
})  # fmt: skip

_OPENING, _CLOSING = '"“„「『＂', '"”“」』＂'
_PART = re.compile(rf"([-－−]?)(?:[{_OPENING}]([^{_CLOSING}]*)[{_CLOSING}]?|([^\s{_OPENING}{_CLOSING}]+))")
_SIGNS = re.compile("[%％‰$¥￥€£]")  # of units, which no run holds


@dataclass(frozen=True)
class Term:
    """One thing that is looked for: runs that stand side by side, or, if it says one, an amount in any writing.

    The last of its words may be the beginning of one, where it is no number, no single letter and not said to be
    `whole`. In a `phrase` nothing else is read into it. What is not `literal` is an amount alone, as its runs have lost
    its unit: the 50 of 50% is no mere 50.
    """

    runs: tuple[str, ...]
    phrase: bool = False
    amount: str | None = None
    literal: bool = True
    whole: bool = False
    typed: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """The term as somebody might type it."""
        return f'"{" ".join(self.runs)}"' if self.phrase else self.typed or "".join(self.runs)

    @property
    def needle(self) -> str:
        """What its text holds, where the text is `written`: anywhere in a run, but only at a word's beginning."""
        text = written(self.runs) + (" " if self.closed else "")
        return text[1:] if unspaced(self.runs[0]) else text

    @property
    def closed(self) -> bool:
        """Whether its last word is looked for as a whole."""
        last = self.runs[-1]
        return not unspaced(last) and (self.whole or self.phrase or len(last) == 1 or last.isdecimal())

    @property
    def certain(self) -> bool:
        """Whether its index terms say all of it, so that the text need not be looked at."""
        (run, *more) = self.runs
        return not self.literal or (not more and len(run) <= (2 if unspaced(run) else LONGEST))

    @property
    def word(self) -> str:
        """The word that it is, if it is one and no phrase: other forms of it and names that sound so are meant too."""
        (run, *more) = self.runs
        return "" if more or self.phrase or not self.literal or unspaced(run) else run

    @property
    def stem(self) -> str:
        """The stem of the word."""
        return stem_of(self.word)


@dataclass(frozen=True)
class Query:
    """A query, read: what must be there, and what must not."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()

    @property
    def runs(self) -> tuple[str, ...]:
        """All that must be there, in a row."""
        return tuple(run for term in self.wanted for run in term.runs)

    @property
    def text(self) -> str:
        """The query as somebody might type it."""
        return " ".join([*(term.text for term in self.wanted), *(f"-{term.text}" for term in self.unwanted)])


def read(text: str) -> Query:
    """Read a query. Raises ValueFault."""
    if len(text) > MAX_QUERY:
        raise ValueFault(f"longer than {MAX_QUERY} characters")
    refuse_control_characters(text)
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for minus, phrase, words in _PART.findall(in_chinese(text)):
        terms = _terms(phrase or words, phrase=bool(phrase))
        (unwanted if minus else wanted).extend(replace(term, whole=bool(minus)) for term in terms)
    if len(wanted) + len(unwanted) > MAX_TERMS:
        raise ValueFault(f"holds more than {MAX_TERMS} words; give fewer, or put them in quotes as a phrase")
    if not wanted:
        told = "says only what to leave out; say what to find too" if unwanted else "holds no letter and no digit"
        raise ValueFault(f"{text!r} {told}")
    telling = [term for term in wanted if term.word not in IDLE]
    return Query(tuple(dict.fromkeys(telling or wanted)), tuple(dict.fromkeys(unwanted)))


def _terms(words: str, *, phrase: bool) -> list[Term]:
    """The terms of one part of a query: an amount or a phrase is one, else punctuation parts it."""
    amount = None if phrase else read_amount(words)
    if phrase or amount:
        runs = fold(words)
        return [Term(runs, phrase, amount, literal=phrase or not _SIGNS.search(words), typed=words)] if runs else []
    return [Term(runs) for runs in pieces(words)]
