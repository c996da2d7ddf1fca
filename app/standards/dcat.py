"""DCAT 3 in the profile DCAT-AP 3.0.1: the catalogue, every release of the dataset, its files and its API.

The JSON-LD contains its context, so that reading it needs no network. `json_ld.turtle` writes the same graph as Turtle.
"""

from collections.abc import Iterator

from app.contact import email
from app.entity import Bilingual
from app.entity.column import TERMS_TABLE
from app.standards.dataset import Dataset, File, Record, drop_empty, text_of
from app.standards.dating import coverage, dated
from app.standards.json_ld import Node, both, day, node, tagged, typed

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
PATH = "/v1/dcat.jsonld"
SERIES = "/v1/releases"

# The European Union's data themes of this dataset.
THEMES = {
    "REGI": Bilingual("地区与城市", "Regions and cities"),
    "SOCI": Bilingual("人口与社会", "Population and society"),
    "ECON": Bilingual("经济与金融", "Economy and finance"),
}
LANGUAGES = ("ZHO", "ENG")

# Media types in the European Union's list of file types.
FILE_TYPES = {
    "text/csv": "CSV",
    "application/x-ndjson": "JSON",
    "application/json": "JSON",
    "application/zip": "ZIP",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.apache.parquet": "PARQUET",
}


def dcat(dataset: Dataset) -> Node:
    """Return the catalogue as JSON-LD."""
    releases = [_release(dataset, release) for release in dataset.history]
    current = next(each for each in releases if each["@id"] == _id_of(dataset, dataset.release))
    current |= _current_release(dataset)
    graph = [
        _catalog(dataset),
        _series(dataset),
        *releases,
        _service(dataset),
        *(_distribution(dataset, file) for file in dataset.files),
        _publisher(dataset),
        *_concepts(dataset),
        *_vocabularies(dataset),
    ]
    return {"@context": PREFIXES, "@graph": [drop_empty(each) for each in graph]}


def _catalog(dataset: Dataset) -> Node:
    return {
        "@id": dataset.ids.of(f"{PATH}#catalog"),
        "@type": "dcat:Catalog",
        **_described(dataset),
        "foaf:homepage": _page(dataset, "/"),
        "dcat:dataset": [node(_id_of(dataset, each)) for each in dataset.history],
        "dcat:service": node(dataset.ids.of("/v1")),
        "dcat:themeTaxonomy": node(f"{AUTHORITY}/data-theme"),
        **_licensed(dataset),
        "dct:spatial": _places(dataset),
        "dct:issued": day(_first_day(dataset)),
        "dct:modified": day(dataset.release["released_on"]),
    }


def _series(dataset: Dataset) -> Node:
    """Return the series of all releases. Its identifier is the same in each edition."""
    return {
        "@id": dataset.ids.of(SERIES),
        "@type": "dcat:DatasetSeries",
        **_described(dataset),
        "dct:issued": day(_first_day(dataset)),
        "dct:modified": day(dataset.release["released_on"]),
        "dct:accrualPeriodicity": node(f"{AUTHORITY}/frequency/IRREG", "dct:Frequency"),
        "dcat:contactPoint": _contact(dataset),
        "dct:spatial": _places(dataset),
        "dct:temporal": _period(dataset),
        "dcat:last": node(_id_of(dataset, dataset.release)),
    }


def _release(dataset: Dataset, release: Record) -> Node:
    previous = _previous(dataset, release)
    counts = ", ".join(f"{count} {slug}" for slug, count in release["counts"].items())
    return {
        "@id": _id_of(dataset, release),
        "@type": "dcat:Dataset",
        **_described(dataset),
        "dct:identifier": release["id"],
        "dcat:version": release["edition"],
        "adms:versionNotes": both(Bilingual(f"记录数：{counts}", f"Records: {counts}")),
        "dct:issued": day(release["released_on"]),
        "dcat:inSeries": node(dataset.ids.of(SERIES)),
        "dcat:isVersionOf": node(dataset.ids.of(SERIES)),
        "dcat:previousVersion": node(_id_of(dataset, previous)) if previous else None,
        "dcat:landingPage": _page(dataset, "/"),
    }


