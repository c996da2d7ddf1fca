"""The commands about the data themselves: migrate, load, locate, verify."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import DATA_AT_FAULT, counted, failing_well, progress, read_settings, say
from app.cli.releases import freeze_apart
from app.db import Database
from app.errors import Unavailable
from app.evidence.anchors import Paragraph
from app.evidence.text import match_paragraphs, read_lines
from app.evidence.verify import verify as verify_source
from app.load import Loaded, read_locators, relocate
from app.load import load as load_seed
from app.migrate import migrate as migrate_schema
from app.migrate import require_newest
from app.read.cited import read_cited, read_paragraphs
from app.settings import Settings

SeedFolder = Annotated[
    Path | None, typer.Argument(help="Folder of catalog.toml and the CSV files. Default: the project's seed/.")
]


def migrate() -> None:
    """Bring the database's schema up to date; where it is already, nothing changes."""
    settings = read_settings()
    with failing_well():
        before, after = migrate_schema(settings.database)
    say(f"schema at {after}" + ("" if before == after else f", before at {before or 'nothing'}"))


def load(seed: SeedFolder = None) -> None:
    """Load a seed folder: every fault told, one transaction, or nothing. Then freeze the release's files."""
    settings = read_settings()
    with failing_well():
        tell_loaded(load_into(settings, seed or settings.seed_dir))
        freeze_apart(settings)


def locate(
    file: Annotated[Path, typer.Argument(help="The source's text, UTF-8, a paragraph a line.")],
    source_id: Annotated[str | None, typer.Option(help="Which source, where the seed knows several.")] = None,
    lines: Annotated[
        str | None, typer.Option(help="First and last line of the body, such as 7-17: for a source not located before.")
    ] = None,
    seed: Annotated[Path | None, typer.Option(help="Seed folder. Default: the project's seed/.")] = None,
) -> None:
    """Find every record's words in the source's text and write seed/locators.csv."""
    folder = seed or read_settings().seed_dir
    with failing_well(), progress("locating") as report:
        text = read_lines(file)
        known, _ = read_locators(folder)
        paragraphs = {row.source_id: known.paragraphs(row.source_id) for row in known.rows}
        source = source_id or likeliest_source(text, paragraphs)
        if not lines and not match_paragraphs(text, paragraphs.get(source, []), []):
            hint = f"{file} holds no paragraph of {source!r} as located before; say with --lines where its body stands"
            raise typer.BadParameter(hint, param_hint="--lines")
        located = relocate(folder, source, text, body_of(text, lines), report)
    say(f"{source}: {sum(row.source_id == source for row in located.rows)} places written to {folder / 'locators.csv'}")


def verify(
    source: Annotated[Path, typer.Option(help="The source's text, UTF-8, a paragraph a line.")],
    source_id: Annotated[str | None, typer.Option(help="Which source, where several are served.")] = None,
) -> None:
    """Hold every served record against the source's text, and account for every numeral of its body."""
    settings = read_settings()
    with failing_well():
        text = read_lines(source)
        with Database(settings.database) as database, database.transaction() as connection:
            known = {
                each: [Paragraph(**paragraph) for paragraph in paragraphs]
                for each, paragraphs in read_paragraphs(connection).items()
            }
            if not known:
                raise Unavailable("no release is loaded yet; run `shanhai load`")
            chosen = source_id or likeliest_source(text, known)
            if chosen not in known:
                raise typer.BadParameter(f"{chosen!r} is none of {', '.join(known)}", param_hint="--source-id")
            anchors = read_cited(connection, chosen)
    outcome = verify_source(text, known[chosen], anchors)
    for finding in outcome.findings:
        typer.echo(finding)
    typer.echo(
        f"{chosen}: {outcome.records} records, {outcome.figures} of them figures, in {outcome.paragraphs} paragraphs; "
        f"{outcome.numerals} numerals, {outcome.served} in figures, {outcome.excluded} excluded with a reason: "
        f"{outcome.accounted:.3g} % accounted for"
    )
    if outcome.findings:
        say(counted(len(outcome.findings), "finding"))
        raise typer.Exit(DATA_AT_FAULT)


def load_into(settings: Settings, seed: Path) -> Loaded:
    """Load a seed folder into the settings' database."""
    with Database(settings.database, "load") as database, progress("loading") as report:
        require_newest(database)
        return load_seed(seed, database, report)


def tell_loaded(loaded: Loaded) -> None:
    """Tell what a load did."""
    what = "loaded" if loaded.changed else "unchanged"
    records = sum(loaded.counts.values())
    say(f"release {loaded.release} {what}: {records} records, {loaded.counts['figures']} of them figures")


def likeliest_source(lines: list[str], known: dict[str, list[Paragraph]]) -> str:
    """The source most of whose paragraphs stand in a file. Raises BadParameter where nobody can tell."""
    matches = {each: len(match_paragraphs(lines, paragraphs, [])) for each, paragraphs in known.items()}
    if not any(matches.values()) and len(matches) != 1:
        raise typer.BadParameter(
            "no known source's paragraphs stand in this file; say which source is meant", param_hint="--source-id"
        )
    return max(matches, key=lambda each: matches[each])


def body_of(lines: list[str], span: str | None) -> list[str]:
    """The body paragraphs in a span of lines such as 7-17, blank lines left out."""
    if span is None:
        return []
    first, _, last = span.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last) <= len(lines)):
        raise typer.BadParameter(
            f"{span!r} is no span of the file's {len(lines)} lines, such as 7-17", param_hint="--lines"
        )
    return [line for line in lines[int(first) - 1 : int(last)] if line]
