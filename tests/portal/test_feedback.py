"""Readers find whom to tell of an error, and what the publisher does about it."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from tests.conftest import NewDatabase, client_of, loaded
from tests.portal.conftest import Site
from tests.portal.html import Document, text
from tests.portal.pages import SOUND

pytestmark = pytest.mark.databases("sqlite")

BASE = "https://data.example/base"
LOG = """
[[feedback]]
on = 2026-12-01
kind = "correction"
edition = "2026.12"
zh = "改正了一处单位。"
en = "A unit was wrong."

[[feedback]]
on = 2026-12-02
kind = "notice"
zh = "已告知报社。"
en = "The newspaper was told."
"""


def report_link(response: Any) -> str | None:
    """Return the address at which readers report an error on a page, if it has one."""
    links = Document(response).all("p", class_="report")
    return str(next(links[0].iter("a")).get("href")) if links else None


def test_a_report_names_the_record_the_release_and_the_page(address: str) -> None:
    contact = "https://git.example/data/issues/new"
    with client_of(address, contact=contact, base_url=BASE) as client:
        release = client.get("/v1").json()["data"]["release"]["id"]
        source = client.get("/v1/sources").json()["data"][0]["id"]
        for path in (
            "/zh/figures/youth-teams",
            "/en/charts/money",
            f"/zh/sources/{source}/evidence",
            "/en/figures?unit=CNY",
        ):
            link = report_link(client.get(path, headers={"Host": "invented.example"}))
            assert link, path
            assert link.startswith(contact)
            title, body = dict(parse_qsl(urlsplit(link).query)).values()
            about = path.partition("?")[0][4:]
            assert title.endswith(about)
            assert {f"{BASE}{path}", about, release} <= set(body.replace("：", " ").split())
            assert "invented" not in unquote(link)
        for path in ("/en", "/en/about", "/en/docs"):
            assert report_link(client.get(path)) is None


@pytest.mark.parametrize("path", ["/en/figures/youth-teams", "/zh/charts/money", "/en/figures"])
def test_there_is_no_link_without_a_contact(site: Site, path: str) -> None:
    assert report_link(site.read(path).response) is None


@pytest.mark.parametrize("path", ["/nothing", *SOUND[:3]])
def test_every_page_leads_to_the_page_about_the_site(site: Site, path: str) -> None:
    for language in ("zh", "en"):
        assert f"{site.base}/{language}/about" in site.read(f"/{language}{path}").hrefs("footer")


@pytest.mark.parametrize("alias", ["contact", "privacy", "accessibility"])
def test_usual_addresses_lead_to_its_sections(site: Site, alias: str) -> None:
    response = site.get(f"/{alias}", **{"Accept-Language": "en"})
    assert response.history[0].headers["location"] == f"{site.base}/en/about#{alias}"
    assert site.read("/en/about").all("section", id=alias)


@pytest.mark.slow
def test_the_log_of_the_catalogue_is_shown_and_counts(new_database: NewDatabase, seed: Path) -> None:
    catalog = seed / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + LOG, "utf-8")
    address = loaded(new_database("sqlite"), seed)
    statuses = {}
    for contact in ("", "mailto:data@publisher.example", "https://git.example/data/-/issues/new"):
        with client_of(address, contact=contact) as client:
            response: Any = client.get("/en/about")
            page = Document(response)
            practices = {each["id"]: each["status"] for each in client.get("/conformance").json()["practices"]}
            assert "BP30</a>" in client.get("/en/docs/conformance").text
        statuses[contact] = [practices[each] for each in ("BP29", "BP30", "BP33")]
        (corrections,) = page.all("section", id="corrections")
        assert [text(each) for each in corrections.iter("li")] == [
            "1 December 2026 — A unit was wrong. Edition 2026.12",
            "2 December 2026 — The newspaper was told.",
        ]
    assert list(statuses.values()) == [["not_met", "not_met", "met"], ["met", "partly", "met"], ["met", "met", "met"]]
