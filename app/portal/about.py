"""About the site: its publisher, method, limits, corrections, licence, contact, privacy and accessibility."""

from fastapi.responses import HTMLResponse

from app.contact import email, takes_issues
from app.portal.page import RequestedPage, page_router, render_page

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
    return await render_page(page, "about", lambda _: context)
