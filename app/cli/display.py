"""What a terminal shows: records as a table, other documents as indented JSON, large downloads as a bar."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Any

from app.cli.console import log

if TYPE_CHECKING:
    from rich.table import Table

    from app.client import Report

# The keys of a record that a table has, in one language, unless `--fields` selects others.
READABLE = ("collection", "id", "name_{}", "text_{}", "title", "as_stated", "as_named")
MAX_COLUMNS = 8  # of records that have none of these keys
LARGE_BYTES = 1 << 20  # a longer download has a bar

Record = dict[str, Any]


def language() -> str:
    """Return the language of the terminal: zh or en."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if locale.startswith("zh") else "en"


def show_text(file: IO[bytes]) -> None:
    """Print a text."""
    from app.client import printable

    for line in file:
        sys.stdout.write(printable(line.decode("utf-8", "replace").rstrip("\r\n")) + "\n")


def show_json(file: IO[bytes]) -> None:
    """Print a document, indented, or a text that is none as it is."""
    from rich.console import Console  # takes a while to import

    from app.client import printable

    try:
        document = json.load(file)
    except ValueError:
        file.seek(0)
        show_text(file)
    else:
        Console().print_json(printable(json.dumps(document, ensure_ascii=False)), indent=2)


def show_table(file: IO[bytes], fields: Sequence[str], lang: str) -> None:
    """Print the records of a document as a table, and a document without records as `show_json` does."""
    from rich.console import Console

    try:
        document = json.load(file)
        records = document["data"]
        columns = _columns(records[0], fields, lang)
    except (ValueError, LookupError, TypeError, AttributeError):
        file.seek(0)
        show_json(file)
        return
    Console(highlight=False).print(_table(records, columns))
    total = (document.get("meta") or {}).get("total", len(records))
    hint = "--fields selects keys, --limit more records; --format json prints everything"
    log(f"{len(records)} of {total} records, {len(columns)} of {len(records[0])} keys. {hint}")


def _columns(record: Record, fields: Sequence[str], lang: str) -> list[str]:
    readable = [key for each in READABLE if (key := each.format(lang)) in record]
    flat = [key for key, value in record.items() if not isinstance(value, dict | list)]
    return [key for key in fields if key in record] or (readable if len(readable) > 1 else flat[:MAX_COLUMNS])


def _table(records: Sequence[Record], columns: Sequence[str]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    from app.client import printable

    table = Table(box=None, pad_edge=False)
    for column in columns:
        is_number = all(isinstance(record.get(column), int | float | None) for record in records)
        table.add_column(Text(printable(column)), justify="right" if is_number else "left", overflow="fold")
    for record in records:
        table.add_row(*(Text(printable(_cell(record.get(column)))) for column in columns))
    return table


def _cell(value: object) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    return "" if value is None else json.dumps(value, ensure_ascii=False)


@contextmanager
def bar(name: str) -> Iterator["Report | None"]:
    """Yield a function that shows the progress of a large download if stderr is a terminal, else None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
    )
    shown = progress.Progress(*columns, console=Console(stderr=True), transient=True)
    with ExitStack() as stack:

        def report(received: int, total: int | None) -> None:
            if max(received, total or 0) < LARGE_BYTES:
                return
            if not shown.tasks:
                stack.enter_context(shown)
                shown.add_task(name)
            shown.update(shown.tasks[0].id, completed=received, total=total)

        yield report
