"""`shanhai`: the commands of users, operators and curators. Results go to stdout, messages to stderr."""

from typing import Annotated

import typer

from app import __version__
from app.cli import assistants, backups, data, doctor, fetch, releases, serving, verify

cli = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Shanhai Open Data: the figures of China's East–West cooperation, each traced to the words of its source.",
    epilog="Exit status: 0 success · 1 invalid data or a fault · 2 wrong usage · 3 database, file or server missing",
)

cli.command(epilog="Example: PORT=8080 shanhai serve --workers 2")(serving.serve)
cli.command(epilog="Example: SHANHAI_URL=https://data.example.org shanhai mcp")(assistants.mcp)
cli.command(epilog="Example: DATABASE_URL=postgresql://localhost/shanhai shanhai migrate")(data.migrate)
cli.command(epilog="Example: shanhai load seed")(data.load)
cli.command(epilog="Example: shanhai locate article.txt --lines 7-17")(data.locate)
cli.command(epilog="Example: shanhai verify --source article.txt")(verify.verify)
cli.command(epilog="Example: shanhai release")(releases.release)
cli.command(epilog="Example: shanhai diff 2026-11-0123abcd 2027-01-4567cdef")(releases.diff)
cli.command(epilog="Example: shanhai doctor --full")(doctor.doctor)
cli.command(epilog="Example: shanhai backup shanhai.zip")(backups.backup)
cli.command(epilog="Example: shanhai restore shanhai.zip --replace")(backups.restore)


cli.command(epilog="Example: shanhai get figures --where unit=CNY --sort -value --format csv -o money.csv")(fetch.get)
cli.command(epilog="Example: shanhai cite figures/youth-teams --style bibtex")(fetch.cite)


@cli.callback(invoke_without_command=True)
def about(version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False) -> None:
    """Handle the options of the program itself."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


__all__ = ["cli"]
