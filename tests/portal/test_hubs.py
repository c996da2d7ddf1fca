"""A record's page shows the records above it, those that refer to it or to one below it, and the tree that it is in."""

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.entity import Entity
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal.hub import FIGURE_ROWS, MAX_LEVELS, PARENT, SOURCE, read_tree
from app.portal.table import RELATED_ROWS
from app.request.relations import Referrer, referrers
from tests.portal.conftest import Site
from tests.portal.html import elements, last_number, text

Record = dict[str, Any]

TREES = [slug for slug, entity in COLLECTIONS.items() if PARENT in entity.columns()]


@pytest.fixture(scope="module")
def everything(site: Site) -> dict[str, list[Record]]:
    """All records by collection, as the API has them."""
    return {slug: site.get(f"/v1/{slug}.json").json()["data"] for slug in COLLECTIONS}


def with_all_below(records: list[Record], record_id: str) -> set[str]:
    """Return the ids of a record and of all below it."""
    right_below = [each["id"] for each in records if each.get(PARENT) == record_id]
    return {record_id}.union(*(with_all_below(records, each) for each in right_below))


def referring(everything: dict[str, list[Record]], way: Referrer, ids: set[str]) -> set[str]:
    records = everything[way.entity.collection.slug]
    return {
        each["id"] for each in records if each[way.key] in ids and all(each[name] == text for name, text in way.query)
    }


def values_of(way: Referrer, record: Record, ids: set[str]) -> set[str]:
    """Return what the way's column holds of these records: their ids, or the slug of a term."""
    if way.vocabulary:
        return {record["slug"]} if way.vocabulary == record["vocabulary"] else set()
    return ids


def count_referring(everything: dict[str, list[Record]], entity: type[Entity], record: Record) -> int:
    ways = referrers(entity)
    return sum(len(referring(everything, way, values_of(way, record, {record["id"]}))) for way in ways)


def check(site: Site, everything: dict[str, list[Record]], entity: type[Entity], record: Record, language: str) -> int:
    """Compare the tables of a record's page with the records that refer to it; return how many tables there are."""
    slug = entity.collection.slug
    page = site.read(f"/{language}/{slug}/{record['id']}")
    sections = {each.get("aria-labelledby"): each for each in page.all("section")}
    shown = 0
    for way in referrers(entity):
        ids = {record["id"]} if way.entity is entity else with_all_below(everything[slug], record["id"])
        expected = referring(everything, way, values_of(way, record, ids))
        if way.key == SOURCE and way.entity is not COLLECTIONS["figures"]:
            counts = text(sections["counted"]) if "counted" in sections else ""
            assert (f"{getattr(way.title, language)} {len(expected)} " in f"{counts} ") == bool(expected)
            shown += bool(expected)
            continue
        section = sections.get(f"related-{way.entity.collection.slug}-{way.key}")
        assert (section is not None) == bool(expected), (way, record["id"])
        if section is None:
            continue
        shown += 1
        heading = next(each for each in elements(section) if each.tag == "h2")
        title = getattr(way.title, language)
        assert text(heading).startswith(f"{title} {len(expected)}")
        names = [each for each in elements(section) if each.tag == "th" and each.get("scope") == "row"]
        linked = {urlsplit(str(each.find("a").attrib["href"])).path.rpartition("/")[2] for each in names}  # type: ignore[union-attr]
        limit = FIGURE_ROWS if way.entity is COLLECTIONS["figures"] else RELATED_ROWS
        assert linked <= expected
        assert len(linked) == min(limit, len(expected))
        if len(expected) > limit:
            (address,) = (each.get("href") for each in list(section)[-1].iter("a"))
            assert site.read(str(address).removeprefix(site.base)).total() == len(expected)
    return shown


