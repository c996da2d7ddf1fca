"""DCAT 3 as DCAT-AP 3.0.1 profiles it: the catalogue, every release of the dataset, its files and its API.

As JSON-LD with a context of its own, so that nobody needs the network to read it, and the same graph as Turtle.
"""

from collections.abc import Iterator

from app.contact import email
from app.entity import Bilingual
from app.standards.dataset import Dataset, File, Told, present, publisher_of
from app.standards.dating import Coverage, coverage, dated
from app.standards.rdf import Node, both, day, tagged, typed

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

# The Union's themes that the cooperation belongs to; harvesters sort by them.
THEMES = {
    "REGI": Bilingual("地区与城市", "Regions and cities"),
    "SOCI": Bilingual("人口与社会", "Population and society"),
    "ECON": Bilingual("经济与金融", "Economy and finance"),
}
LANGUAGES = {"ZHO": Bilingual("中文", "Chinese"), "ENG": Bilingual("英文", "English")}

# Files as the Union's list of file types names them; others have their media type alone.
FILE_TYPES = {
    "text/csv": "CSV",
    "application/x-ndjson": "JSON",
    "application/json": "JSON",
    "application/zip": "ZIP",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.apache.parquet": "PARQUET",
}


def dcat(dataset: Dataset) -> Node:
    """The catalogue as JSON-LD: a graph of nodes, each named by an absolute address."""
    releases = [_release(dataset, release, at) for at, release in enumerate(dataset.history)]
    current = next(each for each in releases if each["@id"] == dataset.release_address(dataset.release))
    current |= _whole(dataset)
    graph = [
        _catalog(dataset),
        *releases,
        _service(dataset),
        *_distributions(dataset),
        _publisher(dataset),
        *_concepts(dataset),
    ]
    return {"@context": PREFIXES, "@graph": [present(node) for node in graph]}


def _catalog(dataset: Dataset) -> Node:
    return {
        "@id": _own(dataset, "catalog"),
        "@type": "dcat:Catalog",
        **_described(dataset),
        "foaf:homepage": {"@id": dataset.address("/"), "@type": "foaf:Document"},
        "dcat:dataset": [{"@id": dataset.release_address(each)} for each in dataset.history],
        "dcat:service": {"@id": dataset.address("/v1")},
        "dcat:themeTaxonomy": {"@id": f"{AUTHORITY}/data-theme"},
        "dct:license": _license(dataset.catalog),
        "dct:rights": _rights(dataset.catalog),
        "dct:spatial": _places(dataset),
        "dct:issued": day(min(str(each["released_on"]) for each in dataset.history)),
        "dct:modified": day(dataset.release["released_on"]),
    }


def _release(dataset: Dataset, release: Told, at: int) -> Node:
    """A release: what is cited. Those before the current one tell what they were, and lead on to their files."""
    before = dataset.history[at + 1] if at + 1 < len(dataset.history) else None
    return {
        "@id": dataset.release_address(release),
        "@type": "dcat:Dataset",
        **_described(dataset),
        "dct:identifier": release["id"],
        "dcat:version": release["edition"],
        "adms:versionNotes": both(_counts(release)),
        "dct:issued": day(release["released_on"]),
        "dcat:previousVersion": {"@id": dataset.release_address(before)} if before else None,
        "dcat:landingPage": {"@id": dataset.address("/"), "@type": "foaf:Document"},
    }


def _whole(dataset: Dataset) -> Node:
    """What only the release that is served can tell."""
    covered = coverage(dataset.sources)
    entities = dataset.entities
    return {
        "dct:modified": day(dataset.release["released_on"]),
        "dcat:theme": [{"@id": f"{AUTHORITY}/data-theme/{code}"} for code in THEMES],
        "dcat:keyword": [word for entity in entities for word in both(entity.collection.title)],
        "dct:accessRights": {"@id": f"{AUTHORITY}/access-right/PUBLIC"},
        "dct:accrualPeriodicity": {"@id": f"{AUTHORITY}/frequency/IRREG", "@type": "dct:Frequency"},
        "dcat:contactPoint": _contact(dataset),
        "dct:spatial": _places(dataset),
        "dct:temporal": _period(covered) if covered else None,
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": both(_provenance(dataset))},
        "prov:hadPrimarySource": [{"@id": source["url"]} for source in dataset.sources],
        "dct:conformsTo": {
            "@id": "https://datapackage.org/profiles/2.0/datapackage.json",
            "@type": "dct:Standard",
        },
        "foaf:page": [_page(dataset, "/v1/dictionary"), _page(dataset, "/docs")],
        "dcat:distribution": [{"@id": each.url} for each in dataset.files],
    }


