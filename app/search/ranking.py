"""Which records a query finds, and in which order: six ranks, each an expression of index terms.

0: a name is what is looked for, or a value is; 1: a name begins with it; 2: all words stand in names; 3: names hold
words that only begin so, or sound so; 4 and 5: the same of all texts. In Chinese, where any part of a text is whole,
3 and 5 hold nothing.
"""

from collections.abc import Iterable

from app.search.expression import Expression, Has, Without, every, some
from app.search.fold import unspaced
from app.search.query import Query, Term
from app.search.terms import END, LONGEST, NAME, SOUND, STEM, WHOLE, pairs, whole

RANKS = 6


def candidates(query: Query) -> Expression:
    """All records that the query can find; of some, the text must still be looked at (`Term.certain`)."""
    return _without(every(_found(term) for term in query.wanted), _unwanted(query))


def ranks(query: Query) -> tuple[tuple[int, Expression], ...]:
    """The candidates of each rank; no record is in two. A rank that can have none is left out.

    What begins with the query stands in names, and what stands in names is found: no rank need say so again.
    """
    name, begins, valued = _name(query), _beginning(query), _value(query)
    named, named_so, found, found_so = (
        every(_found(term, named=named, whole=whole) for term in query.wanted)
        for named in (True, False)
        for whole in (True, False)
    )
    first = some([each for each in (name, valued) if each]) if name or valued else None
    told = [
        (0, first, ()),
        (1, begins, (first,)),
        (2, named, (begins, first)),
        (3, named_so if named_so != named else None, (named, first)),
        (4, found, (named_so, first)),
        (5, found_so if found_so != found else None, (found, named_so, first)),
    ]
    unwanted = _unwanted(query)
    return tuple((rank, _without(own, [*better, *unwanted])) for rank, own, better in told if own)


def alternative(term: Term) -> Expression | None:
    """What is as good as a term's own text: the amount that it says."""
    return Has(term.amount) if term.amount else None


def _found(term: Term, *, named: bool = False, whole: bool = False) -> Expression:
    """What leads to a term, anywhere or in names: the terms of its text, forms of the same word, or the amount.

    Where not only `whole` words count, what begins with its last word too, and names that sound so.
    """
    ways: list[Expression] = [every(_literal(term, named=named, whole=whole))] if term.literal else []
    if term.word and not (whole or term.closed):
        ways.append(Has(NAME + SOUND + term.word[:LONGEST], prefix=True))
    if stem := term.stem:
        ways += [_standing(stem, named=named), _standing(STEM + stem, named=named)]
    if term.amount:
        ways.append(Has((NAME if named else "") + term.amount))  # no name holds an amount, but every rank asks alike
    return some(ways)


def _standing(term: str, *, named: bool, prefix: bool = False) -> Expression:
    """A term in names alone, or anywhere: one that stands in a name is not given again without the mark."""
    in_names = Has(NAME + term, prefix)
    return in_names if named else some([Has(term, prefix), in_names])


def _literal(term: Term, *, named: bool, whole: bool) -> list[Expression]:
    """The index terms of all runs: pairs of characters, words, and of the last word the beginning."""
    (*before, last) = term.runs
    found: list[Expression] = [each for run in before for each in _run(run, named=named, prefix=False)]
    return [*found, *_run(last, named=named, prefix=not (whole or term.closed))]


def _run(run: str, *, named: bool, prefix: bool) -> list[Expression]:
    if not unspaced(run):
        return [_standing(run[:LONGEST], named=named, prefix=prefix)]
    if len(run) == 1:
        return [_standing(run, named=named, prefix=True)]
    return [_standing(pair, named=named) for pair in pairs(run)]


def _unwanted(query: Query) -> list[Expression]:
    certain = [_found(term, whole=True) for term in query.unwanted if term.certain]
    return certain + [Has(term.amount) for term in query.unwanted if term.amount and not term.certain]


def _name(query: Query) -> Expression | None:
    (term, *more) = query.wanted
    names = [whole(query.runs), *([whole(query.runs, SOUND)] if term.word and not more else [])]
    ways = [Has(name) for name in names if name.endswith(END)]
    return some(ways) if ways and _literally(query) else None


def _beginning(query: Query) -> Expression | None:
    name = whole(query.runs)
    if not (name.endswith(END) and _literally(query)):
        return None
    # Behind a word another run begins; Chinese just goes on.
    return Has(name.removesuffix(END) + ("" if unspaced(query.runs[-1]) else "_"), prefix=True)


def _literally(query: Query) -> bool:
    return all(term.literal for term in query.wanted)


def _value(query: Query) -> Expression | None:
    (term, *more) = query.wanted
    return Has(WHOLE + term.amount) if term.amount and not more else None


def _without(base: Expression, taken: Iterable[Expression | None]) -> Expression:
    known = [each for each in taken if each]
    return Without(base, some(known)) if known else base
