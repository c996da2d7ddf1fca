"""A parsed query: words that must all match, "phrases", and -words that must not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from unicodedata import normalize

from app.entity import ValueFault, refuse_control_characters
from app.nearest import quote_chinese
from app.search.amounts import parse_amount, translate_amounts
from app.search.fold import fold, fold_pieces, is_unspaced, join_runs
from app.search.terms import MAX_TERM_CHARS, stem_of
from app.sentence import Sentence

MAX_QUERY_CHARS = 200
MAX_TERMS = 16

# Words of questions and grammar, which are ignored outside phrases, unless the query has no others.
STOP_WORDS = frozenset({
    "a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "big", "by", "did", "do", "does", "far", "find",
    "for", "found", "from", "get", "gets", "give", "given", "gives", "go", "goes", "got", "had", "has", "have", "how",
    "i", "in", "into", "is", "it", "its", "many", "me", "much", "of", "on", "or", "people", "please", "receive",
    "received", "receives", "show", "so", "tell", "that", "the", "their", "them", "there", "these", "they", "this",
    "those", "to", "was", "we", "went", "were", "what", "when", "where", "which", "who", "whom", "whose", "why", "with",
    "you",
})  # fmt: skip
# In Chinese, which has no spaces, they separate words. 的, 了 and 给 do so between words only: 目的 is one.
_CLASSIFIER = "[个支家名位次场项件条批种所]"
_HOW_MANY = f"(?:多少|几(?={_CLASSIFIER}))"
_QUESTION_WORDS = re.compile(
    "(?:一共|总共|到底|究竟)?(?:得到|获得|收到|拿到|是做|给|花|拨|有|是|做)?了?"
    f"(?:{_HOW_MANY}(?:{_CLASSIFIER}|人(?=[^才]))?|什么|哪里|哪儿|哪些|哪个|怎么样?|如何|为什么|谁|多大|多久)"
    "|[吗呢的]$|(?<=[^的了给]{2})[的了给](?=.)"
    f"|(?=[捐卖招建种送]了?{_HOW_MANY})"
)

_OPENING, _CLOSING = '"“„「『＂', '"”“」』＂'
_PART = re.compile(rf"([-－−]?)(?:[{_OPENING}]([^{_CLOSING}]*)[{_CLOSING}]?|([^\s{_OPENING}{_CLOSING}]+))")
_UNIT_SIGNS = re.compile("[%％‰$¥￥€£]")  # folding drops them


@dataclass(frozen=True)
class Term:
    """One term of a query: adjacent runs or, if they state one, an amount in any notation.

    Its last word also matches as a prefix, unless it is a number, a single letter, or part of a `phrase` or of a
    `whole` term. A term that is not `literal` matches as an amount only, because its runs lack the unit: 50% is not 50.
    """

    runs: tuple[str, ...]
    phrase: bool = False
    amount: str | None = None
    literal: bool = True
    whole: bool = False
    typed: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """The term as a user would type it."""
        return f'"{" ".join(self.runs)}"' if self.phrase else self.typed or "".join(self.runs)

    @property
    def needle(self) -> str:
        """The substring of a folded text that matches: anywhere in an unspaced run, else at the beginning of a word."""
        text = join_runs(self.runs) + (" " if self.is_closed else "")
        return text[1:] if is_unspaced(self.runs[0]) else text

    @property
    def is_closed(self) -> bool:
        """True if its last word does not match as a prefix."""
        last = self.runs[-1]
        return not is_unspaced(last) and (self.whole or self.phrase or len(last) == 1 or last.isdecimal())

    @property
    def is_certain(self) -> bool:
        """True if the index alone decides whether it matches, without the text."""
        (run, *more) = self.runs
        return not self.literal or (not more and len(run) <= (2 if is_unspaced(run) else MAX_TERM_CHARS))

    @property
    def word(self) -> str:
        """The single word that it is, which also matches by stem and pinyin; otherwise empty."""
        (run, *more) = self.runs
        return "" if more or self.phrase or not self.literal or is_unspaced(run) else run

    @property
    def stem(self) -> str:
        """The stem of the word."""
        return stem_of(self.word)


@dataclass(frozen=True)
class Query:
    """The terms that a record must match and those that it must not."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs of all wanted terms."""
        return tuple(run for term in self.wanted for run in term.runs)

    @property
    def text(self) -> str:
        """The query as a user would type it."""
        return " ".join([*(term.text for term in self.wanted), *(f"-{term.text}" for term in self.unwanted)])


def parse_query(text: str) -> Query:
    """Parse a query. Raises ValueFault."""
    if len(text) > MAX_QUERY_CHARS:
        raise ValueFault(
            Sentence(
                f"搜索词超过 {MAX_QUERY_CHARS} 个字符，请缩短。",
                f"The query is longer than {MAX_QUERY_CHARS} characters. Shorten it.",
            )
        )
    refuse_control_characters(text)
    wanted: list[Term] = []
    unwanted: list[Term] = []
    # Folding would make an amount of ²K as well, but later: the query would not be what its own text is.
    for minus, phrase, words in _PART.findall(translate_amounts(normalize("NFKC", text))):
        terms = _terms(phrase or words, phrase=bool(phrase))
        (unwanted if minus else wanted).extend(replace(term, whole=bool(minus)) for term in terms)
    if len(wanted) + len(unwanted) > MAX_TERMS:
        raise ValueFault(
            Sentence(
                f"搜索词多于 {MAX_TERMS} 个。请减少，或加引号作为整句搜索。",
                f"The query has more than {MAX_TERMS} words. Use fewer, or put them in quotes as a phrase.",
            )
        )
    if not wanted and unwanted:
        raise ValueFault(
            Sentence(
                f"{quote_chinese(text)}只排除了词语，请再加上要找的词。",
                f"{text!r} only excludes words. Add a word to find.",
            )
        )
    if not wanted:
        raise ValueFault(
            Sentence(
                f"{quote_chinese(text)}中没有文字或数字，请输入要找的词。",
                f"{text!r} contains no letter and no digit. Add a word to find.",
            )
        )
    significant = [term for each in wanted if each.word not in STOP_WORDS for term in _without_question(each)]
    if not 0 < len(significant) <= MAX_TERMS:
        significant = wanted
    return Query(tuple(dict.fromkeys(significant)), tuple(dict.fromkeys(unwanted)))


def _terms(words: str, *, phrase: bool) -> list[Term]:
    """Return the terms of one part of a query: an amount and a phrase are one, other parts are split at punctuation."""
    amount = None if phrase else parse_amount(words)
    if not (phrase or amount):
        return [Term(runs) for runs in fold_pieces(words)]
    literal = phrase or not _UNIT_SIGNS.search(words)
    return [Term(runs, phrase, amount, literal, typed=words)] if (runs := fold(words)) else []


def _without_question(term: Term) -> Iterator[Term]:
    """Yield the parts of a Chinese term between words of questions: 碧江 and 钱 of 碧江得到多少钱."""
    (run, *more) = term.runs
    if more or term.phrase or term.amount or not is_unspaced(run):
        yield term
    else:
        yield from (Term((part,)) for part in _QUESTION_WORDS.split(run) if part)
