"""The running site, its parsed pages, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.portal.html import Document
from tests.running import HANGS_S

CHROMIUM = Path("/usr/bin/chromium")
TIMEOUT_MS = HANGS_S * 1000

expect.set_options(timeout=TIMEOUT_MS)

BROWSER_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Site:
    """A running site, and a cache of its parsed pages."""

    def __init__(self, base: str, client: httpx.Client) -> None:
        self.base, self.client = base, client
        self._first: dict[str, str] = {}
        self._pages: dict[str, Document] = {}

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Send a GET request."""
        return self.client.get(self.address(path), headers=headers)

    def address(self, path: str) -> str:
        """Return the address of a path, with the id of the collection's first record for `{id}`."""
        if "{id}" in path:
            path = path.replace("{id}", self.first(path.split("/")[2]))
        return f"{self.base}{path}"

    def first(self, collection: str) -> str:
        """Return the id of a collection's first record."""
        if collection not in self._first:
            page = self.client.get(f"{self.base}/v1/{collection}?limit=1&fields=id").json()
            self._first[collection] = page["data"][0]["id"]
        return self._first[collection]

    def read(self, path: str) -> Document:
        """Return a parsed page, as a browser gets it, from the cache if possible."""
        if path not in self._pages:
            self._pages[path] = Document(self.get(path, Accept=BROWSER_ACCEPT))
        return self._pages[path]

    def is_own(self, address: str) -> bool:
        """Return whether an address belongs to this site."""
        return address == self.base or address.startswith((f"{self.base}/", f"{self.base}?"))


@pytest.fixture(scope="session")
def site(service: str) -> Iterator[Site]:
    """The running site."""
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=HANGS_S) as client:
        yield Site(service, client)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, one per file: while it is open, its thread can run no other event loop."""
    if not CHROMIUM.exists():
        pytest.fail(
            f"{CHROMIUM} is missing: these tests walk through the site in a real browser. "
            "On Debian: apt install chromium fonts-wqy-microhei"
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--no-proxy-server"], timeout=TIMEOUT_MS
        )
        yield opened
        opened.close()


@pytest.fixture(params=["with scripts", pytest.param("without scripts", marks=pytest.mark.slow)])
def visitor(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """An empty tab of a first-time visitor, with scripts enabled or disabled."""
    context = browser.new_context(base_url=site.base, java_script_enabled=request.param == "with scripts")
    yield opened(context)
    context.close()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """The browser context of a first-time visitor."""
    new = browser.new_context(base_url=site.base)
    yield new
    new.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """An empty tab of that context."""
    return opened(context)


def opened(context: BrowserContext) -> Page:
    """Return a tab whose timeout a loaded machine does not reach."""
    context.set_default_timeout(TIMEOUT_MS)
    return context.new_page()
