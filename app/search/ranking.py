"""Which records a query matches, and how well: seven ranks, each an expression of index terms.

- 0: a name or a value equals the query;
- 1: a name begins with it;
- 2: the names of a headline match every term, by synonyms too;
- 3: the names match every term;
- 4: the names of a headline match one of the terms, and it matches the others, but not by what defines another record;
- 5: the record's own texts match every term, or its names do by synonyms;
- 6: all other matches, by the words of related records.
"""

from collections.abc import Iterable
from typing import NamedTuple

from app.search.expression import Expression, Has, Without, all_of, any_of
from app.search.fold import is_unspaced
from app.search.query import Query, Term
from app.search.terms import (
    END,
    HEADLINE,
    MAX_TERM_CHARS,
    NAME,
    RELATED,
    REMOTE,
    SOUND,
    STEM,
    WHOLE,
    bigrams,
    name_term,
)

RANKS = 7


class Scope(NamedTuple):
    """Where a term is looked up, as the marks before it in the index."""

    marks: tuple[str, ...]
    amounts: str = ""  # the mark before an amount


NAMES = Scope((NAME,), NAME)  # no name has an amount, but it keeps the ranks' shape
OWN = Scope(("", NAME))
NAMES_OR_SYNONYMS = Scope((NAME, NAME + RELATED), NAME)
NEAR = Scope(("", NAME, RELATED))  # a synonym of a name has either mark
ANYWHERE = Scope((*NEAR.marks, REMOTE))
BORROWED = Scope((RELATED, REMOTE), NAME)


def candidates(query: Query) -> Expression:
    """Return the expression of all matches; terms that are not `is_certain` must still be looked up in the text."""
    return _without(_all(query, ANYWHERE), _unwanted(query))


def ranks(query: Query) -> tuple[tuple[int, Expression], ...]:
    """Return the number and the expression of each rank that can have matches. The ranks are disjoint."""
    exact, prefix = _exact(query), _prefix(query)
    in_names, own, near, anywhere = (_all(query, scope) for scope in (NAMES, OWN, NEAR, ANYWHERE))
    by_synonyms = [_matches(term, NAMES_OR_SYNONYMS) for term in query.wanted]
    headline = all_of([Has(HEADLINE), *by_synonyms])
    # Of one term, this is the same as `headline`.
    near_headline = all_of([Has(HEADLINE), any_of(by_synonyms), near]) if len(by_synonyms) > 1 else None
    own = any_of([own, all_of(by_synonyms)])
    # What is left matches some term by words of others only. Those are few where `anywhere` may be most records.
    rest = all_of([any_of(_matches(term, BORROWED) for term in query.wanted), anywhere])
    # `prefix` is a subset of `in_names`, as `headline` is of `near_headline`, and `in_names` of `own`.
    expressions = [
        (exact, ()),
        (prefix, (exact,)),
        (headline, (prefix, exact)),
        (in_names, (headline, prefix, exact)),
        (near_headline, (headline, in_names, exact)),
        (own, (in_names, near_headline or headline, exact)),
        (rest, (own, near_headline, exact)),
    ]
    unwanted = _unwanted(query)
    return tuple(
        (rank, _without(expression, [*better, *unwanted]))
        for rank, (expression, better) in enumerate(expressions)
        if expression
    )


def alternative(term: Term) -> Expression | None:
    """Return the expression of the term's amount, which matches as well as its text does."""
    return Has(term.amount) if term.amount else None


def _all(query: Query, scope: Scope) -> Expression:
    return all_of(_matches(term, scope) for term in query.wanted)


def _matches(term: Term, scope: Scope = ANYWHERE) -> Expression:
    """Match the term's text, an inflection of it, a Chinese name that sounds like it, or its amount."""
    ways: list[Expression] = [all_of(_text(term, scope))] if term.literal else []
    if term.word and not term.is_closed:
        ways.append(Has(NAME + SOUND + term.word[:MAX_TERM_CHARS], prefix=True))
    if stem := term.stem:
        ways += [_term(stem, scope)] if term.is_closed or not stem.startswith(term.word) else []
        ways.append(_term(STEM + stem, scope))
    if term.amount:
        ways.append(Has(scope.amounts + term.amount))
    return any_of(ways)


def _term(term: str, scope: Scope, *, prefix: bool = False) -> Expression:
    return any_of(Has(mark + term, prefix) for mark in scope.marks)


def _text(term: Term, scope: Scope) -> list[Expression]:
    """Match every run of a term, the last one also as a prefix unless it is `is_closed`."""
    (*before, last) = term.runs
    expressions = [each for run in before for each in _run(run, scope, prefix=False)]
    return [*expressions, *_run(last, scope, prefix=not term.is_closed)]


def _run(run: str, scope: Scope, *, prefix: bool) -> list[Expression]:
    if not is_unspaced(run):
        return [_term(run[:MAX_TERM_CHARS], scope, prefix=prefix)]
    if len(run) == 1:
        return [_term(run, scope, prefix=True)]
    return [_term(pair, scope) for pair in bigrams(run)]


def _unwanted(query: Query) -> list[Expression]:
    certain = [_matches(term) for term in query.unwanted if term.is_certain]
    return certain + [Has(term.amount) for term in query.unwanted if term.amount and not term.is_certain]


def _exact(query: Query) -> Expression | None:
    (term, *more) = query.wanted
    ways: list[Expression] = []
    if all(each.literal for each in query.wanted):
        names = [name_term(query.runs), *([name_term(query.runs, SOUND)] if term.word and not more else [])]
        ways += [Has(name) for name in names if name.endswith(END)]
    if term.amount and not more:
        ways.append(Has(WHOLE + term.amount))
    return any_of(ways) if ways else None


def _prefix(query: Query) -> Expression | None:
    name = name_term(query.runs)
    if not (name.endswith(END) and all(term.literal for term in query.wanted)):
        return None
    # After a word, the next run must begin; Chinese has no such boundary.
    return Has(name.removesuffix(END) + ("" if is_unspaced(query.runs[-1]) else "_"), prefix=True)


def _without(base: Expression, excluded: Iterable[Expression | None]) -> Expression:
    expressions = [each for each in excluded if each]
    return Without(base, any_of(expressions)) if expressions else base
