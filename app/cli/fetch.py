"""The commands that read a server, of this project's own or of anybody: get, cite."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Annotated

import typer

from app.cli.console import exit_on_error, log
from app.cli.display import bar, language, show_json, show_table, show_text
from app.cli.output import Output, Show
from app.cli.remote import DEFAULT_SERVER, ServerAddress, connected
from app.formats import FORMATS, JSON
from app.models import COLLECTIONS

COLLECTION = re.compile("[a-z-]+")  # what names one; a file has a dot or, like SHA256SUMS, capitals
FIGURES = "figures/"
FROZEN = "csv"  # of a collection in a release, unless another is named
STYLES = {"bibtex": "bib", "csl": "csl.json"}  # other names of the API's formats
SUFFIXES = {name: each.name for each in FORMATS.values() for name in (each.name, *each.aliases)}

OutputFile = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write. Default: stdout.")
]
Parameters = list[tuple[str, str]]


def get(
    what: Annotated[
        str,
        typer.Argument(
            help="A collection (figures), a record (figures/ID), its evidence (figures/ID/evidence), with --release a "
            "file (dataset.zip), or any other address below /v1 (figures/aggregate).",
            autocompletion=lambda: [*COLLECTIONS, "search"],
        ),
    ],
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=VALUE",
            help="Filter, such as unit=CNY or value__gte=1000; or any other parameter of the API. Repeatable.",
        ),
    ] = None,
    q: Annotated[str | None, typer.Option(help="Search for a text.")] = None,
    fields: Annotated[str | None, typer.Option(help="Only these keys, such as id,value,indicator.name_en.")] = None,
    sort: Annotated[str | None, typer.Option(help="Order; -value begins with the largest value.")] = None,
    include: Annotated[str | None, typer.Option(help="Related records inside each record.")] = None,
    labels: Annotated[str | None, typer.Option(help="Names beside slugs: zh or en.")] = None,
    limit: Annotated[int | None, typer.Option(help="Number of records. Default: all, on a terminal a page.")] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Default: by the name of the file, else JSON; on a terminal a table.",
            autocompletion=lambda: [*FORMATS],
        ),
    ] = None,
    output: OutputFile = None,
    release: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Get a file of this release, or of latest; its SHA-256 is checked."),
    ] = None,
    server: ServerAddress = DEFAULT_SERVER,
) -> None:
    """Get data from a server: collections whole or in part, records, and files of releases."""
    with exit_on_error():
        out = Output.of(output)
    given = {"q": q, "fields": fields, "sort": sort, "include": include, "labels": labels, "limit": limit}
    parameters = [*_pairs(where or ()), *((name, str(value)) for name, value in given.items() if value is not None)]
    if "://" in what:  # copied from a browser, or from `links`
        server, below, what = what.partition("/v1/")
        if not below:
            raise typer.BadParameter(f"{server} is not below /v1. Copy an address of the API.", param_hint="what")
    form = form or _format_of(what, output)
    show = show_json if form in {None, JSON.name} else show_text
    if form is None and not include:
        show = partial(show_table, fields=fields.split(",") if fields else (), lang=labels or language())
    if release is None:
        _get(server, what, form, parameters, out, show)
    elif parameters or "?" in what:
        raise typer.BadParameter("A release's file is whole. Leave out filters and other parameters.")
    else:
        name = f"{what}.{form or FROZEN}" if COLLECTION.fullmatch(what) else what
        _get_frozen(server, f"releases/{release}/files/{name}", out)


def cite(
    what: Annotated[
        str | None, typer.Argument(help="A figure: figures/ID. Default: the dataset.", metavar="figures/ID")
    ] = None,
    style: Annotated[
        str,
        typer.Option(help="bibtex, ris, csl or cff.", autocompletion=lambda: ["bibtex", "ris", "csl", "cff"]),
    ] = "bibtex",
    output: OutputFile = None,
    server: ServerAddress = DEFAULT_SERVER,
) -> None:
    """Print how to cite the dataset of a server, or the article that states one of its figures."""
    figure = what.strip("/").removeprefix(FIGURES) if what else None
    if figure and "/" in figure:
        raise typer.BadParameter(f"{what!r} is no figure. Write figures/ID.", param_hint="figures/ID")
    parameters = [("figure", figure)] if figure else []
    with exit_on_error():
        out = Output.of(output)
    _get(server, f"citation.{STYLES.get(style, style)}", None, parameters, out, show_text)


def _format_of(what: str, output: Path | None) -> str | None:
    """Return the format that the name of a file says. A collection has no name of its own that would say one."""
    suffix = output.suffix[1:] if output else ""
    form = SUFFIXES.get(suffix.lower())
    if suffix and not form and COLLECTION.fullmatch(what):
        known = ", ".join(f".{each}" for each in FORMATS)
        raise typer.BadParameter(
            f"'.{suffix}' is no format. End the name in {known}, or add --format.", param_hint="-o"
        )
    return form


def _get(server: str, what: str, form: str | None, parameters: Parameters, out: Output, show: Show) -> None:
    """Get what a server has now."""
    with connected(server) as remote, bar(what) as report:
        from app.client import Receiver

        name, _, query = what.strip("/").removeprefix("v1/").partition("?")
        is_collection = COLLECTION.fullmatch(name) and name in remote.index()[0]
        if is_collection and (form or not out.is_terminal):
            name = f"{name}.{form or JSON.name}"  # the whole; without an extension it would be a page
        elif form:
            parameters = [*parameters, ("format", form)]
        url = remote.url(f"{name}?{query}", parameters)

        def fill(file: IO[bytes]) -> None:
            remote.fetch(url, Receiver(file, text_only=out.is_terminal, report=report))

        out.write(fill, show)


def _get_frozen(server: str, path: str, out: Output) -> None:
    """Get a file of a release, and check it."""
    with connected(server) as remote, bar(path) as report:
        from app.client import fetch_frozen, save_frozen

        url = remote.url(path)
        if out.file:
            size = save_frozen(remote, url, out.file.resolve(), report)
            log(f"{out.file}: {size:,} bytes, with the SHA-256 that the server states")
            return

        def fill(file: IO[bytes]) -> None:
            fetch_frozen(remote, remote.head(url), file, report, text_only=out.is_terminal)

        out.write(fill, show_text)


def _pairs(filters: Iterable[str]) -> Iterator[tuple[str, str]]:
    for each in filters:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"{each!r} is not of the form FIELD=VALUE.", param_hint="--where")
        yield name, value
