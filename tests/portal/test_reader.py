"""The reader of the API at /docs, in a browser: it opens an operation, executes it, and asks no other server."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.portal.conftest import Site


@pytest.mark.parametrize(
    ("query", "tag", "unit", "other"),
    [("", "Figures", "Unit of measurement", "中文"), ("?lang=zh", "数字", "计量单位", "English")],
    ids=["en", "zh"],
)
def test_an_operation_opens_and_executes(tab: Page, site: Site, query: str, tag: str, unit: str, other: str) -> None:
    hosts: set[str] = set()
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.goto(f"{site.base}/docs{query}")
    tab.locator(f"#operations-tag-{tag}").click()
    operation = tab.locator(f"#operations-{tag}-downloadFiguresCsv")
    operation.locator(".opblock-summary").click()
    expect(operation.locator("tr[data-param-name=unit]")).to_contain_text(unit)
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(operation.locator(".request-url")).to_contain_text(f"{site.base}/v1/figures.csv")
    assert hosts - {""} == {urlsplit(site.base).netloc}
    tab.get_by_role("link", name=other, exact=True).click()
    expect(tab.locator("html")).not_to_have_attribute("lang", "zh-Hans" if query else "en")
