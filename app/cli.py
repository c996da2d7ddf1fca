"""`shanhai`: migrate, load, locate, verify, serve. What a command finds goes to stdout, how it fares to stderr."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from app import __version__, server
from app.db import Database
from app.errors import Unavailable
from app.evidence.anchors import Paragraph
from app.evidence.text import SourceUnreadable, match_paragraphs, read_lines
from app.evidence.verify import verify as verify_source
from app.load import InvalidSeed, Loaded, read_locators, relocate
from app.load import load as load_seed
from app.migrate import migrate as migrate_schema
from app.migrate import require_newest
from app.query.anchored import read_anchored, read_paragraphs
from app.settings import Settings

DATA_AT_FAULT, USAGE, NOT_AVAILABLE = 1, 2, 3

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Shanhai Open Data: the figures of China's East–West cooperation, each led back to the words it comes from.",
    epilog="Exit status: 0 done · 1 the data is at fault · 2 wrong usage · 3 database or file not available",
)
console = Console(stderr=True, highlight=False, soft_wrap=True)

SeedFolder = Annotated[
    Path | None, typer.Argument(help="Folder of catalog.toml and the CSV files. Default: the project's seed/.")
]


@cli.callback(invoke_without_command=True)
def about(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:
    """Options of the program itself."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@cli.command(epilog="Example: DATABASE_URL=postgresql://localhost/shanhai shanhai migrate")
def migrate() -> None:
    """Bring the database's schema up to date; where it is already, nothing changes."""
    settings = read_settings()
    with failing_well():
        before, after = migrate_schema(settings.database)
    say(f"schema at {after}" + ("" if before == after else f", before at {before or 'nothing'}"))


@cli.command(epilog="Example: shanhai load seed")
def load(seed: SeedFolder = None) -> None:
    """Load a seed folder: every fault told, one transaction, or nothing."""
    settings = read_settings()
    with failing_well():
        tell_loaded(load_into(settings, seed or settings.seed_dir))


@cli.command(epilog="Example: shanhai locate article.txt --lines 7-17")
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


@cli.command(epilog="Example: shanhai verify --source article.txt")
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
            anchors = read_anchored(connection, chosen)
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


@cli.command(epilog="Example: PORT=8080 shanhai serve --workers 2")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: PORT, else 8000.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    prepare: Annotated[
        bool, typer.Option(help="Migrate and load the seed first; both change nothing where nothing is new.")
    ] = True,
    access_log: Annotated[bool, typer.Option(help="Log every request.")] = False,
) -> None:
    """Serve the API and the portal; by default after bringing schema and data up to date."""
    settings = read_settings()
    host, port = host or settings.host, settings.port if port is None else port
    with failing_well():
        server.require_free(host, port)
        if prepare:
            migrate_schema(settings.database)
            tell_loaded(load_or_keep(settings))
    shown = server.shown(host, port)
    console.print(f"portal   {shown}/\nreader   {shown}/docs\nexample  curl '{shown}/v1/figures?unit=CNY&sort=-value'")
    server.run(host, port, workers=workers, access_log=access_log)


def setting(name: str) -> str:
    """The environment variable of a setting."""
    return name if name.isupper() else f"SHANHAI_{name.upper()}"


def read_settings() -> Settings:
    """The settings of the environment; what is wrong with them is wrong usage."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            say(f"{setting(str(fault['loc'][0]))}: {fault['msg'].removeprefix('Value error, ')}")
        raise typer.Exit(USAGE) from None


def load_into(settings: Settings, seed: Path) -> Loaded:
    """Load a seed folder into the settings' database."""
    with Database(settings.database, "load") as database, progress("loading") as report:
        require_newest(database)
        return load_seed(seed, database, report)


def load_or_keep(settings: Settings) -> Loaded | None:
    """Load the seed; where it is broken, tell so and keep serving what was loaded before, if anything was."""
    try:
        return load_into(settings, settings.seed_dir)
    except InvalidSeed as error:
        with Database(settings.database) as database, database.transaction() as connection:
            if not read_paragraphs(connection):
                raise
        tell_faults(error)
        say("the seed was not loaded; what was loaded before is served")
        return None


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


@contextmanager
def failing_well() -> Iterator[None]:
    """Tell what is wrong in words, and leave with the status that says which kind of wrong it is."""
    try:
        yield
    except InvalidSeed as error:
        tell_faults(error)
        say("nothing was changed")
        raise typer.Exit(DATA_AT_FAULT) from None
    except Unavailable as error:
        say(f"{error} ({error.inside})" if error.inside else str(error))
        raise typer.Exit(NOT_AVAILABLE) from None
    except SourceUnreadable as error:
        say(str(error))
        raise typer.Exit(NOT_AVAILABLE) from None


@contextmanager
def progress(doing: str) -> Iterator[Callable[[str], None]]:
    """A report of where the work is: a moving line on a terminal, a line every two seconds elsewhere."""
    last = time.monotonic()
    with console.status(f"{doing} …") as status:

        def report(message: str) -> None:
            nonlocal last
            status.update(f"{doing} … {message}")
            if not console.is_terminal and time.monotonic() - last > 2:
                last = time.monotonic()
                say(message)

        yield report


def tell_loaded(loaded: Loaded | None) -> None:
    """Tell what a load did."""
    if loaded:
        what = "loaded" if loaded.changed else "unchanged"
        records = sum(loaded.counts.values())
        say(f"release {loaded.release} {what}: {records} records, {loaded.counts['figures']} of them figures")


def tell_faults(error: InvalidSeed) -> None:
    """Tell every fault of a seed, a line each, as compilers do."""
    for fault in error.faults:
        typer.echo(str(fault), err=True)
    say(f"{counted(len(error.faults), 'fault')} in the seed")


def counted(number: int, noun: str) -> str:
    """`1 fault`, `2 faults`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def say(message: str) -> None:
    """A line about the run, to stderr."""
    typer.echo(f"shanhai: {message}", err=True)
