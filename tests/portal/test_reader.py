"""The reader of the API at /docs, in a browser: it opens an operation, executes it, and asks no other server."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.portal.conftest import Site


def test_an_operation_opens_and_executes(tab: Page, site: Site) -> None:
    hosts: set[str] = set()
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.goto(f"{site.base}/docs")
    tab.locator("#operations-tag-Figures").click()
    operation = tab.locator("#operations-Figures-downloadFiguresCsv")
    operation.locator(".opblock-summary").click()
    expect(operation.locator("tr[data-param-name=unit]")).to_contain_text("Unit of measurement")
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(operation.locator(".request-url")).to_contain_text(f"{site.base}/v1/figures.csv")
    assert hosts - {""} == {urlsplit(site.base).netloc}
