"""Searching as people type: text → what it is found by, a query → what it looks for, a record → where it was found.

It knows no database: `ranking` says in index terms which records a query finds, and `expression` writes that for each.
"""

from app.search.expression import SYNTAXES, Expression, write
from app.search.fold import fold, unspaced
from app.search.hit import Highlight, Hit, Places
from app.search.pinyin import syllables
from app.search.query import MAX_QUERY, Query, Term, read
from app.search.ranking import RANKS, alternative, candidates, ranks
from app.search.record import Searchable, searchable

RULES = 2  # to be raised when records come to be found by anything else

__all__ = [
    "MAX_QUERY",
    "RANKS",
    "RULES",
    "SYNTAXES",
    "Expression",
    "Highlight",
    "Hit",
    "Places",
    "Query",
    "Searchable",
    "Term",
    "alternative",
    "candidates",
    "fold",
    "ranks",
    "read",
    "searchable",
    "syllables",
    "unspaced",
    "write",
]
