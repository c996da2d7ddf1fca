"""Documentation: where to start, how to ask, what each field means, what was released, how far standards are met."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.models import COLLECTIONS
from app.portal.page import Page, Told, asked, shown
from app.read.dataset import PublishedRelease, read_history, read_release
from app.releases.dataset import read_dataset
from app.releases.diff import compare
from app.releases.store import ReleaseStore
from app.request.controls import DEFAULT_LIMIT, MAX_LIMIT
from app.request.operators import OPERATORS
from app.standards.conformance import Status, conformance
from app.standards.dataset import Dataset
from app.standards.dictionary import dictionary

MOST_CHANGES = 50  # of each kind that a release shows


async def data(request: Request) -> Response:
    """The collections, and the files in which all of it can be taken away."""
    page = asked(request)
    return await shown(page, "data", lambda connection: _data(connection, page))


async def start(request: Request) -> Response:
    """Where to start."""
    page = asked(request)
    call = page.api("/figures", [("unit", "CNY"), ("sort", "-value"), ("limit", "3")])
    return await shown(
        page, "start", lambda _: {"call": call, "table_call": page.api("/figures.csv"), "api": page.api("")}
    )


async def queries(request: Request) -> Response:
    """How to ask, with examples to try."""
    page = asked(request)
    told = {"operators": OPERATORS, "usual": DEFAULT_LIMIT, "most": MAX_LIMIT, "api": page.api("/openapi.json")}
    return await shown(page, "queries", lambda _: told)


async def fields(request: Request) -> Response:
    """The data dictionary."""
    page = asked(request)
    return await shown(page, "dictionary", _of_dataset(page, dictionary, page.api("/dictionary")))


async def standards(request: Request) -> Response:
    """How far best practices are followed."""
    page = asked(request)
    address = f"{page.base}/conformance"
    return await shown(
        page, "conformance", _of_dataset(page, lambda told: {**conformance(told), "statuses": list(Status)}, address)
    )


async def releases(request: Request) -> Response:
    """Every release, its files, and what changed in it."""
    page = asked(request)
    return await shown(page, "releases", lambda connection: _releases(connection, page))


def _of_dataset(page: Page, told: Callable[[Dataset], Told], address: str) -> Callable[[Connection], Told]:
    def read(connection: Connection) -> Told:
        return {**told(read_dataset(connection, page.shelf, page.base)), "api": address}

    return read


def _data(connection: Connection, page: Page) -> Told:
    dataset = read_dataset(connection, page.shelf, page.base)
    release = read_release(connection)
    return {
        "counts": [(entity.collection, release["counts"][slug]) for slug, entity in COLLECTIONS.items()],
        "files": [file for file in dataset.files if file.entity is None],
        "api": page.api(""),
    }


def _releases(connection: Connection, page: Page) -> Told:
    return {
        "history": [_release(page.shelf, each) for each in read_history(connection)],
        "most": MOST_CHANGES,
        "api": page.api("/releases"),
    }


def _release(shelf: ReleaseStore, release: PublishedRelease) -> Told:
    """A release with its files, and with what changed since the one before where both are kept here."""
    frozen = shelf.find(release["id"])
    before = shelf.find(release["previous_id"]) if release["previous_id"] else None
    return {
        **release,
        "files": list(frozen.edition.files) if frozen else [],
        "diff": compare(before, frozen) if before and frozen else None,
    }
