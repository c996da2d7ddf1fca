"""Which records a query matches, and how well: four ranks, each an expression of index terms.

0: a name or a value equals the query; 1: a name begins with it; 2: the names match every term; 3: all other matches.
"""

from collections.abc import Iterable

from app.search.expression import Expression, Has, Without, all_of, any_of
from app.search.fold import is_unspaced
from app.search.query import Query, Term
from app.search.terms import END, MAX_TERM_CHARS, NAME, SOUND, STEM, WHOLE, bigrams, name_term

RANKS = 4


def candidates(query: Query) -> Expression:
    """Return the expression of all matches; terms that are not `is_certain` must still be looked up in the text."""
    return _without(all_of(_matches(term) for term in query.wanted), _unwanted(query))


def ranks(query: Query) -> tuple[tuple[int, Expression], ...]:
    """Return the number and the expression of each rank that can have matches. The ranks are disjoint."""
    exact, prefix = _exact(query), _prefix(query)
    in_names = all_of(_matches(term, in_names=True) for term in query.wanted)
    anywhere = all_of(_matches(term) for term in query.wanted)
    # `prefix` is a subset of `in_names`, and that one of `anywhere`.
    expressions = [(exact, ()), (prefix, (exact,)), (in_names, (prefix, exact)), (anywhere, (in_names, exact))]
    unwanted = _unwanted(query)
    return tuple(
        (rank, _without(expression, [*better, *unwanted]))
        for rank, (expression, better) in enumerate(expressions)
        if expression
    )


def alternative(term: Term) -> Expression | None:
    """Return the expression of the term's amount, which matches as well as its text does."""
    return Has(term.amount) if term.amount else None


def _matches(term: Term, *, in_names: bool = False) -> Expression:
    """Match the term's text, an inflection of it, a Chinese name that sounds like it, or its amount."""
    ways: list[Expression] = [all_of(_text(term, in_names=in_names))] if term.literal else []
    if term.word and not term.is_closed:
        ways.append(Has(NAME + SOUND + term.word[:MAX_TERM_CHARS], prefix=True))
    if stem := term.stem:
        ways += [_term(stem, in_names=in_names), _term(STEM + stem, in_names=in_names)]
    if term.amount:
        ways.append(Has((NAME if in_names else "") + term.amount))  # matches no name, but keeps the ranks' shape
    return any_of(ways)


def _term(term: str, *, in_names: bool, prefix: bool = False) -> Expression:
    """Match a term in names or anywhere. The index holds a name's terms only with their mark."""
    marked = Has(NAME + term, prefix)
    return marked if in_names else any_of([Has(term, prefix), marked])


def _text(term: Term, *, in_names: bool) -> list[Expression]:
    """Match every run of a term, the last one also as a prefix unless it is `is_closed`."""
    (*before, last) = term.runs
    expressions = [each for run in before for each in _run(run, in_names=in_names, prefix=False)]
    return [*expressions, *_run(last, in_names=in_names, prefix=not term.is_closed)]


def _run(run: str, *, in_names: bool, prefix: bool) -> list[Expression]:
    if not is_unspaced(run):
        return [_term(run[:MAX_TERM_CHARS], in_names=in_names, prefix=prefix)]
    if len(run) == 1:
        return [_term(run, in_names=in_names, prefix=True)]
    return [_term(pair, in_names=in_names) for pair in bigrams(run)]


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
