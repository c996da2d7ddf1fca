"""The command verify."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import DATA_ERROR, count, exit_on_error, log
from app.cli.data import guess_source
from app.cli.served import served, stored
from app.errors import Unavailable
from app.evidence.text import read_lines
from app.evidence.verify import misread
from app.evidence.verify import verify as verify_source
from app.read.dataset import NOT_LOADED


def verify(
    source: Annotated[Path, typer.Option(help="The source's text: UTF-8, one paragraph per line.")],
    source_id: Annotated[str | None, typer.Option(help="Id of the source, if several are served.")] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Verify what this server serves. Default: what the database has."),
    ] = None,
) -> None:
    """Verify every served record against the source's text, and account for every numeral of its body."""
    with exit_on_error():
        text = read_lines(source)
        with served(server) if server else stored() as (paragraphs, read_citing):
            if not paragraphs:
                raise Unavailable(NOT_LOADED)
            chosen = source_id or guess_source(text, paragraphs)
            if chosen not in paragraphs:
                raise typer.BadParameter(f"{chosen!r} is none of {', '.join(paragraphs)}.", param_hint="--source-id")
            spans, figures = read_citing(chosen)
            result = verify_source(text, paragraphs[chosen], spans)
            result.findings += misread(figures)  # of a server, which may lack a key
    for finding in result.findings:
        typer.echo(_printable(finding) if server else finding)
    typer.echo(
        f"{chosen}: {result.records} records, {result.figures} of them figures, in {result.paragraphs} paragraphs; "
        f"{result.numerals} numerals, {result.served} in figures, {result.excluded} excluded with a reason: "
        f"{result.accounted:.3g} % accounted for"
    )
    if result.findings:
        log(count(len(result.findings), "finding"))
        raise typer.Exit(DATA_ERROR)


def _printable(finding: str) -> str:
    from app.client import printable

    return printable(finding)
