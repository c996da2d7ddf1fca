"""The API reference: Swagger UI, whose files come from a package, so that it works offline."""

from fastapi.responses import HTMLResponse

from app.http.headers import PAGE_POLICY
from app.portal.page import RequestedPage, page_router, render_page

PATH = "/docs/reference"
# Swagger UI styles elements inline and draws with images in its style sheet.
POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "img-src 'self'", "img-src 'self' data:"
)

router = page_router()


@router.get(PATH)
async def reader(page: RequestedPage) -> HTMLResponse:
    """Show the OpenAPI document in the language of the page."""
    context = {"api": page.api_url("/openapi.json", [("lang", page.language)])}
    return await render_page(page, "reader", lambda _: context, policy=POLICY)
