"""The command that serves, after bringing schema, data and files up to date."""

from typing import Annotated

import typer

from app import server
from app.cli.console import exit_on_error, log, print_faults, progress, read_settings
from app.cli.data import log_loaded
from app.cli.releases import freeze_in_subprocess, run_subprocess
from app.db import Database
from app.load import InvalidSeed, unchanged
from app.migrate import migrate as migrate_schema
from app.read.cited import read_paragraphs
from app.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: PORT, else 8000.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    prepare: Annotated[
        bool,
        typer.Option(help="Migrate, load the seed and freeze its files first; where nothing is new, nothing changes."),
    ] = True,
    access_log: Annotated[bool, typer.Option(help="Log every request.")] = False,
) -> None:
    """Serve the API and the portal; by default after bringing schema and data up to date."""
    settings = read_settings()
    host, port = host or settings.host, settings.port if port is None else port
    with exit_on_error():
        server.require_free(host, port)
        if prepare:
            before, after = migrate_schema(settings.database)
            if before not in {None, after}:
                log(f"schema at {after}, before at {before}")
            load_or_keep(settings)
            freeze_in_subprocess(settings)
    shown = server.shown(host, port)
    example = f"curl '{shown}/v1/figures?unit=CNY&sort=-value'"
    typer.echo(f"portal   {shown}/\nreader   {shown}/docs\nexample  {example}", err=True)
    server.run(host, port, workers=workers, access_log=access_log)


def load_or_keep(settings: Settings) -> None:
    """Load the seed; where it is broken, tell so and keep serving what was loaded before, if anything was.

    In a process of its own: the dictionaries that it takes to write the search index would stay in the server's memory.
    """
    try:
        with Database(settings.database) as database, progress("comparing") as report:
            loaded = unchanged(settings.seed_dir, database, report)
    except InvalidSeed as error:
        with Database(settings.database) as database, database.transaction() as connection:
            if not read_paragraphs(connection):
                raise
        print_faults(error)
        log("the seed was not loaded; what was loaded before is served")
        return
    if loaded:
        log_loaded(loaded)
    elif status := run_subprocess("load"):
        raise typer.Exit(status)
