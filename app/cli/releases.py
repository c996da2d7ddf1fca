"""The commands about releases: release, diff."""

import subprocess
import sys
from typing import Annotated

import typer

from app.cli.console import count, exit_on_error, log, progress, read_settings
from app.db import Database
from app.read.dataset import read_release
from app.releases.diff import as_text, compare
from app.releases.packed import is_packed
from app.releases.store import ReleaseStore
from app.settings import Settings

LATEST = "latest"


def release() -> None:
    """Freeze the edition that is served into files; where they lie there already, nothing changes."""
    from app.releases.freeze import freeze

    settings = read_settings()
    with exit_on_error(), Database(settings.database, "export") as database, progress("freezing") as report:
        frozen = freeze(database, ReleaseStore(settings.releases), report)
    size = sum(file.bytes for file in frozen.edition.files)
    log(f"release {frozen.edition.id}: {count(len(frozen.edition.files), 'file')}, {size:,} bytes, in {frozen.folder}")


def diff(
    old: Annotated[str, typer.Argument(help="Id of the release before, or latest.")],
    new: Annotated[str, typer.Argument(help="Id of the release after, or latest.")],
) -> None:
    """Tell what changed from one release to another, a line for each change."""
    settings = read_settings()
    shelf = ReleaseStore(settings.releases)
    with exit_on_error():
        if LATEST in {old, new}:
            with Database(settings.database) as database, database.transaction() as connection:
                newest = read_release(connection)["id"]
            old, new = (newest if each == LATEST else each for each in (old, new))
        typer.echo(as_text(compare(shelf.get(old), shelf.get(new))), nl=False)


def freeze_in_subprocess(settings: Settings) -> None:
    """Freeze the release that is served, where its files do not lie there yet, or not packed.

    In a process of its own: what it takes to write Parquet and workbooks would stay in the server's memory.
    """
    shelf = ReleaseStore(settings.releases)
    shelf.sweep()
    with Database(settings.database) as database, database.transaction() as connection:
        release = read_release(connection)["id"]
    frozen = shelf.find(release)
    if (frozen is None or not is_packed(frozen)) and run_subprocess("release"):
        log(f"the release is served without its {'files' if shelf.find(release) is None else 'packed files'}")


def run_subprocess(command: str) -> int:
    """Run a command of ours in a process of its own, and take it along where this one is told to end."""
    with subprocess.Popen([sys.executable, "-m", "app", command]) as process:  # noqa: S603 - ourselves
        try:
            return process.wait()
        except BaseException:
            process.terminate()  # it takes away what it has not finished
            raise
