"""The example front end: built with the types of the running service, served from another origin, and looked at."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.settings import ROOT
from tests.generators.tools import NODE, needs_tools, run
from tests.portal.conftest import Site
from tests.portal.elsewhere import served

EXAMPLE = ROOT / "examples" / "cards"
MAX_LINES = 150

pytestmark = needs_tools


@pytest.fixture
def origin(site: Site, tmp_path: Path) -> Iterator[str]:
    """The address of a server of the built example."""
    for name in ("index.html", "cards.ts", "tsconfig.json"):
        shutil.copy(EXAMPLE / name, tmp_path)
    run(NODE / "openapi-typescript", f"{site.base}/v1/openapi.json", "-o", "shanhai.d.ts", folder=tmp_path)
    run(NODE / "tsc", folder=tmp_path)
    with served(tmp_path) as address:
        yield address


def test_the_cards_show_figures_with_their_words_evidence_and_citation(site: Site, tab: Page, origin: str) -> None:
    figures = site.get("/v1/figures?subject_kind=program&limit=1000").json()
    tab.goto(f"{origin}/?api={site.base}")
    expect(tab.locator("#about")).to_contain_text(figures["meta"]["release"])
    assert tab.locator("article").count() == len({each["subject_id"] for each in figures["data"]})
    words = sorted(tab.locator("blockquote").all_inner_texts())
    assert words == sorted(each["as_stated"] for each in figures["data"])
    card = tab.locator("article", has_text="Dongguan fiscal aid")
    expect(card).to_contain_text("CNY 87.4 million (Reported as achieved)")
    expect(card.locator("blockquote")).to_have_text("8740万元")
    expect(card.locator("details div").first).to_be_attached()
    citation = card.get_by_role("link", name="Cite").get_attribute("href")
    assert citation
    assert site.client.get(citation).text.startswith("@")


def test_a_refusal_is_shown(tab: Page, origin: str) -> None:
    tab.goto(f"{origin}/?api={origin}")
    expect(tab.locator("#about")).to_contain_text("cannot be shown")


def test_the_example_is_short() -> None:
    assert len((EXAMPLE / "cards.ts").read_text("utf-8").splitlines()) < MAX_LINES
