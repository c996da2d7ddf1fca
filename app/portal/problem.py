"""Errors as pages: for clients that prefer HTML, anywhere outside `/v1`."""

from collections.abc import Collection

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.errors import NotAcceptable, ReleaseChanged, ShanhaiError, problem_of
from app.http.addresses import header
from app.http.negotiation import Offer, negotiate
from app.http.problems import MEDIA_TYPE, problem_headers
from app.portal.page import Page, render
from app.request.parameters import MAX_NAME_CHARS_IN_ERROR

TITLES_ZH = {404: "没有这个页面", 422: "查询有误", 503: "服务暂不可用", 500: "内部错误"}

HTML_OFFER = Offer("html", "text/html")
OFFERS = (Offer("problem", MEDIA_TYPE), Offer("json", "application/json"), HTML_OFFER)

MAX_ALLOWED_SHOWN = 30  # allowed values; longer lists are in the data dictionary


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
    context = {
        "title": page.language.say(TITLES_ZH.get(problem.status, problem.title), problem.title),
        "detail": error.detail if isinstance(error, ShanhaiError) and not faults else problem.about,
        "faults": faults,
        "without_faults": _without(page, {fault.parameter for fault in faults}),
        "status": problem.status,
        "max_allowed": MAX_ALLOWED_SHOWN,
        "release": None,
        "catalog": None,
        "api": None,
    }
    response = render(page, "problem", context, problem.status)
    response.headers.update(problem_headers(error))
    return response
