"""The commands about the data: migrate, load, locate."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import count, exit_on_error, log, noting_failure, progress, read_settings
from app.cli.releases import freeze_in_subprocess
from app.db import Database
from app.db.reader_role import InvalidRole, grant_reads
from app.evidence.spans import Paragraph
from app.evidence.text import match_paragraphs, read_lines
from app.load import Exclusions, Loaded, Locators, propose_exclusions, read_known, relocate, unlocated_sources
from app.load import load as load_seed
from app.migrate import migrate as migrate_schema
from app.migrate import require_newest

SeedFolder = Annotated[
    Path | None, typer.Argument(help="Folder with catalog.toml and the CSV files. Default: the project's seed/.")
]


def migrate(
    reader: Annotated[
        str | None,
        typer.Option(
            metavar="ROLE", help="Role of PostgreSQL that may then read all tables and write none; made if it is new."
        ),
    ] = None,
) -> None:
    """Migrate the database to the current schema."""
    settings = read_settings()
    with exit_on_error():
        before, after = migrate_schema(settings.database)
        log(f"schema at {after}" + ("" if before == after else f", before at {before or 'nothing'}"))
        if reader is not None:
            with Database(settings.database, "migrate") as database, database.transaction() as connection:
                try:
                    is_new = grant_reads(connection, reader)
                except InvalidRole as error:
                    raise typer.BadParameter(f"{error}.", param_hint="--reader") from None
            log(f"role {reader} may read" + (". Set its password, if it needs one to log in" if is_new else ""))


def load(seed: SeedFolder = None) -> None:
    """Validate and load a seed folder in one transaction, then write the release's files.

    Reports every error; on any error nothing changes.
    """
    settings = read_settings()
    with exit_on_error():
        with (
            noting_failure(settings.load_failed),
            Database(settings.database, "load") as database,
            progress("loading") as report,
        ):
            require_newest(database)
            loaded = load_seed(seed or settings.seed_dir, database, report)
        log_loaded(loaded)
        status = freeze_in_subprocess(settings)
    raise typer.Exit(status)


def locate(
    file: Annotated[Path, typer.Argument(help="The source's text: UTF-8, one paragraph per line.")],
    source_id: Annotated[str | None, typer.Option(help="Id of the source, if the seed has several.")] = None,
    lines: Annotated[
        str | None,
        typer.Option(
            help="Lines of the body, without headings and captions: 7-17 or 5-11,13-20. Required for a new source."
        ),
    ] = None,
    seed: Annotated[Path | None, typer.Option(help="Seed folder. Default: the project's seed/.")] = None,
) -> None:
    """Find the words of every record, and every numeral, in the source's text and write seed/locators.csv.

    Prints a row for excluded-numerals.csv for each numeral that no record accounts for and that has a likely reason.
    """
    folder = seed or read_settings().seed_dir
    with exit_on_error(), progress("locating") as report:
        text = read_lines(file)
        known = read_known(folder)
        paragraphs = {row.source_id: known.paragraphs(row.source_id) for row in known.rows}
        source = source_id or guess_source(text, paragraphs, unlocated_sources(folder, paragraphs))
        if not lines and source not in paragraphs:
            hint = f"{source!r} was never located. Give the lines of its body with --lines, such as 5-11,13-20."
            raise typer.BadParameter(hint, param_hint="--lines")
        if not lines and not match_paragraphs(text, paragraphs[source], []):
            hint = (
                f"{file} contains no paragraph of {source!r} as it was located. "
                "If the text has changed, give the lines of its body with --lines."
            )
            raise typer.BadParameter(hint, param_hint="--lines")
        located, texts = relocate(folder, source, text, _select_body(text, lines), report)
        proposed = propose_exclusions(folder, source, texts, located)
    log(f"{source}: {sum(row.source_id == source for row in located.rows)} spans written to {folder / 'locators.csv'}")
    _print_open(source, located, proposed)


def _print_open(source: str, located: Locators, proposed: Exclusions) -> None:
    """Print the numerals of a source that no record accounts for: the proposed rows to stdout, all else to stderr."""
    total = sum(map(len, located.numerals(source).values()))
    missing = sum(map(len, located.unaccounted(source).values()))
    log(f"{source}: {count(total, 'numeral')}, {missing} in no figure and not excluded")
    if proposed.open:
        log("serve each of these as a figure, or exclude it with a reason:")
    for line in proposed.open:
        typer.echo(line, err=True)
    if proposed.rows:
        log("rows for excluded-numerals.csv; check each, add those that are right, and locate again:")
    for line in proposed.rows:
        typer.echo(line)


def log_loaded(loaded: Loaded) -> None:
    """Log the outcome of a load."""
    outcome = "loaded" if loaded.changed else "unchanged"
    records = sum(loaded.counts.values())
    log(f"release {loaded.release} {outcome}: {records} records, {loaded.counts['figures']} of them figures")
    for warning in loaded.warnings:
        log(f"warning: {warning}")


def guess_source(lines: list[str], paragraphs: dict[str, list[Paragraph]], unlocated: Sequence[str] = ()) -> str:
    """Return the source with the most paragraphs in a file. Raises BadParameter if there is none."""
    matches = {source: len(match_paragraphs(lines, own, [])) for source, own in paragraphs.items()}
    if not any(matches.values()):
        new = (
            f"For the first text of {' or '.join(map(repr, unlocated))}, give its id and the lines of its body: "
            f"--source-id {unlocated[0]} --lines 5-11."
            if unlocated
            else "For a new source, add its row to sources.csv first, then give its id."
        )
        raise typer.BadParameter(
            f"This file contains no located paragraph of {' or '.join(map(repr, matches)) or 'any source'}. {new}",
            param_hint="--source-id",
        )
    return max(matches, key=lambda source: matches[source])


def _select_body(lines: list[str], spans: str | None) -> list[str]:
    """Return the non-empty lines of spans such as 5-11,13-20 or 7."""
    body: list[str] = []
    before = 0
    for span in spans.split(",") if spans is not None else ():
        match = re.fullmatch(r"\s*([0-9]{1,9})(?:-([0-9]{1,9}))?\s*", span)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not before < first <= last <= len(lines):
            raise typer.BadParameter(
                f"{span!r} is no span of the file's {len(lines)} lines{f' after line {before}' if before else ''}. "
                "Write spans in their order, such as 5-11,13-20.",
                param_hint="--lines",
            )
        body += filter(None, lines[first - 1 : last])
        before = last
    return body
