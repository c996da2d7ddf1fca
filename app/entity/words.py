"""What people read: one text in both languages, and enumerations whose members carry their labels."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Self


class Bilingual(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


class Vocabulary(StrEnum):
    """An enumeration whose members are slugs with a label in both languages."""

    label: Bilingual

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        """`SLUG = "slug", "中文", "English"`."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = Bilingual(zh, en)
        return member

    @classmethod
    def label_of(cls, value: str) -> Bilingual:
        """The label of the member with this value."""
        return next(member.label for member in cls if member == value)


def vocabulary(name: str, terms: Mapping[str, Bilingual]) -> type[Vocabulary]:
    """A vocabulary made from a table instead of a class body."""
    # The functional call of an enumeration, which the type checker takes for the look-up of a member.
    make: Any = Vocabulary
    made: type[Vocabulary] = make(name, {term: (term, *label) for term, label in terms.items()})
    return made
