"""Addresses that people try, which redirect to the page with the answer, in the language that the client prefers."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.http.headers import REVALIDATE, VARY_BY_LANGUAGE
from app.http.languages import LANGUAGES
from app.http.redirects import redirect
from app.portal import reader
from app.portal.page import Page

# The page of each, and its anchor.
ALIASES = {
    "/docs": (reader.PATH, ""),
    "/opensearch.xml": ("/opensearch.xml", ""),
    "/contact": ("/about", "#contact"),
    "/privacy": ("/about", "#privacy"),
    "/accessibility": ("/about", "#accessibility"),
}

router = APIRouter()


async def _redirect(request: Request, path: str, anchor: str) -> Response:
    """Redirect to a page in the language that `?lang=` names, or else the client prefers."""
    page = Page(request)
    language = dict(page.query).get("lang")
    address = page.url(path, language=language if language in LANGUAGES else None)
    return redirect(address + anchor, 307, {"Cache-Control": REVALIDATE, "Vary": VARY_BY_LANGUAGE})


for alias, (target, anchor) in ALIASES.items():
    router.add_api_route(alias, partial(_redirect, path=target, anchor=anchor), name=alias)
