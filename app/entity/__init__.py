"""The building blocks of a declaration.

An entity is declared once, in one file of `app/models`; routes, filters, documents and files derive from the
declaration. This package names no entity.
"""

from app.entity.column import JSON, SLUG, TEXT, Column, Declared, Reference, column, label_column, reference
from app.entity.declaration import RESERVED_IDS, Cited, Collection, Described, Entity, NamedInSource, Qualified
from app.entity.reading_order import reading_order
from app.entity.span import CitedSpan
from app.entity.subject import HasSubject, attach_subjects, collection_of_subject, id_of_subject, kind_of_subject
from app.entity.table import Table
from app.entity.values import ValueFault, parse, refuse_control_characters, term
from app.entity.words import Absence, Bilingual, Labels, Terms, Vocabulary, labels_of, vocabulary

__all__ = [
    "JSON",
    "RESERVED_IDS",
    "SLUG",
    "TEXT",
    "Absence",
    "Bilingual",
    "Cited",
    "CitedSpan",
    "Collection",
    "Column",
    "Declared",
    "Described",
    "Entity",
    "HasSubject",
    "Labels",
    "NamedInSource",
    "Qualified",
    "Reference",
    "Table",
    "Terms",
    "ValueFault",
    "Vocabulary",
    "attach_subjects",
    "collection_of_subject",
    "column",
    "id_of_subject",
    "kind_of_subject",
    "label_column",
    "labels_of",
    "parse",
    "reading_order",
    "reference",
    "refuse_control_characters",
    "term",
    "vocabulary",
]
