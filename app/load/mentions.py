"""What must hold of mentions: each is another place than that of the record which it names, and than other mentions."""

from collections.abc import Iterator
from typing import Any

from app.entity import Entity
from app.load.checks import BY_SINGULAR, Records
from app.load.faults import SeedFault
from app.load.rows import Row
from app.models.mention import Mention


class MentionChecks:
    """Checks of mentions, which come after the records that they name."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._lines: dict[tuple[Any, ...], int] = {}  # of mentions, by subject and span

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Report a mention that is where its record is located, or where an earlier mention of it is."""
        values = row.values
        if row.entity is not Mention or {"subject_kind", "subject_id"} & row.broken or values["end"] is None:
            return
        kind, subject = values["subject_kind"], values["subject_id"]
        named = self._records[BY_SINGULAR[kind]][subject].values()
        if named["end"] is not None and _overlap(values, named):
            detail = f"The {kind} {subject!r} is located by these words itself. A mention names it in another place."
            yield row.fault("as_named", detail)
        span = (kind, subject, values["source_id"], values["paragraph"], values["start"])
        if (line := self._lines.setdefault(span, row.line)) != row.line:
            yield row.fault("as_named", f"Line {line} has these words of {subject!r} already. Remove one of the lines.")

    def complete(self, _entity: type[Entity]) -> Iterator[SeedFault]:
        """Report nothing: all faults show in `row`."""
        yield from ()


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    in_one_paragraph = all(one[name] == other[name] for name in ("source_id", "paragraph"))
    return in_one_paragraph and bool(one["start"] < other["end"] and other["start"] < one["end"])
