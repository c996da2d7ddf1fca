"""The commands backup and restore."""

from pathlib import Path
from typing import Annotated

import typer

from app import backup as backups
from app.cli.console import DATA_ERROR, count, exit_on_error, log, read_settings
from app.db import Database
from app.releases.store import ReleaseStore


def backup(file: Annotated[Path, typer.Argument(help="The archive to write; replaced if it exists.")]) -> None:
    """Write the database and the files of every release into one checked archive, while the server runs."""
    settings = read_settings()
    with exit_on_error(), Database(settings.database, "export") as database:
        manifest, damaged = backups.backup(database, ReleaseStore(settings.releases), file)
    log(f"release {manifest.release} in {file}: {count(len(manifest.members), 'file')}, {file.stat().st_size:,} bytes")
    if damaged:
        log(f"left out, since files of them are damaged: {', '.join(damaged)}. Run `shanhai doctor`.")
        raise typer.Exit(DATA_ERROR)


def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `shanhai backup`.")],
    replace: Annotated[bool, typer.Option("--replace", help="Restore over a database that exists.")] = False,
) -> None:
    """Check a backup and restore it: the database, then the files of every release. Waits for a running load."""
    settings = read_settings()
    with exit_on_error():
        manifest = backups.restore(settings.database, ReleaseStore(settings.releases), file, replace=replace)
    log(f"release {manifest.release} restored from {file}")
