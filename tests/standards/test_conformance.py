"""The list of practices and principles: complete, in both languages, and each line's address answers."""

import json
import re
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from html5rdf.html5parser import ParseError  # type: ignore[import-untyped]
from starlette.testclient import TestClient

from app.standards.conformance import Status, conformance, conformance_html, conformance_json
from tests.standards.test_dictionary import BASE, DATASET, XHTML, parsed

# As the Recommendation of 2017-01-31 numbers and names them.
ANCHORS = (
    "ProvideMetadata", "DescriptiveMetadata", "StructuralMetadata", "DataLicense", "DataProvenance", "DataQuality",
    "VersioningInfo", "VersionHistory", "UniqueIdentifiers", "identifiersWithinDatasets", "VersionIdentifiers",
    "MachineReadableStandardizedFormat", "LocaleParametersMetadata", "MultipleFormats", "ReuseVocabularies",
    "ChooseRightFormalizationLevel", "BulkAccess", "ProvideSubsets", "Conneg", "AccessRealTime", "AccessUptoDate",
    "DataUnavailabilityReference", "useanAPI", "APIHttpVerbs", "documentYourAPI", "avoidBreakingChangesAPI",
    "ResourceStatus", "EvaluateCoverage", "GatherFeedback", "FeedbackInformation", "EnrichData",
    "ProvideComplementaryPresentations", "ProvideFeedbackToPublisher", "FollowLicensingTerms", "CiteOriginalPublication",
)  # fmt: skip
FAIR = ("F1", "F2", "F3", "F4", "A1", "A1.1", "A1.2", "A2", "I1", "I2", "I3", "R1", "R1.1", "R1.2", "R1.3")
KEYS = ["id", "title_zh", "title_en", "url", "status", "status_zh", "status_en", "how_zh", "how_en", "shows"]

Told = dict[str, Any]

TOLD: Told = conformance(DATASET)
LINES: list[Told] = [*TOLD["practices"], *TOLD["principles"]]
SHOWN = sorted({line["shows"].removeprefix(BASE) for line in LINES})
FROZEN = [path for path in SHOWN if "/files/" in path]


@pytest.fixture(scope="module")
def page() -> Element:
    return parsed(conformance_html(DATASET))


def test_all_practices_are_there_once_and_in_order() -> None:
    assert [line["id"] for line in TOLD["practices"]] == [f"BP{number}" for number in range(1, 36)]
    assert [line["url"] for line in TOLD["practices"]] == [f"https://www.w3.org/TR/dwbp/#{each}" for each in ANCHORS]


def test_all_principles_are_there_once_and_in_order() -> None:
    assert [line["id"] for line in TOLD["principles"]] == list(FAIR)
    assert [line["url"] for line in TOLD["principles"]] == [
        f"https://w3id.org/fair/principles/terms/{each}" for each in FAIR
    ]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_a_line_tells_all_in_both_languages(line: Told) -> None:
    assert list(line) == KEYS
    assert all(line.values())
    assert (line["status_zh"], line["status_en"]) == Status.label_of(line["status"])
    assert all(re.search("[\u4e00-\u9fff]", line[key]) for key in ("title_zh", "how_zh"))
    assert not any(re.search("[\u4e00-\u9fff]", line[key]) for key in ("title_en", "how_en"))
    assert line["how_en"].endswith(".")
    assert line["how_zh"].endswith("。")


def test_a_title_occurs_once() -> None:
    for key in ("title_zh", "title_en"):
        assert len({line[key] for line in LINES}) == len(LINES)


def test_what_is_not_met_is_told() -> None:
    found = {line["id"]: line["status"] for line in LINES}
    assert {"BP29", "BP30"} <= {each for each, status in found.items() if status == "not_met"}
    assert {found["BP9"], found["BP10"], found["F1"]} == {"partly"}  # nobody can promise a domain name
    assert set(found.values()) == {status.value for status in Status}


def test_counts_are_those_of_the_lines() -> None:
    for part in ("practices", "principles"):
        statuses = [line["status"] for line in TOLD[part]]
        assert TOLD["counts"][part] == {status.value: statuses.count(status.value) for status in Status}


def test_json_tells_the_same() -> None:
    assert json.loads(conformance_json(DATASET)) == TOLD


def test_addresses_are_absolute() -> None:
    assert all(line["shows"].startswith(f"{BASE}/") for line in LINES)
    assert all(path.startswith("/") for path in SHOWN)
    assert FROZEN


@pytest.mark.parametrize("path", [path for path in SHOWN if path not in FROZEN])
def test_what_a_line_shows_answers(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", FROZEN)
def test_what_a_line_shows_of_a_frozen_release_answers(service: str, path: str) -> None:
    assert httpx.get(f"{service}{path}", follow_redirects=True, trust_env=False).status_code == 200


def test_the_page_has_every_line_with_its_status_as_text(page: Element) -> None:
    rows = {row.get("id"): row for row in page.iter(f"{XHTML}tr") if row.get("id")}
    assert list(rows) == [line["id"] for line in LINES]
    for line in LINES:
        row = rows[line["id"]]
        text = "".join(row.itertext())
        english = ["".join(each.itertext()) for each in row.iter() if each.get("lang") == "en"]
        assert all(line[key] in text for key in ("title_zh", "status_zh", "how_zh"))
        assert english == [line[key] for key in ("title_en", "status_en", "how_en")]
        assert [each.get("href") for each in row.iter(f"{XHTML}a")] == [line["url"], line["shows"]]


def test_the_page_tells_the_counts(page: Element) -> None:
    sections = {section.get("id"): section for section in page.iter(f"{XHTML}section")}
    assert set(sections) == {"practices", "principles"}
    for part, section in sections.items():
        told = " ".join("".join(next(section.iter(f"{XHTML}p")).itertext()).split())
        assert all(f"{status.label.en} {TOLD['counts'][part][status.value]}" in told for status in Status)


def test_the_page_has_no_script_no_style_of_its_own_and_scopes_its_headings(page: Element) -> None:
    assert page.get("lang") == "zh-Hans"
    names = {each.tag for each in page.iter() if isinstance(each.tag, str)}
    assert f"{XHTML}table" in names
    assert not {f"{XHTML}script", f"{XHTML}style"} & names
    assert not [each for each in page.iter() if each.get("style") or any(key.startswith("on") for key in each.keys())]  # noqa: SIM118
    sheets = [each.get("href") for each in page.iter(f"{XHTML}link") if each.get("rel") == "stylesheet"]
    assert sheets == [f"{BASE}/static/style.css"]
    assert all(heading.get("scope") in {"col", "row"} for heading in page.iter(f"{XHTML}th"))


def test_what_it_is_given_is_text_on_the_page(page: Element) -> None:
    assert not list(page.iter(f"{XHTML}b"))
    assert "Open & <b>free</b>" in "".join(page.itertext())


def test_what_browsers_would_have_to_guess_at_is_found() -> None:
    broken = conformance_html(DATASET).replace(b"</section>", b"", 1)
    with pytest.raises(ParseError):
        parsed(broken)
