"""The differences between two releases: records added and removed, and every value before and after."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from app.errors import Unavailable
from app.releases.store import FrozenRelease

Record = dict[str, Any]


class Change(NamedTuple):
    """One value of one record before and after; None also for a field that was added or removed."""

    collection: str
    id: str
    field: str
    before: Any
    after: Any


class Named(NamedTuple):
    """A record that was added or removed."""

    collection: str
    id: str
    name_zh: str
    name_en: str


class Diff(NamedTuple):
    """The differences from one release to another, by collection and id."""

    old: str
    new: str
    added: list[Named]
    removed: list[Named]
    changed: list[Change]


def compare(old: FrozenRelease, new: FrozenRelease) -> Diff:
    """Compare two releases by their NDJSON files, which are sorted by id. Raises Unavailable."""
    diff = Diff(old.edition.id, new.edition.id, [], [], [])
    for slug in sorted({*old.edition.counts, *new.edition.counts}):
        for before, after in _pairs(_records(old, slug), _records(new, slug)):
            if before is None and after is not None:
                diff.added.append(_named(slug, after))
            elif after is None and before is not None:
                diff.removed.append(_named(slug, before))
            elif before and after:
                diff.changed.extend(_changes(slug, before, after))
    return diff


def as_text(diff: Diff) -> str:
    """Return the diff as text, one change per line."""
    counts = f"{len(diff.added)} added, {len(diff.removed)} removed, {len(diff.changed)} values changed"
    lines = [f"{diff.old} → {diff.new}: {counts}"]
    lines += [f"- {each.collection}/{each.id}  {each.name_zh} {each.name_en}" for each in diff.removed]
    lines += [f"+ {each.collection}/{each.id}  {each.name_zh} {each.name_en}" for each in diff.added]
    lines += [
        f"~ {each.collection}/{each.id}  {each.field}: {_as_json(each.before)} → {_as_json(each.after)}"
        for each in diff.changed
    ]
    return "\n".join(lines) + "\n"


def _records(frozen: FrozenRelease, slug: str) -> Iterator[Record]:
    file = frozen.file(f"{slug}.ndjson")
    if file is None:
        return  # the collection was added after the release
    if not frozen.is_intact(file):
        raise Unavailable(f"{file.name} of {frozen.edition.id} is damaged. Run `shanhai release` to write it again.")
    with frozen.path(file.name).open("rb") as lines:
        yield from map(msgspec.json.decode, lines)


def _pairs(old: Iterator[Record], new: Iterator[Record]) -> Iterator[tuple[Record | None, Record | None]]:
    """Merge two sorted streams into pairs of records with the same id."""
    before, after = next(old, None), next(new, None)
    while before or after:
        if after is None or (before and before["id"] < after["id"]):
            yield before, None
            before = next(old, None)
        elif before is None or after["id"] < before["id"]:
            yield None, after
            after = next(new, None)
        else:
            yield before, after
            before, after = next(old, None), next(new, None)


def _changes(slug: str, before: Record, after: Record) -> Iterator[Change]:
    for field in {**before, **after}:
        if before.get(field) != after.get(field):
            yield Change(slug, after["id"], field, before.get(field), after.get(field))


def _named(slug: str, record: Record) -> Named:
    return Named(slug, record["id"], record["name_zh"], record["name_en"])


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
