"""Search without a database: record → index terms, query → expressions of terms, hit → spans in the record.

`ranking` turns a query into an expression for each rank; `expression` writes it for SQLite and PostgreSQL.
"""

from app.search.expression import SYNTAXES, Expression, write
from app.search.fold import fold, is_unspaced
from app.search.hit import Highlight, Highlighter, Hit, related_hit
from app.search.pinyin import syllables
from app.search.query import MAX_QUERY_CHARS, Query, Term, parse_query
from app.search.ranking import RANKS, alternative, candidates, ranks
from app.search.record import NO_SYNONYMS, IndexedRecord, Related, RelatedText, index_record, related
from app.search.synonyms import Synonyms

RULES = 3  # version of the index's content; a load rebuilds an index of another version

__all__ = [
    "MAX_QUERY_CHARS",
    "NO_SYNONYMS",
    "RANKS",
    "RULES",
    "SYNTAXES",
    "Expression",
    "Highlight",
    "Highlighter",
    "Hit",
    "IndexedRecord",
    "Query",
    "Related",
    "RelatedText",
    "Synonyms",
    "Term",
    "alternative",
    "candidates",
    "fold",
    "index_record",
    "is_unspaced",
    "parse_query",
    "ranks",
    "related",
    "related_hit",
    "syllables",
    "write",
]
