"""The commands about releases: release, diff."""

from typing import Annotated

import typer

from app.cli.console import counted, failing_well, progress, read_settings, say
from app.db import Database
from app.releases.diff import as_text, compare
from app.releases.shelf import Shelf


def release() -> None:
    """Freeze the edition that is served into files; where they lie there already, nothing changes."""
    from app.releases.freeze import freeze

    settings = read_settings()
    with failing_well(), Database(settings.database, "export") as database, progress("freezing") as report:
        frozen = freeze(database, Shelf(settings.releases), report)
    size = sum(file.bytes for file in frozen.edition.files)
    say(
        f"release {frozen.edition.id}: {counted(len(frozen.edition.files), 'file')}, {size:,} bytes, in {frozen.folder}"
    )


def diff(
    old: Annotated[str, typer.Argument(help="Id of the release before.")],
    new: Annotated[str, typer.Argument(help="Id of the release after.")],
) -> None:
    """Tell what changed from one release to another, a line for each change."""
    shelf = Shelf(read_settings().releases)
    with failing_well():
        typer.echo(as_text(compare(shelf.get(old), shelf.get(new))), nl=False)
