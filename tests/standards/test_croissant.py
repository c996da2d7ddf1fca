"""Croissant: MLCommons' library reports no issue, loads every record set, and reports every fault put into it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.models import COLLECTIONS
from tests.terms import LABELS

pytestmark = pytest.mark.filterwarnings("ignore")  # those of the library and its dependencies

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(web: httpx.Client, service: str) -> Document:
    document: Document = web.get(f"{service}/v1/croissant.json").raise_for_status().json()
    return document


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Downloads go to a temporary folder."""
    from mlcroissant._src.core import constants

    monkeypatch.setattr(constants, "DOWNLOAD_PATH", _path(tmp_path_factory.mktemp("downloads")), raising=False)


def _path(folder: Path) -> Any:
    from etils import epath

    return epath.Path(folder)


def read(document: Document) -> Any:
    import mlcroissant

    return mlcroissant.Dataset(jsonld=document)


def issues(document: Document) -> str:
    import mlcroissant

    try:
        return str(read(document).metadata.issues.report())
    except mlcroissant.ValidationError as fault:
        return str(fault)


@pytest.mark.slow
def test_it_is_valid(document: Document) -> None:
    assert document["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert issues(document) == ""


@pytest.mark.slow
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_records_load_from_the_service(web: httpx.Client, service: str, document: Document, slug: str) -> None:
    """All records of the API, by id; figures also by value."""
    loaded = list(read(document).records(slug))
    served = web.get(f"{service}/v1/{slug}?limit=1000").json()["data"]
    assert [row[f"{slug}/id"].decode() for row in loaded] == [record["id"] for record in served]
    assert {key.partition("/")[2] for key in loaded[0]} == set(served[0])
    if slug == "figures":
        values = [None if row["figures/value"] != row["figures/value"] else row["figures/value"] for row in loaded]
        assert values == [record["value"] for record in served]


def test_record_sets_are_the_collections_with_fields_from_files_of_the_release(
    web: httpx.Client, service: str, document: Document
) -> None:
    release = web.get(f"{service}/v1/releases/latest", follow_redirects=True).json()["data"]
    checksums = {each["url"]: each["sha256"] for each in release["files"]}
    files = {each["@id"]: each for each in document["distribution"]}
    sets = {each["@id"]: each for each in document["recordSet"] if each.get("dataType") != "sc:Enumeration"}
    assert list(sets) == list(COLLECTIONS)
    for slug, entity in COLLECTIONS.items():
        fields = {each["@id"].removeprefix(f"{slug}/"): each["source"] for each in sets[slug]["field"]}
        assert list(fields) == list(entity.columns())
        for name, source in fields.items():
            file = files[source["fileObject"]["@id"]]
            assert file["sha256"] == checksums[file["contentUrl"]]
            assert source["extract"] == {"column": name}


def drop(key: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        del document[key]

    return change


def drop_checksum(document: Document) -> None:
    del document["distribution"][0]["sha256"]


def refer_to_no_file(document: Document) -> None:
    field = next(each for each in document["recordSet"] if each["@id"] == "figures")["field"][0]
    field["source"]["fileObject"]["@id"] = "nothing.csv"


FAULTS: dict[str, tuple[Callable[[Document], None], str]] = {
    "no date": (drop("datePublished"), "datePublished"),
    "a file without a checksum": (drop_checksum, "sha256"),
    "a field of no file": (refer_to_no_file, "nothing.csv"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_reported(document: Document, change: Callable[[Document], None], expected: str) -> None:
    broken = copy.deepcopy(document)
    change(broken)
    assert expected in issues(broken)


@pytest.mark.slow
def test_a_file_with_another_checksum_is_not_loaded(document: Document) -> None:
    import mlcroissant

    broken = json.loads(json.dumps(document))
    for file in broken["distribution"]:
        file["sha256"] = "0" * 64
    with pytest.raises(mlcroissant.GenerationError) as caught:
        list(read(broken).records("figures"))
    assert "Hash of downloaded file" in repr(caught.value.__cause__)


def test_vocabularies_carry_both_labels(document: Document) -> None:
    enumerations = {each["@id"]: each for each in document["recordSet"] if each.get("dataType") == "sc:Enumeration"}
    used = {
        column.vocabulary_name: column.labels(LABELS)
        for entity in COLLECTIONS.values()
        for column in entity.columns().values()
        if column.is_term
    }
    assert set(enumerations) == set(used)
    for name, labels in used.items():
        terms = [
            (each[f"{name}/value"], each[f"{name}/name_zh"], each[f"{name}/name_en"])
            for each in enumerations[name]["data"]
        ]
        assert terms == [(slug, *label) for slug, label in labels.items()]
