"""llms.txt: what assistants read has the form of llmstxt.org, names every collection, and leads to what it says."""

import re

import pytest
from starlette.testclient import TestClient

from app.models import COLLECTIONS, Figure
from app.standards.llms import ADDRESSES, MEDIA_TYPE, QUALIFIERS, llms
from tests.standards.dataset import BASE, DATASET

pytestmark = pytest.mark.databases("sqlite")

LINK = re.compile(r"- \[([^\]]+)\]\((https?://[^)\s]+)\): \S.+")
COUNTED = DATASET._replace(
    catalog={**DATASET.catalog, "description": {"zh": "数字", "en": "Figures."}},
    release={**DATASET.release, "counts": dict.fromkeys(COLLECTIONS, 1) | {"figures": 12_345}},
)


def sections(text: str) -> dict[str, list[str]]:
    """Return the lines of each section by its title."""
    return {lines[0]: [*filter(None, lines[1:])] for lines in (part.split("\n") for part in text.split("\n## ")[1:])}


def test_it_has_the_form_of_the_standard() -> None:
    text = llms(COUNTED).decode()
    title, blank, summary = text.split("\n")[:3]
    assert (title[:2], blank, summary[:2]) == ("# ", "", "> ")
    assert [*sections(text)] == ["Addresses", "Collections", "Guides", "Optional"]
    assert all(LINK.fullmatch(line) for lines in sections(text).values() for line in lines)
    assert len(text.splitlines()) <= 80
    assert not re.search(r" $|\n\n\n", text, re.MULTILINE)


def test_it_names_every_collection_with_its_size() -> None:
    lines = sections(llms(COUNTED).decode())["Collections"]
    for slug, line in zip(COLLECTIONS, lines, strict=True):
        collection = COLLECTIONS[slug].collection
        count = "12,345 records" if slug == "figures" else "1 record"
        assert line == (
            f"- [{collection.title.en} {collection.title.zh}]({BASE}/v1/{slug}): {count}. {collection.about.en}"
        )


def test_it_explains_every_value_of_a_qualifier() -> None:
    text = llms(COUNTED).decode()
    for name in QUALIFIERS:
        (line,) = re.findall(rf"^  - `{name}`: (.+)\.$", text, re.MULTILINE)
        assert re.findall("`([^`]+)`", line) == [*Figure.columns()[name].labels({})]


def test_it_names_the_tools_if_they_are_served() -> None:
    assert f"]({BASE}/mcp)" in llms(COUNTED, has_mcp=True).decode()
    assert f"{BASE}/mcp" not in llms(COUNTED).decode()


@pytest.mark.parametrize("path", ADDRESSES)
def test_its_addresses_answer(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_it_is_found_and_is_plain_text_of_its_host(client: TestClient) -> None:
    index = client.get("/v1").json()["data"]["documents"]
    (entry,) = (each for each in index if each["id"] == "llms")
    answer = client.get(entry["links"]["self"], headers={"Host": "data.example", "Accept": "text/html"})
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "http://data.example/v1/figures" in answer.text
    assert "testserver" not in answer.text
