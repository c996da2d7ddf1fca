"""The command serve."""

from typing import Annotated

import typer

from app import server
from app.cli.console import exit_on_error, log, noting_failure, print_faults, progress, read_settings
from app.cli.data import log_loaded
from app.cli.releases import freeze_in_subprocess, run_subprocess
from app.db import Database
from app.load import InvalidSeed, Loaded, unchanged
from app.migrate import migrate as migrate_schema
from app.read.cited import read_paragraphs
from app.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: PORT, else 8000.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Number of server processes.")] = 1,
    prepare: Annotated[
        bool, typer.Option(help="Migrate the database, load the seed and write the release's files first.")
    ] = True,
) -> None:
    """Serve the API and the portal; by default after migrating and loading what has changed."""
    settings = read_settings()
    host, port = host or settings.host, settings.port if port is None else port
    with exit_on_error():
        server.require_free(host, port)
        if prepare:
            before, after = migrate_schema(settings.database)
            if before not in {None, after}:
                log(f"schema at {after}, before at {before}")
            load_seed_or_keep(settings)
            freeze_in_subprocess(settings)
    url = server.display_url(host, port)
    example = f"curl '{url}/v1/figures?unit=CNY&per__isnull=true&sort=-value'"
    typer.echo(f"portal   {url}/\nreader   {url}/docs\nexample  {example}", err=True)
    server.run(host, port, settings, workers=workers)


def load_seed_or_keep(settings: Settings) -> None:
    """Load the seed if it changed. If it is invalid, keep the loaded release; without one, raise InvalidSeed.

    A subprocess loads, so that the server does not keep the memory of the dictionaries for the search index.
    """
    try:
        with noting_failure(settings.load_failed):
            loaded = compare(settings)
    except InvalidSeed as error:
        with Database(settings.database) as database, database.transaction() as connection:
            if not read_paragraphs(connection):
                raise
        print_faults(error)
        log("the seed was not loaded; the previous release is served")
        return
    if loaded:
        log_loaded(loaded)
    elif (status := run_subprocess("load")) and not compare(settings):  # not even loaded without files
        raise typer.Exit(status)


def compare(settings: Settings) -> Loaded | None:
    """Return the release if it is that of the seed, None if a load would change something. Raises InvalidSeed."""
    with Database(settings.database) as database, progress("comparing") as report:
        return unchanged(settings.seed_dir, database, report)