def _distributions(dataset: Dataset) -> Iterator[Node]:
    """A distribution for each file."""
    for file in dataset.files:
        media_type = _plain(file)
        title = file.entity.collection.title if file.entity else Bilingual(**dataset.catalog["title"])
        about = file.entity.collection.about if file.entity else Bilingual(**dataset.catalog["description"])
        file_type = FILE_TYPES.get(media_type)
        yield {
            "@id": file.url,
            "@type": "dcat:Distribution",
            "dct:title": both(Bilingual(f"{title.zh}（{file.name}）", f"{title.en} ({file.name})")),
            "dct:description": both(about),
            "dcat:accessURL": {"@id": dataset.release_address(dataset.release)},
            "dcat:downloadURL": {"@id": file.url},
            "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}", **MEDIA_TYPE},
            "dct:format": {"@id": f"{AUTHORITY}/file-type/{file_type}", **EXTENT} if file_type else None,
            "dcat:byteSize": None if file.bytes is None else typed(str(file.bytes), "nonNegativeInteger"),
            "spdx:checksum": _checksum(file),
            "dct:license": _license(dataset.catalog),
            "dct:rights": _rights(dataset.catalog),
            "dct:language": _languages(),
            "dct:issued": day(dataset.release["released_on"]),
            "dct:modified": day(dataset.release["released_on"]),
            "dct:conformsTo": _schema(dataset, media_type),
            "dcatap:availability": {"@id": f"{AUTHORITY}/planned-availability/STABLE"},
            "adms:status": {"@id": f"{AUTHORITY}/distribution-status/COMPLETED"},
            "dcat:accessService": {"@id": dataset.address("/v1")},
        }


MEDIA_TYPE = {"@type": "dct:MediaType"}
EXTENT = {"@type": "dct:MediaTypeOrExtent"}


def _schema(dataset: Dataset, media_type: str) -> Node | None:
    if media_type != "text/csv":
        return None
    return {"@id": dataset.address("/v1/csv-metadata.json"), "@type": "dct:Standard"}


def _service(dataset: Dataset) -> Node:
    """The API."""
    return {
        "@id": dataset.address("/v1"),
        "@type": "dcat:DataService",
        **_described(dataset),
        "dcat:endpointURL": {"@id": dataset.address("/v1")},
        "dcat:endpointDescription": {"@id": dataset.address("/v1/openapi.json")},
        "dcat:servesDataset": {"@id": dataset.release_address(dataset.release)},
        "dct:license": _license(dataset.catalog),
        "dct:accessRights": {"@id": f"{AUTHORITY}/access-right/PUBLIC"},
        "dcat:contactPoint": _contact(dataset),
        "dcat:keyword": [tagged("开放数据", "zh-Hans"), tagged("open data", "en")],
        "dcat:theme": [{"@id": f"{AUTHORITY}/data-theme/{code}"} for code in THEMES],
        "foaf:page": _page(dataset, "/docs"),
    }


def _publisher(dataset: Dataset) -> Node:
    return {
        "@id": _own(dataset, "publisher"),
        "@type": "foaf:Agent",
        "foaf:name": both(publisher_of(dataset.catalog)),
        "foaf:homepage": {"@id": dataset.address("/"), "@type": "foaf:Document"},
    }


