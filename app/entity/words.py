"""Bilingual texts, and vocabularies: enumerations with bilingual labels, or terms that are data."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, Self


class Bilingual(NamedTuple):
    """A text in Chinese and English."""

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
    @cache
    def labels(cls) -> Mapping[str, Bilingual]:
        """Return the labels of all members by slug."""
        return {member.value: member.label for member in cls}

    @classmethod
    def label_of(cls, value: str) -> Bilingual:
        """Return the label of a member."""
        return cls.labels()[value]


class Terms(NamedTuple):
    """A vocabulary whose terms are data: its id and its title. The records of `/v1/vocabularies` are its terms."""

    id: str
    title: Bilingual


# The labels of the terms of a release, by vocabulary and slug.
Labels = Mapping[str, Mapping[str, Bilingual]]


def labels_of(terms: Iterable[Sequence[str]]) -> Labels:
    """Return the labels of terms, each given as its vocabulary, slug, Chinese name and English name."""
    labels: dict[str, dict[str, Bilingual]] = {}
    for vocabulary, slug, zh, en in terms:
        labels.setdefault(vocabulary, {})[slug] = Bilingual(zh, en)
    return labels


class Absence(Vocabulary):
    """What an empty value means: the source does not say, it was not written down here, or there is nothing to say."""

    NOT_STATED = "not-stated", "未载明", "not stated"
    NOT_RECORDED = "not-recorded", "未记录", "not recorded"
    NOT_APPLICABLE = "not-applicable", "不适用", "not applicable"


def vocabulary(name: str, terms: Mapping[str, Bilingual]) -> type[Vocabulary]:
    """Return a vocabulary with these terms and labels."""
    enumeration: Any = Vocabulary  # mypy takes the functional API of Enum for a lookup of a member
    terms_of: type[Vocabulary] = enumeration(name, {term: (term, *label) for term, label in terms.items()})
    return terms_of
