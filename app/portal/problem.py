"""Errors as pages: for clients that prefer HTML, anywhere outside `/v1`."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.errors import Fault, NotAcceptable, NotFound, ReleaseChanged, ShanhaiError, problem_of
from app.http.addresses import header
from app.http.headers import FRAMED_POLICY
from app.http.negotiation import Offer, negotiate
from app.http.problems import MEDIA_TYPE, problem_headers
from app.models import COLLECTIONS
from app.nearest import find_nearest
from app.portal.embedding import FRAMES
from app.portal.page import Page, render
from app.request.parameters import MAX_NAME_CHARS_IN_ERROR
from app.sentence import Sentence

HTML_OFFER = Offer("html", "text/html")
OFFERS = (Offer("problem", MEDIA_TYPE), Offer("json", "application/json"), HTML_OFFER)

MAX_ALLOWED_SHOWN = 30  # allowed values; of longer lists, which are in the data dictionary, the nearest are shown
MAX_NEAREST_CHARS = 64  # of a wrong word; the search for the nearest takes the square of it


class Correction(NamedTuple):
    """An allowed word, and the URL of the page with it in place of the wrong one; None if there is no such page."""

    text: str
    url: str | None


class ShownFault(NamedTuple):
    """A fault as a page shows it. `unseen` counts the allowed words that are too many to be shown."""

    parameter: str
    detail: str
    corrections: list[Correction]
    unseen: int


def wants_page(request: Request) -> bool:
    """Return whether an error is shown as a page: the client prefers HTML, as browsers do."""
    if request.scope["path"].startswith("/v1"):
        return False
    try:
        return negotiate(header(request.scope, b"accept"), None, OFFERS) == HTML_OFFER
    except NotAcceptable:
        return False


def _without(page: Page, wrong: Collection[str]) -> str | None:
    """Return the page's URL without the parameters at fault, whose names an error may shorten; None without any."""
    rest = [pair for pair in page.query if pair[0][:MAX_NAME_CHARS_IN_ERROR] not in wrong]
    return page.own_url(rest) if len(rest) < len(page.query) else None


def problem_page(request: Request, error: Exception) -> Response:
    """Return the page of an error, which shows no details of an unexpected one.

    A table whose cursor belongs to another release begins again.
    """
    problem, page = problem_of(error), Page(request)
    if isinstance(error, ReleaseChanged) and (first := _without(page, {"cursor"})):
        return RedirectResponse(first, 303, problem_headers(error))
    faults = error.faults if isinstance(error, ShanhaiError) else ()
    detail = error.detail if isinstance(error, ShanhaiError) and not faults else problem.about
    headers = problem_headers(error)
    context = {
        "title": page.language.localize(problem.title),
        "detail": _localize(page, detail, problem.about),
        "faults": [_show(page, fault, problem.about) for fault in faults],
        "without_faults": _without(page, {fault.parameter for fault in faults}),
        "retry": page.own_url(page.query) if "Retry-After" in headers else None,
        "meant": [*_meant(page, error, request.app.state.page_names)] if isinstance(error, NotFound) else [],
        "missing_in": COLLECTIONS.get(page.path.split("/")[1]) if page.path.count("/") > 1 else None,
        "status": problem.status,
        "release": None,
        "catalog": None,
        "api": None,
    }
    if page.path.startswith(f"{FRAMES}/"):  # or else the page of another site would show an error of the browser
        response = render(page, "framed_problem", context, problem.status, policy=FRAMED_POLICY)
    else:
        response = render(page, "problem", context, problem.status)
    response.headers.update(headers)
    return response


def _localize(page: Page, detail: str, otherwise: Sentence) -> str:
    """Return a detail in the page's language. Details in English only are for programs and operators."""
    return page.language.localize(detail if isinstance(detail, Sentence) else Sentence(otherwise.zh, detail))


def _show(page: Page, fault: Fault, otherwise: Sentence) -> ShownFault:
    allowed, wrong = fault.allowed or [], fault.parameter if fault.misnamed else fault.wrong or ""
    shown = allowed if len(allowed) <= MAX_ALLOWED_SHOWN else find_nearest(wrong[:MAX_NEAREST_CHARS], allowed)
    corrections = [Correction(each, _corrected(page, fault, each)) for each in shown]
    return ShownFault(fault.parameter, _localize(page, fault.detail, otherwise), corrections, len(allowed) - len(shown))


def _corrected(page: Page, fault: Fault, right: str) -> str | None:
    """Return the URL of the page with an allowed word in place of the wrong one; None if no single word is wrong."""
    if fault.misnamed and right not in dict(page.query):
        renamed = [
            (right if name[:MAX_NAME_CHARS_IN_ERROR] == fault.parameter else name, text) for name, text in page.query
        ]
        return page.own_url(renamed)
    if not fault.misnamed and fault.wrong:
        words = {fault.wrong: right, f"-{fault.wrong}": f"-{right}"}  # a field to sort by may have a minus
        query = [
            (name, ",".join(words.get(each, each) for each in text.split(",")) if name == fault.parameter else text)
            for name, text in page.query
        ]
        return page.own_url(query) if query != page.query else None
    return None


def _meant(page: Page, error: NotFound, names: list[str]) -> Iterator[Correction]:
    """Yield the pages that may be meant by an address without one: similar records, or pages with a similar name."""
    first, *rest = page.path.removeprefix("/").split("/")
    for similar in error.similar:
        yield Correction(similar, page.url(f"/{first}/{similar}"))
    if first not in names:
        for name in find_nearest(first[:MAX_NEAREST_CHARS], names):
            yield Correction(name, page.url("/" + "/".join([name, *rest]), page.query))