@pytest.mark.parametrize("entity", COLLECTIONS.values(), ids=COLLECTIONS)
def test_the_most_referred_record_shows_what_refers_to_it(
    site: Site, everything: dict[str, list[Record]], entity: type[Entity]
) -> None:
    most = max(everything[entity.collection.slug], key=lambda record: count_referring(everything, entity, record))
    shown = check(site, everything, entity, most, LANGUAGES[0])
    assert bool(shown) == bool(count_referring(everything, entity, most))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entity", COLLECTIONS.values(), ids=COLLECTIONS)
def test_every_record_shows_what_refers_to_it(
    site: Site, everything: dict[str, list[Record]], entity: type[Entity], language: str
) -> None:
    for record in everything[entity.collection.slug]:
        check(site, everything, entity, record, language)


@pytest.mark.parametrize("entity", COLLECTIONS.values(), ids=COLLECTIONS)
def test_the_ways_back_have_titles_of_their_own(entity: type[Entity]) -> None:
    titles = [way.title for way in referrers(entity)]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("slug", TREES)
def test_a_page_leads_up_the_tree(site: Site, everything: dict[str, list[Record]], slug: str) -> None:
    by_id = {each["id"]: each for each in everything[slug]}

    def above(record: Record) -> list[str]:
        parent = record[PARENT]
        return [*above(by_id[parent]), parent] if parent else []

    deepest = max(by_id.values(), key=lambda record: len(above(record)))
    crumbs = site.read(f"/en/{slug}/{deepest['id']}").one("p", class_="crumbs")
    linked = [str(each.get("href")).rpartition("/")[2] for each in crumbs.iter("a")]
    assert linked == ["data", slug, *above(deepest)]


@pytest.mark.parametrize("slug", ["programs", "places"])
def test_a_tree_has_every_record_below_its_parent_with_the_figures_of_both(
    site: Site, everything: dict[str, list[Record]], slug: str
) -> None:
    page = site.read(f"/en/{slug}")
    parents: dict[str, str | None] = {}
    counts: dict[str, int] = {}
    for item in page.one("details", class_="tree").iter("li"):
        above, count = page.parents[page.parents[item]], item.find("span")
        parents[id_of(item)] = id_of(above) if above.tag == "li" else None
        counts[id_of(item)] = 0 if count is None else last_number(text(count))
    assert parents == {each["id"]: each[PARENT] for each in everything[slug]}
    way = next(each for each in referrers(COLLECTIONS[slug]) if each.entity is COLLECTIONS["figures"])
    assert counts == {each: len(referring(everything, way, with_all_below(everything[slug], each))) for each in counts}


@pytest.mark.parametrize("path", ["/programs?theme=society", "/enterprises", "/figures"])
def test_a_selection_and_a_list_have_no_tree(site: Site, path: str) -> None:
    assert not site.read(f"/en{path}").all("details", class_="tree")


@pytest.mark.parametrize("levels", [MAX_LEVELS, MAX_LEVELS + 1])
def test_only_a_tree_of_few_levels_is_shown(monkeypatch: pytest.MonkeyPatch, levels: int) -> None:
    chain = [{"id": str(each), "parent_id": str(each - 1) if each else None} for each in range(levels)]
    monkeypatch.setattr("app.portal.hub.read_records", lambda *_: (chain, levels))
    monkeypatch.setattr("app.portal.hub.format_name", lambda _page, _entity, record: record["id"])
    monkeypatch.setattr("app.portal.hub._count_figures", lambda *_: Counter[str]())
    tree: Any = read_tree(None, None, COLLECTIONS["programs"])  # type: ignore[arg-type]
    assert len(tree) == (levels <= MAX_LEVELS)


def test_values_that_all_rows_share_are_said_once(site: Site) -> None:
    page = site.read("/en/indicators/stable-employment")
    (section,) = page.all("section", aria_labelledby="related-figures-indicator_id")
    assert "Reported as achieved" in text(section)
    assert text(section).count("Reported as achieved") == 1
    assert "Indicator" not in [text(each) for each in section.iter("th")]


def id_of(item: Any) -> str:
    """Return the id of the record that an item of a tree links to."""
    return str(item.find("a").attrib["href"]).rpartition("/")[2]
