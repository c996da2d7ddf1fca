"""Records as entries of an Atom feed, in one language."""

from collections.abc import Iterable, Iterator
from datetime import date

from app.entity import Cited, Entity, Labels
from app.http.languages import CHINESE
from app.standards.atom import Entry, Link
from app.standards.dataset import Record
from app.standards.identifiers import Identifiers
from app.times import in_words

TEXTS = ("summary", "definition", "note")
QUALIFIERS = ("status", "standing")  # of which the first value is the usual one, which goes without saying


def entry(entity: type[Entity], record: Record, since: date, ids: Identifiers, labels: Labels, language: str) -> Entry:
    """Return the entry of a record that is as it is since a day."""
    zh, collection = language == CHINESE, entity.collection
    path, text = f"{collection.slug}/{record['id']}", record.get(f"text_{language}")
    name, source = record[f"name_{language}"], record.get("source_url")
    return Entry(
        ids.of_record(collection.slug, record["id"]),
        f"{name}{'：' if zh else ': '}{text}" if text else name,
        since,
        [
            Link("alternate", f"{ids.base_url}/{language}/{path}", "text/html"),
            Link("alternate", f"{ids.base_url}/v1/{path}", "application/json"),
            *([Link("via", source, "text/html")] if source else []),
        ],
        _sentences(_facts(entity, record, labels, language), "。" if zh else "."),
        (collection.slug, getattr(collection.title, language)),
    )


def _facts(entity: type[Entity], record: Record, labels: Labels, language: str) -> Iterator[str]:
    """Yield what qualifies a record, the words of its source, and what is said about it."""
    zh, columns = language == CHINESE, entity.columns()
    if "as_of" in record:
        yield in_words(record, language)
    for name in QUALIFIERS:
        if name in columns and record.get(name):
            known = columns[name].labels(labels)
            if record[name] != next(iter(known)):
                yield getattr(known[record[name]], language)
    if issubclass(entity, Cited):
        words = record[entity.words_column]
        yield f"原文：{words}" if zh else f"As stated: {words}"
    for name in TEXTS:
        if text := record.get(f"{name}_{language}"):
            yield text


def _sentences(texts: Iterable[str], stop: str) -> str:
    """Return the texts as sentences, in English with a space between them."""
    return ("" if stop == "。" else " ").join(
        f"{text[:1].upper()}{text[1:].removesuffix(stop)}{stop}" for text in texts
    )
