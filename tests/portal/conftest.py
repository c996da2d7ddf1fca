"""The site as it runs, its pages as a browser reads them, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.portal.html import Document
from tests.running import HANGS_S

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = HANGS_S * 1000

expect.set_options(timeout=PATIENCE_MS)


class Site:
    """A running site: addresses of pages, and each page read once."""

    def __init__(self, base: str, client: httpx.Client) -> None:
        self.base, self.client = base, client
        self._first: dict[str, str] = {}
        self._read: dict[str, Document] = {}

    def get(self, path: str, **headers: str) -> httpx.Response:
        """What stands at a path."""
        return self.client.get(self.at(path), headers=headers)

    def at(self, path: str) -> str:
        """The address of a page; `{id}` stands for the first record of the collection."""
        if "{id}" in path:
            path = path.replace("{id}", self.first(path.split("/")[2]))
        return f"{self.base}{path}"

    def first(self, collection: str) -> str:
        """The first record of a collection."""
        if collection not in self._first:
            answer = self.client.get(f"{self.base}/v1/{collection}?limit=1&fields=id").json()
            self._first[collection] = answer["data"][0]["id"]
        return self._first[collection]

    def read(self, path: str) -> Document:
        """A page, read strictly; once, however often it is asked for."""
        if path not in self._read:
            self._read[path] = Document(self.get(path))
        return self._read[path]

    def is_here(self, address: str) -> bool:
        """Whether an address is one of this site's."""
        return address == self.base or address.startswith((f"{self.base}/", f"{self.base}?"))


@pytest.fixture(scope="session")
def site(service: str) -> Iterator[Site]:
    """The running site."""
    with httpx.Client(trust_env=False, follow_redirects=True, timeout=HANGS_S) as client:
        yield Site(service, client)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, for a file of tests: as long as it is open, its thread can run no other event loop."""
    if not CHROMIUM.exists():
        pytest.fail(
            f"{CHROMIUM} is missing: these tests walk through the site in a real browser. "
            "On Debian: apt install chromium fonts-wqy-microhei"
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--no-proxy-server"], timeout=PATIENCE_MS
        )
        yield opened
        opened.close()


@pytest.fixture(params=["with scripts", pytest.param("without scripts", marks=pytest.mark.slow)])
def visitor(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Page]:
    """An empty tab of somebody who was never here, whose browser runs scripts or does not."""
    context = browser.new_context(base_url=site.base, java_script_enabled=request.param == "with scripts")
    yield opened(context)
    context.close()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser of somebody who was never here."""
    made = browser.new_context(base_url=site.base)
    yield made
    made.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """An empty tab of it."""
    return opened(context)


def opened(context: BrowserContext) -> Page:
    """A tab that waits for as long as a loaded machine may take."""
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()
