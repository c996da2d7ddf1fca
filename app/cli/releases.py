"""The commands about releases: release, diff."""

import subprocess
import sys
from typing import Annotated

import typer

from app.cli.console import count, exit_on_error, log, progress, read_settings
from app.db import Database
from app.read.dataset import read_release
from app.releases.diff import as_text, compare
from app.releases.store import ReleaseStore
from app.settings import Settings

LATEST = "latest"


def release() -> None:
    """Write the files of the current release, unless they exist already."""
    from app.releases.freeze import freeze

    settings = read_settings()
    with exit_on_error(), Database(settings.database, "export") as database, progress("freezing") as report:
        frozen = freeze(database, ReleaseStore(settings.releases), report)
    size = sum(file.bytes for file in frozen.edition.files)
    log(f"release {frozen.edition.id}: {count(len(frozen.edition.files), 'file')}, {size:,} bytes, in {frozen.folder}")


def diff(
    old: Annotated[str, typer.Argument(help="Id of the older release, or latest.")],
    new: Annotated[str, typer.Argument(help="Id of the newer release, or latest.")],
) -> None:
    """Show the changes between two releases, one per line."""
    settings = read_settings()
    store = ReleaseStore(settings.releases)
    with exit_on_error():
        if LATEST in {old, new}:
            with Database(settings.database) as database, database.transaction() as connection:
                latest = read_release(connection)["id"]
            old, new = (latest if each == LATEST else each for each in (old, new))
        typer.echo(as_text(compare(store.get(old), store.get(new))), nl=False)


def freeze_in_subprocess(settings: Settings) -> int:
    """Write the files of the current release if they are missing, and return the exit status of that.

    A subprocess does it, so that the server does not keep the memory that Parquet and workbooks take.
    """
    store = ReleaseStore(settings.releases)
    store.sweep()
    with Database(settings.database) as database, database.transaction() as connection:
        release = read_release(connection)["id"]
    if store.find(release) is not None:
        return 0
    if status := run_subprocess("release"):
        log("the release is served without its files")
    return status


def run_subprocess(command: str) -> int:
    """Run a command of this program and return its status. The subprocess ends with this process."""
    with subprocess.Popen([sys.executable, "-m", "app", command]) as process:  # noqa: S603 - our own command
        try:
            return process.wait()
        except BaseException:
            process.terminate()
            raise