def _current_release(dataset: Dataset) -> Node:
    """Return the properties that only the current release has."""
    return {
        "dct:modified": day(dataset.release["released_on"]),
        "dcat:theme": _themes(),
        "dcat:keyword": [word for entity in dataset.entities for word in both(entity.collection.title)],
        "dct:accessRights": node(f"{AUTHORITY}/access-right/PUBLIC"),
        "dct:accrualPeriodicity": node(f"{AUTHORITY}/frequency/IRREG", "dct:Frequency"),
        "dcat:contactPoint": _contact(dataset),
        "dct:spatial": _places(dataset),
        "dct:temporal": _period(dataset),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": both(_provenance(dataset))},
        "dct:relation": [node(scheme) for scheme in _schemes(dataset)],
        "prov:hadPrimarySource": [node(source["url"]) for source in dataset.sources],
        "dct:conformsTo": node("https://datapackage.org/profiles/2.0/datapackage.json", "dct:Standard"),
        "foaf:page": [_page(dataset, "/v1/dictionary"), _page(dataset, "/docs")],
        "dcat:distribution": [node(_id_of_file(dataset, each)) for each in dataset.files],
    }


def _distribution(dataset: Dataset, file: File) -> Node:
    title = file.entity.collection.title if file.entity else dataset.title
    about = file.entity.collection.about if file.entity else dataset.description
    media_type, file_type = file.plain_type, FILE_TYPES.get(file.plain_type)
    is_csv = media_type == "text/csv"
    return {
        "@id": _id_of_file(dataset, file),
        "@type": "dcat:Distribution",
        "dct:title": both(Bilingual(f"{title.zh}（{file.name}）", f"{title.en} ({file.name})")),
        "dct:description": both(about),
        "dcat:accessURL": node(dataset.release_url(dataset.release)),
        "dcat:downloadURL": node(file.url),
        "dcat:mediaType": node(f"https://www.iana.org/assignments/media-types/{media_type}", "dct:MediaType"),
        "dct:format": node(f"{AUTHORITY}/file-type/{file_type}", "dct:MediaTypeOrExtent") if file_type else None,
        "dcat:byteSize": None if file.bytes is None else typed(str(file.bytes), "nonNegativeInteger"),
        "spdx:checksum": _checksum(file),
        **_licensed(dataset),
        "dct:language": _languages(),
        "dct:issued": day(dataset.release["released_on"]),
        "dct:modified": day(dataset.release["released_on"]),
        "dct:conformsTo": node(dataset.url("/v1/csv-metadata.json"), "dct:Standard") if is_csv else None,
        "dcatap:availability": node(f"{AUTHORITY}/planned-availability/STABLE"),
        "adms:status": node(f"{AUTHORITY}/distribution-status/COMPLETED"),
        "dcat:accessService": node(dataset.ids.of("/v1")),
    }


def _checksum(file: File) -> Node | None:
    if file.sha256 is None:
        return None
    return {
        "@type": "spdx:Checksum",
        "spdx:algorithm": node("spdx:checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm"),
        "spdx:checksumValue": typed(file.sha256, "hexBinary"),
    }


def _service(dataset: Dataset) -> Node:
    return {
        "@id": dataset.ids.of("/v1"),
        "@type": "dcat:DataService",
        **_described(dataset),
        "dcat:endpointURL": node(dataset.url("/v1")),
        "dcat:endpointDescription": node(dataset.url("/v1/openapi.json")),
        "dcat:servesDataset": node(_id_of(dataset, dataset.release)),
        "dct:license": node(dataset.license_url, "dct:LicenseDocument"),
        "dct:accessRights": node(f"{AUTHORITY}/access-right/PUBLIC"),
        "dcat:contactPoint": _contact(dataset),
        "dcat:keyword": [tagged("开放数据", "zh-Hans"), tagged("open data", "en")],
        "dcat:theme": _themes(),
        "foaf:page": _page(dataset, "/docs"),
    }


def _publisher(dataset: Dataset) -> Node:
    return {
        "@id": dataset.ids.of(f"{PATH}#publisher"),
        "@type": "foaf:Agent",
        "foaf:name": both(dataset.publisher),
        "foaf:homepage": _page(dataset, "/"),
    }


def _concepts(dataset: Dataset) -> Iterator[Node]:
    """Yield the concepts of the European Union's lists that other nodes refer to."""
    scheme = f"{AUTHORITY}/data-theme"
    yield {"@id": scheme, "@type": "skos:ConceptScheme", "dct:title": both(Bilingual("数据主题", "Data themes"))}
    for code, label in THEMES.items():
        yield _concept(f"data-theme/{code}", label) | {"skos:inScheme": node(scheme)}
    public = _concept("access-right/PUBLIC", Bilingual("公开", "public"))
    yield public | {"@type": ["skos:Concept", "dct:RightsStatement"]}
    if dataset.files:
        yield _concept("planned-availability/STABLE", Bilingual("稳定", "stable"))
        yield _concept("distribution-status/COMPLETED", Bilingual("完成", "completed"))


