"""schema.org Dataset: what search engines read in the pages, and whoever asks `/v1/schema.jsonld` for it."""

from typing import Any

from app.entity import Bilingual
from app.standards.dataset import Dataset, Told, present, publisher_of
from app.standards.dating import coverage
from app.standards.rdf import both

Document = dict[str, Any]


def schema_org(dataset: Dataset) -> Document:
    """The dataset with its files, places and sources."""
    catalog, release = dataset.catalog, dataset.release
    covered = coverage(dataset.sources)
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
            "name": both(Bilingual(**catalog["title"])),
            "description": both(Bilingual(**catalog["description"])),
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
            "temporalCoverage": f"{covered.start or '..'}/{covered.end}" if covered else None,
            "spatialCoverage": [
                {
                    "@type": "Place",
                    "name": both(Bilingual(place["name_zh"], place["name_en"])),
                    "identifier": place["code"],
                    "url": dataset.address(f"/v1/places/{place['id']}"),
                }
                for place in dataset.places
                if place["code"]
            ],
            "isBasedOn": [_article(source) for source in dataset.sources],
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


def _article(source: Told) -> Document:
    """A source. Where its own date is unknown, the page that reposts it has one, and the article has none."""
    terms = both(Bilingual(source["reuse_zh"] or "", source["reuse_en"] or ""))
    repost = {"@type": "WebPage", "url": source["url"], "datePublished": str(source["reposted_on"])}
    return present(
        {
            "@type": "NewsArticle",
            "headline": source["title"],
            "url": source["url"],
            "datePublished": str(source["published_on"]) if source["published_on"] else None,
            "mainEntityOfPage": repost if source["reposted_on"] else None,
            "author": [{"@type": "Person", "name": name} for name in source["authors"]],
            "publisher": {"@type": "Organization", "name": source["publisher"]},
            "inLanguage": source["language"],
            "usageInfo": {"@type": "CreativeWork", "text": terms} if source["reuse_en"] else None,
        }
    )
