"""schema.org Dataset: what search engines read in the pages, and whoever asks `/v1/schema.jsonld` for it."""

from typing import Any

from app.entity import Words
from app.standards.dataset import Dataset, present, publisher_of
from app.standards.rdf import both

Document = dict[str, Any]


def schema_org(dataset: Dataset) -> Document:
    """The dataset with its files, places and sources."""
    catalog, release = dataset.catalog, dataset.release
    days = sorted(str(source["published_on"]) for source in dataset.sources)
    publisher = {
        "@type": "Organization",
        "name": both(publisher_of(catalog)),
        "url": dataset.address("/"),
    }
    return present(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": dataset.release_address(release),
            "name": both(Words(**catalog["title"])),
            "description": both(Words(**catalog["description"])),
            "url": dataset.address("/"),
            "identifier": release["id"],
            "version": release["edition"],
            "datePublished": str(release["released_on"]),
            "license": catalog["license"]["url"],
            "isAccessibleForFree": True,
            "inLanguage": ["zh-Hans", "en"],
            "creator": publisher,
            "publisher": publisher,
            "keywords": [title for entity in dataset.entities for title in entity.collection.title],
            "temporalCoverage": f"{days[0]}/{days[-1]}" if days else None,
            "spatialCoverage": [
                {
                    "@type": "Place",
                    "name": both(Words(place["name_zh"], place["name_en"])),
                    "identifier": place["code"],
                    "url": dataset.address(f"/v1/places/{place['id']}"),
                }
                for place in dataset.places
                if place["code"]
            ],
            "isBasedOn": [
                {
                    "@type": "NewsArticle",
                    "headline": source["title"],
                    "url": source["url"],
                    "datePublished": str(source["published_on"]),
                    "author": [{"@type": "Person", "name": name} for name in source["authors"]],
                    "publisher": {"@type": "Organization", "name": source["publisher"]},
                    "inLanguage": source["language"],
                }
                for source in dataset.sources
            ],
            "distribution": [
                present(
                    {
                        "@type": "DataDownload",
                        "name": file.name,
                        "contentUrl": file.url,
                        "encodingFormat": file.media_type.split(";")[0],
                        "contentSize": None if file.bytes is None else f"{file.bytes} B",
                        "sha256": file.sha256,
                    }
                )
                for file in dataset.files
            ],
        }
    )
