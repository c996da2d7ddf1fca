"""schema.org, embedded in pages for search engines: the dataset, also at `/v1/schema.jsonld`, its parts and records."""

from collections.abc import Iterable
from typing import Any

from app.entity import Bilingual, Entity
from app.quantity import UNITS, Comparator
from app.standards.dataset import Dataset, File, Record, drop_empty
from app.standards.dating import coverage
from app.standards.json_ld import both

Document = dict[str, Any]

CONTEXT = {"@context": "https://schema.org"}
BOUNDED = {Comparator.GE, Comparator.GT, Comparator.LE, Comparator.LT, Comparator.RANGE}  # the value is but a bound


def schema_org(dataset: Dataset) -> Document:
    """Return the dataset with its files, places and sources."""
    release, days, publisher = dataset.release, coverage(dataset.sources), _publisher(dataset)
    return drop_empty(
        {
            **CONTEXT,
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
                _place(place, dataset.url(f"/v1/places/{place['id']}")) for place in dataset.coded_places
            ],
            "isBasedOn": [_article(source) for source in dataset.sources],
            "distribution": [_download(file) for file in dataset.files],
        }
    )


def part(entity: type[Entity], dataset: Dataset, url: str) -> Document:
    """Return a collection as a dataset that is part of the whole; `url` is that of its page."""
    about, whole, publisher = entity.collection.about, dataset.description, _publisher(dataset)
    return CONTEXT | {
        "@type": "Dataset",
        "@id": dataset.ids.of(f"/v1/{entity.collection.slug}"),
        "name": both(entity.collection.title),
        "description": both(Bilingual(about.zh + whole.zh, f"{about.en} {whole.en}")),
        "url": url,
        "creator": publisher,
        "publisher": publisher,
        **_version(dataset),
        "isAccessibleForFree": True,
        "distribution": [_download(file) for file in dataset.files_of(entity)],
    }


def claim(figure: Record, sentence: Bilingual, dataset: Dataset, url: str) -> Document:
    """Return a figure as the claim of its source, in a sentence; `url` is that of its page.

    It is no ClaimReview, because nobody has verified it. The figure includes its source, indicator and subject.
    """
    source, indicator, subject = (figure[name] for name in ("source", "indicator", "subject"))
    article = {"@id": source["url"]}
    return CONTEXT | {
        "@type": "Claim",
        "@id": dataset.ids.of_record("figures", figure["id"]),
        "identifier": figure["id"],
        "name": both(_name(figure)),
        "text": both(sentence),
        "url": url,
        "author": {"@type": "Organization", "name": source["publisher"]},
        "claimInterpreter": _publisher(dataset),
        "appearance": {
            "@type": "Quotation",
            "text": figure["as_stated"],
            "inLanguage": source["language"],
            "url": figure["source_url"],
            "isPartOf": article,
        },
        "isBasedOn": _article(source),
        "citation": article,
        **_version(dataset),
        "about": drop_empty(
            {
                "@type": "Observation",
                "description": both(Bilingual(figure["text_zh"], figure["text_en"])),  # with what qualifies the value
                "variableMeasured": {
                    "@type": "StatisticalVariable",
                    "@id": dataset.ids.of_record("indicators", indicator["id"]),
                    "name": both(_name(indicator)),
                    "description": both(Bilingual(indicator["definition_zh"], indicator["definition_en"])),
                },
                "observationAbout": {
                    "@type": "Thing",
                    "@id": dataset.ids.of_record(figure["subject_collection"], subject["id"]),
                    "name": both(_name(subject)),
                },
                "observationDate": _observed(figure),
                "value": None if figure["comparator"] in BOUNDED else figure["value"],
                "minValue": figure["lower"] if figure["comparator"] in BOUNDED else None,
                "maxValue": figure["upper"] if figure["comparator"] in BOUNDED else None,
                "unitText": figure["unit"],
                "unitCode": UNITS[figure["unit"]].qudt,
            }
        ),
    }


def _observed(figure: Record) -> str:
    """Return the date of a figure: its time, which schema.org takes without an interval, or the end of it."""
    time: str | None = figure["time"]
    return figure["time_end"] if time is None or "/" in time else time


def place(record: Record, mentions: Iterable[Record], dataset: Dataset, url: str) -> Document:
    """Return a place, with the place that it is in and its other names; `url` is that of its page.

    The record includes its parent; `mentions` name it otherwise.
    """
    parent = record["parent"]
    own, others = _name(record), (name for mention in mentions for name in _name(mention))
    names = dict.fromkeys(name for name in others if name not in own)
    return drop_empty(
        CONTEXT
        | {
            "@id": dataset.ids.of_record("places", record["id"]),
            **_place(record, url),
            "alternateName": [*names],
            "containedInPlace": parent and _place(parent, dataset.url(f"/v1/places/{parent['id']}")),
        }
    )


def article(source: Record, url: str) -> Document:
    """Return the article of a source, which is not our work; `url` is that of our page about it."""
    return CONTEXT | _article(source) | {"subjectOf": {"@type": "WebPage", "url": url}}


def _publisher(dataset: Dataset) -> Document:
    return {"@type": "Organization", "name": both(dataset.publisher), "url": dataset.url("/")}


def _version(dataset: Dataset) -> Document:
    """Return what release a part or record is of, and its licence."""
    release = dataset.release
    return {
        "license": dataset.license_url,
        "version": release["edition"],
        "dateModified": str(release["released_on"]),
        "isPartOf": {
            "@type": "Dataset",
            "@id": dataset.ids.of_release(release["id"]),
            "name": both(dataset.title),
            "description": both(dataset.description),
            "url": dataset.url("/"),
            "license": dataset.license_url,
            "creator": _publisher(dataset),
        },
    }


def _download(file: File) -> Document:
    return drop_empty(
        {
            "@type": "DataDownload",
            "name": file.name,
            "contentUrl": file.url,
            "encodingFormat": file.plain_type,
            "contentSize": file.content_size,
            "sha256": file.sha256,
        }
    )


def _place(record: Record, url: str) -> Document:
    return drop_empty({"@type": "Place", "name": both(_name(record)), "identifier": record["code"], "url": url})


def _name(record: Record) -> Bilingual:
    return Bilingual(record["name_zh"], record["name_en"])


def _article(source: Record) -> Document:
    """Return a source. A repost's date belongs to the page, never to the article."""
    terms = both(Bilingual(source["reuse_zh"] or "", source["reuse_en"] or ""))
    repost = {"@type": "WebPage", "url": source["url"], "datePublished": str(source["reposted_on"])}
    return drop_empty(
        {
            "@type": "NewsArticle",
            "@id": source["url"],
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
