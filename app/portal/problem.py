"""What went wrong, for people: under every address that is a page's, and wherever a browser asks for one."""

from fastapi import Request
from fastapi.responses import Response

from app.errors import ShanhaiError, problem_of
from app.http.addresses import header
from app.http.languages import LANGUAGES, negotiate_language
from app.portal.language import Language
from app.portal.page import Page, written

TITLES = {404: "没有这个页面", 422: "查询有误", 503: "服务暂不可用", 500: "内部错误"}

FEW = 30  # of what would be right, as much as a reader takes in


def wants_page(request: Request) -> bool:
    """Whether whoever asks looks at pages: under a page's address, or a browser anywhere but in the API."""
    path, accepted = request.scope["path"], header(request.scope, b"accept") or ""
    return path.split("/")[1] in LANGUAGES or (not path.startswith("/v1") and accepted.startswith("text/html"))


def problem_page(request: Request, error: Exception) -> Response:
    """The page of an error. One that was not raised on purpose tells nothing of its inside."""
    problem = problem_of(error)
    first = request.scope["path"].split("/")[1]
    page = Page(request, Language(first if first in LANGUAGES else negotiate_language(request.scope)))
    told = {
        "title": page.language.say(TITLES.get(problem.status, problem.title), problem.title),
        "detail": error.detail if isinstance(error, ShanhaiError) and not error.faults else problem.about,
        "faults": error.faults if isinstance(error, ShanhaiError) else (),
        "status": problem.status,
        "few": FEW,
        "release": None,
        "catalog": None,
        "api": None,
    }
    response = written(page, "problem", told, status=problem.status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language"
    if problem.status == 503:
        response.headers["Retry-After"] = "5"
    return response
