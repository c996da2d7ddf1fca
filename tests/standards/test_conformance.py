"""The conformance list: complete, in both languages, and its addresses work."""

import json
import re
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from app.standards.conformance import Status, conformance, conformance_json
from tests.standards.dataset import BASE, DATASET

pytestmark = pytest.mark.databases("sqlite")

# In the order and with the anchors of the Recommendation of 2017-01-31.
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

DOCUMENT: dict[str, Any] = conformance(DATASET)
LINES: list[dict[str, Any]] = [*DOCUMENT["practices"], *DOCUMENT["principles"]]
PATHS = sorted({line["shows"].removeprefix(BASE) for line in LINES})
FROZEN = [path for path in PATHS if "/files/" in path]


def test_practices_are_complete_and_in_order() -> None:
    assert [line["id"] for line in DOCUMENT["practices"]] == [f"BP{number}" for number in range(1, 36)]
    assert [line["url"] for line in DOCUMENT["practices"]] == [
        f"https://www.w3.org/TR/dwbp/#{each}" for each in ANCHORS
    ]


def test_principles_are_complete_and_in_order() -> None:
    assert [line["id"] for line in DOCUMENT["principles"]] == list(FAIR)
    assert [line["url"] for line in DOCUMENT["principles"]] == [
        f"https://w3id.org/fair/principles/terms/{each}" for each in FAIR
    ]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_a_line_is_complete_in_both_languages(line: dict[str, Any]) -> None:
    assert list(line) == KEYS
    assert all(line.values())
    assert (line["status_zh"], line["status_en"]) == Status.label_of(line["status"])
    assert all(re.search("[\u4e00-\u9fff]", line[key]) for key in ("title_zh", "how_zh"))
    assert not any(re.search("[\u4e00-\u9fff]", line[key]) for key in ("title_en", "how_en"))
    assert line["how_en"].endswith(".")
    assert line["how_zh"].endswith("。")


def test_titles_are_distinct() -> None:
    for key in ("title_zh", "title_en"):
        assert len({line[key] for line in LINES}) == len(LINES)


def test_unmet_practices_are_listed() -> None:
    statuses = {line["id"]: line["status"] for line in LINES}
    assert {"BP29", "BP30"} <= {each for each, status in statuses.items() if status == "not_met"}
    assert {statuses["BP9"], statuses["BP10"], statuses["F1"]} == {"partly"}  # no domain name is permanent
    assert set(statuses.values()) == {status.value for status in Status}


def test_counts_match_the_lines() -> None:
    for part in ("practices", "principles"):
        statuses = [line["status"] for line in DOCUMENT[part]]
        assert DOCUMENT["counts"][part] == {status.value: statuses.count(status.value) for status in Status}


def test_the_json_form_is_the_same() -> None:
    assert json.loads(conformance_json(DATASET)) == DOCUMENT


def test_addresses_are_absolute() -> None:
    assert all(line["shows"].startswith(f"{BASE}/") for line in LINES)
    assert all(path.startswith("/") for path in PATHS)
    assert FROZEN


@pytest.mark.parametrize("path", [path for path in PATHS if path not in FROZEN])
def test_the_address_of_a_line_works(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", FROZEN)
def test_the_address_of_a_line_in_a_frozen_release_works(web: httpx.Client, service: str, path: str) -> None:
    assert web.get(f"{service}{path}", follow_redirects=True).status_code == 200
