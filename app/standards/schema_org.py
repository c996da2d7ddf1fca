"""schema.org Dataset, embedded in pages for search engines and served at `/v1/schema.jsonld`."""

from typing import Any

from app.entity import Bilingual
from app.standards.dataset import Dataset, Record, drop_empty
from app.standards.dating import coverage
from app.standards.json_ld import both

Document = dict[str, Any]


def schema_org(dataset: Dataset) -> Document:
    """Return the dataset with its files, places and sources."""
    release, days = dataset.release, coverage(dataset.sources)
    publisher = {"@type": "Organization", "name": both(dataset.publisher), "url": dataset.url("/")}
    return drop_empty(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": dataset.ids.of_release(release["id"]),
            "name": both(dataset.title),
            "description": both(dataset.description),
            "url": dataset.url("/"),
            "identifier": release["id"],
            "version": release["edition"],
            "datePublished": str(release["released_on"]),
            "license": dataset.license_url,
            "isAccessibleForFree": True,
            "inLanguage": ["zh-Hans", "en"],
            "creator": publisher,
            "publisher": publisher,
            "keywords": [title for entity in dataset.entities for title in entity.collection.title],
            "temporalCoverage": f"{days.start or '..'}/{days.end}" if days else None,
            "spatialCoverage": [
                {
                    "@type": "Place",
                    "name": both(Bilingual(place["name_zh"], place["name_en"])),
                    "identifier": place["code"],
                    "url": dataset.url(f"/v1/places/{place['id']}"),
                }
                for place in dataset.coded_places
            ],
            "isBasedOn": [_article(source) for source in dataset.sources],
            "distribution": [
                drop_empty(
                    {
                        "@type": "DataDownload",
                        "name": file.name,
                        "contentUrl": file.url,
                        "encodingFormat": file.plain_type,
                        "contentSize": file.content_size,
                        "sha256": file.sha256,
                    }
                )
                for file in dataset.files
            ],
        }
    )


def _article(source: Record) -> Document:
    """Return a source. A repost's date belongs to the page, never to the article."""
    terms = both(Bilingual(source["reuse_zh"] or "", source["reuse_en"] or ""))
    repost = {"@type": "WebPage", "url": source["url"], "datePublished": str(source["reposted_on"])}
    return drop_empty(
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
