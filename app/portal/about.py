"""About the site: its publisher, method, limits, corrections, licence, contact, privacy and accessibility."""

from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.contact import email, takes_issues
from app.evidence.numerals import count
from app.models.source import Source
from app.portal.page import Context, RequestedPage, page_router, render_page
from app.portal.table import read_records
from app.request.controls import MAX_LIMIT

router = page_router()


@router.get("/about")
async def about(page: RequestedPage) -> HTMLResponse:
    """Show the page."""
    contact = page.contact
    context = {
        "contact": contact,
        "contact_name": email(contact) or contact,
        "is_public_contact": takes_issues(contact),
        "api": page.api_url(""),
    }

    def read(connection: Connection) -> Context:
        sources, total = read_records(connection, Source, [("fields", "id,paragraphs"), ("limit", str(MAX_LIMIT))])
        return {**context, "sources": total, "numerals": [count(each["paragraphs"]) for each in sources]}

    return await render_page(page, "about", read)