def _schemes(dataset: Dataset) -> dict[str, Bilingual]:
    """Return the titles of the vocabularies that are data, by their identifiers."""
    declared = (column.declared.terms for entity in dataset.entities for column in entity.columns().values())
    return {_id_of_scheme(dataset, terms.id): terms.title for terms in declared if terms}


def _vocabularies(dataset: Dataset) -> Iterator[Node]:
    """Yield each vocabulary as a concept scheme, and its terms as concepts."""
    for scheme, title in _schemes(dataset).items():
        yield {"@id": scheme, "@type": "skos:ConceptScheme", "dct:title": both(title)}
    for term in dataset.terms:
        own, broader = node(_id_of_scheme(dataset, term["vocabulary"])), term["broader_id"]
        yield {
            "@id": dataset.ids.of_record(TERMS_TABLE, term["id"]),
            "@type": "skos:Concept",
            "skos:notation": term["slug"],
            "skos:prefLabel": both(Bilingual(term["name_zh"], term["name_en"])),
            "skos:definition": both(Bilingual(term["definition_zh"], term["definition_en"])),
            "skos:inScheme": own,
            "skos:broader": node(dataset.ids.of_record(TERMS_TABLE, broader)) if broader else None,
            "skos:topConceptOf": None if broader else own,
        }


def _id_of_scheme(dataset: Dataset, vocabulary: str) -> str:
    return dataset.ids.of(f"/v1/{TERMS_TABLE}?vocabulary={vocabulary}")


def _concept(name: str, label: Bilingual) -> Node:
    return {"@id": f"{AUTHORITY}/{name}", "@type": "skos:Concept", "skos:prefLabel": both(label)}


def _id_of(dataset: Dataset, release: Record) -> str:
    return dataset.ids.of_release(release["id"])


def _id_of_file(dataset: Dataset, file: File) -> str:
    return dataset.ids.of(file.url.removeprefix(dataset.base_url))


def _first_day(dataset: Dataset) -> str:
    return min(str(each["released_on"]) for each in dataset.history)


def _previous(dataset: Dataset, release: Record) -> Record | None:
    """Return the release that a release is a newer version of: the one served before, unless its edition is newer."""
    before = next((each for each in dataset.history if each["id"] == release["previous_id"]), None)
    return before if before and str(before["released_on"]) <= str(release["released_on"]) else None


def _described(dataset: Dataset) -> Node:
    """Return the properties that catalogue, series, releases and service share."""
    return {
        "dct:title": both(dataset.title),
        "dct:description": both(dataset.description),
        "dct:publisher": node(dataset.ids.of(f"{PATH}#publisher")),
        "dct:language": _languages(),
    }


def _licensed(dataset: Dataset) -> Node:
    return {
        "dct:license": node(dataset.license_url, "dct:LicenseDocument"),
        "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": both(text_of(dataset.catalog, "rights"))},
    }


def _languages() -> list[Node]:
    return [node(f"{AUTHORITY}/language/{code}", "dct:LinguisticSystem") for code in LANGUAGES]


def _themes() -> list[Node]:
    return [node(f"{AUTHORITY}/data-theme/{code}") for code in THEMES]


def _page(dataset: Dataset, path: str) -> Node:
    return node(dataset.url(path), "foaf:Document")


def _contact(dataset: Dataset) -> Node | None:
    if not dataset.contact:
        return None
    return {
        "@type": ["vcard:Kind", "vcard:Organization"],  # the profile requires vcard:Kind to be explicit
        "vcard:fn": dataset.publisher.en,
        ("vcard:hasEmail" if email(dataset.contact) else "vcard:hasURL"): node(dataset.contact),
    }


def _places(dataset: Dataset) -> list[Node]:
    return [
        {
            "@id": dataset.ids.of_record("places", place["id"]),
            "@type": "dct:Location",
            "skos:prefLabel": both(Bilingual(place["name_zh"], place["name_en"])),
            "dct:identifier": place["code"],
        }
        for place in dataset.coded_places
    ]


def _period(dataset: Dataset) -> Node | None:
    days = coverage(dataset.sources)
    if days is None:
        return None
    start = {"dcat:startDate": day(days.start)} if days.start else {}
    return {"@type": "dct:PeriodOfTime", **start, "dcat:endDate": day(days.end)}


def _provenance(dataset: Dataset) -> Bilingual:
    zh = "；".join(f"{each['title']}（{each['publisher']}，{dated(each).zh}）" for each in dataset.sources)
    en = "; ".join(f"{each['name_en']} ({dated(each).en})" for each in dataset.sources)
    return Bilingual(
        f"每个数值都由来源中的原词算出，并附其所在位置。来源：{zh}。",
        f"Every value is computed from the words of its source and carries their position. Sources: {en}.",
    )