def _concepts(dataset: Dataset) -> Iterator[Node]:
    """What other nodes name by the Union's lists, so that the graph can be read alone."""
    scheme = f"{AUTHORITY}/data-theme"
    yield {
        "@id": scheme,
        "@type": "skos:ConceptScheme",
        "dct:title": both(Bilingual("数据主题", "Data themes")),
    }
    for code, label in THEMES.items():
        yield _concept(f"{scheme}/{code}", label) | {"skos:inScheme": {"@id": scheme}}
    yield _concept(f"{AUTHORITY}/access-right/PUBLIC", Bilingual("公开", "public")) | {
        "@type": ["skos:Concept", "dct:RightsStatement"]
    }
    if dataset.files:
        yield _concept(f"{AUTHORITY}/planned-availability/STABLE", Bilingual("稳定", "stable"))
        yield _concept(f"{AUTHORITY}/distribution-status/COMPLETED", Bilingual("完成", "completed"))


def _concept(address: str, label: Bilingual) -> Node:
    return {"@id": address, "@type": "skos:Concept", "skos:prefLabel": both(label)}


def _described(dataset: Dataset) -> Node:
    """What catalogue, releases and service tell alike."""
    return {
        "dct:title": both(Bilingual(**dataset.catalog["title"])),
        "dct:description": both(Bilingual(**dataset.catalog["description"])),
        "dct:publisher": {"@id": _own(dataset, "publisher")},
        "dct:language": _languages(),
    }


def _languages() -> list[Node]:
    return [{"@id": f"{AUTHORITY}/language/{code}", "@type": "dct:LinguisticSystem"} for code in LANGUAGES]


def _license(catalog: Told) -> Node:
    return {"@id": catalog["license"]["url"], "@type": "dct:LicenseDocument"}


def _rights(catalog: Told) -> Node:
    return {"@type": "dct:RightsStatement", "rdfs:label": both(Bilingual(**catalog["rights"]))}


def _contact(dataset: Dataset) -> Node | None:
    """Where readers write to the publisher; None where no operator said so."""
    if not dataset.contact:
        return None
    return {
        "@type": ["vcard:Kind", "vcard:Organization"],  # the profile asks for the class by name
        "vcard:fn": dataset.catalog["publisher"]["en"],
        ("vcard:hasEmail" if email(dataset.contact) else "vcard:hasURL"): {"@id": dataset.contact},
    }


def _places(dataset: Dataset) -> list[Node]:
    """The places that have a division code, each by it and by both names."""
    return [
        {
            "@id": dataset.address(f"/v1/places/{place['id']}"),
            "@type": "dct:Location",
            "skos:prefLabel": both(Bilingual(place["name_zh"], place["name_en"])),
            "dct:identifier": place["code"],
        }
        for place in dataset.places
        if place["code"]
    ]


def _period(covered: Coverage) -> Node:
    """From the first source to the last: what they state holds as of their days."""
    start = {"dcat:startDate": day(covered.start)} if covered.start else {}
    return {"@type": "dct:PeriodOfTime", **start, "dcat:endDate": day(covered.end)}


def _provenance(dataset: Dataset) -> Bilingual:
    titles = "；".join(f"{each['title']}（{each['publisher']}，{dated(each).zh}）" for each in dataset.sources)
    named = "; ".join(f"{each['name_en']} ({dated(each).en})" for each in dataset.sources)
    return Bilingual(
        f"每个数值都由来源中的原词算出，并附其所在位置。来源：{titles}。",
        f"Every value is computed from the very words of its source and carries their place. Sources: {named}.",
    )


def _counts(release: Told) -> Bilingual:
    told = ", ".join(f"{count} {slug}" for slug, count in release["counts"].items())
    return Bilingual(f"记录数：{told}", f"Records: {told}")


def _page(dataset: Dataset, path: str) -> Node:
    return {"@id": dataset.address(path), "@type": "foaf:Document"}


def _checksum(file: File) -> Node | None:
    if file.sha256 is None:
        return None
    return {
        "@type": "spdx:Checksum",
        "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
        "spdx:checksumValue": typed(file.sha256, "hexBinary"),
    }


def _plain(file: File) -> str:
    return file.media_type.split(";")[0]


def _own(dataset: Dataset, name: str) -> str:
    return dataset.address(f"{PATH}#{name}")
