"""The commands about the data: migrate, load, locate, verify."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import DATA_ERROR, count, exit_on_error, log, progress, read_settings
from app.cli.releases import freeze_in_subprocess
from app.db import Database
from app.errors import Unavailable
from app.evidence.spans import Paragraph
from app.evidence.text import match_paragraphs, read_lines
from app.evidence.verify import verify as verify_source
from app.load import Loaded, read_locators, relocate
from app.load import load as load_seed
from app.migrate import migrate as migrate_schema
from app.migrate import require_newest
from app.read.cited import read_cited, read_paragraphs

SeedFolder = Annotated[
    Path | None, typer.Argument(help="Folder with catalog.toml and the CSV files. Default: the project's seed/.")
]


def migrate() -> None:
    """Migrate the database to the current schema."""
    settings = read_settings()
    with exit_on_error():
        before, after = migrate_schema(settings.database)
    log(f"schema at {after}" + ("" if before == after else f", before at {before or 'nothing'}"))


def load(seed: SeedFolder = None) -> None:
    """Validate and load a seed folder in one transaction, then write the release's files.

    Reports every error; on any error nothing changes.
    """
    settings = read_settings()
    with exit_on_error():
        with Database(settings.database, "load") as database, progress("loading") as report:
            require_newest(database)
            loaded = load_seed(seed or settings.seed_dir, database, report)
        log_loaded(loaded)
        status = freeze_in_subprocess(settings)
    raise typer.Exit(status)


def locate(
    file: Annotated[Path, typer.Argument(help="The source's text: UTF-8, one paragraph per line.")],
    source_id: Annotated[str | None, typer.Option(help="Id of the source, if the seed has several.")] = None,
    lines: Annotated[
        str | None, typer.Option(help="First and last line of the body, such as 7-17. Required for a new source.")
    ] = None,
    seed: Annotated[Path | None, typer.Option(help="Seed folder. Default: the project's seed/.")] = None,
) -> None:
    """Find the words of every record in the source's text and write seed/locators.csv."""
    folder = seed or read_settings().seed_dir
    with exit_on_error(), progress("locating") as report:
        text = read_lines(file)
        locators, _ = read_locators(folder)
        paragraphs = {row.source_id: locators.paragraphs(row.source_id) for row in locators.rows}
        source = source_id or _guess_source(text, paragraphs)
        if not lines and not match_paragraphs(text, paragraphs.get(source, []), []):
            hint = f"{file} contains no located paragraph of {source!r}. Give the lines of its body with --lines."
            raise typer.BadParameter(hint, param_hint="--lines")
        located = relocate(folder, source, text, _select_body(text, lines), report)
    log(f"{source}: {sum(row.source_id == source for row in located.rows)} spans written to {folder / 'locators.csv'}")


def verify(
    source: Annotated[Path, typer.Option(help="The source's text: UTF-8, one paragraph per line.")],
    source_id: Annotated[str | None, typer.Option(help="Id of the source, if several are served.")] = None,
) -> None:
    """Verify every served record against the source's text, and account for every numeral of its body."""
    settings = read_settings()
    with exit_on_error():
        text = read_lines(source)
        with Database(settings.database, "export") as database, database.transaction() as connection:
            paragraphs = {
                each: [Paragraph(**paragraph) for paragraph in own] for each, own in read_paragraphs(connection).items()
            }
            if not paragraphs:
                raise Unavailable("No release is loaded. Run `shanhai load`.")
            chosen = source_id or _guess_source(text, paragraphs)
            if chosen not in paragraphs:
                raise typer.BadParameter(f"{chosen!r} is none of {', '.join(paragraphs)}.", param_hint="--source-id")
            spans = read_cited(connection, chosen)
    result = verify_source(text, paragraphs[chosen], spans)
    for finding in result.findings:
        typer.echo(finding)
    typer.echo(
        f"{chosen}: {result.records} records, {result.figures} of them figures, in {result.paragraphs} paragraphs; "
        f"{result.numerals} numerals, {result.served} in figures, {result.excluded} excluded with a reason: "
        f"{result.accounted:.3g} % accounted for"
    )
    if result.findings:
        log(count(len(result.findings), "finding"))
        raise typer.Exit(DATA_ERROR)


def log_loaded(loaded: Loaded) -> None:
    """Log the outcome of a load."""
    outcome = "loaded" if loaded.changed else "unchanged"
    records = sum(loaded.counts.values())
    log(f"release {loaded.release} {outcome}: {records} records, {loaded.counts['figures']} of them figures")


def _guess_source(lines: list[str], paragraphs: dict[str, list[Paragraph]]) -> str:
    """Return the source with the most paragraphs in a file. Raises BadParameter if there is none."""
    matches = {source: len(match_paragraphs(lines, own, [])) for source, own in paragraphs.items()}
    if not any(matches.values()) and len(matches) != 1:
        raise typer.BadParameter(
            "This file contains no paragraph of a known source. Give the source.", param_hint="--source-id"
        )
    return max(matches, key=lambda source: matches[source])


def _select_body(lines: list[str], span: str | None) -> list[str]:
    """Return the non-empty lines of a span such as 7-17."""
    if span is None:
        return []
    first, _, last = span.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last) <= len(lines)):
        raise typer.BadParameter(
            f"{span!r} is no span of the file's {len(lines)} lines. Write it such as 7-17.", param_hint="--lines"
        )
    return [line for line in lines[int(first) - 1 : int(last)] if line]
