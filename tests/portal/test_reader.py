"""The API reference, in a browser: it opens an operation, executes it, and requests no other server."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.models import COLLECTIONS
from tests.portal.conftest import TIMEOUT_MS, Site

MAX_BYTES = 450_000  # with Swagger UI and the OpenAPI document


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "tag", "unit", "other"),
    [("en", "Figures", "Unit of measurement", "中文"), ("zh", "数字", "计量单位", "English")],
)
def test_an_operation_opens_and_executes(tab: Page, site: Site, language: str, tag: str, unit: str, other: str) -> None:
    hosts: set[str] = set()
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.goto(f"{site.base}/docs?lang={language}")
    tab.locator(f"#operations-tag-{tag}").click()
    operation = tab.locator(f"#operations-{tag}-downloadFiguresCsv")
    operation.locator(".opblock-summary").click()
    expect(operation.locator("tr[data-param-name=unit]")).to_contain_text(unit)
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(operation.locator(".request-url")).to_contain_text(f"{site.base}/v1/figures.csv")
    assert hosts - {""} == {urlsplit(site.base).netloc}
    tab.get_by_role("link", name=other, exact=True).click()
    expect(tab).to_have_url(re.compile(rf"/{'zh' if language == 'en' else 'en'}/docs/reference$"))


def test_it_names_every_collection_without_scripts(site: Site) -> None:
    page = site.read("/en/docs/reference")
    assert "unsafe-eval" not in page.response.headers["content-security-policy"]
    fallback = page.response.text.partition("<noscript>")[2].partition("</noscript>")[0]
    assert re.findall("<code>(.*?)</code>", fallback) == [f"/v1/{slug}" for slug in COLLECTIONS]


@pytest.mark.slow
def test_it_is_small(tab: Page, site: Site) -> None:
    session, sizes = tab.context.new_cdp_session(tab), []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.goto(f"{site.base}/en/docs/reference")
    tab.locator(".opblock-tag").first.wait_for(timeout=TIMEOUT_MS)
    assert 300_000 < sum(sizes) < MAX_BYTES
