"""Provenance as text, for files that are separated from their address."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.source import Source
from app.read.dataset import read_catalog, read_release
from app.standards.dating import dated


def read_provenance(connection: Connection) -> dict[str, str]:
    """Return dataset, release, licence and sources by their labels."""
    catalog, release = read_catalog(connection), read_release(connection)
    provenance = {
        "dataset": catalog["title"]["en"],
        "dataset_zh": catalog["title"]["zh"],
        "publisher": catalog["publisher"]["en"],
        "release": release["id"],
        "edition": release["edition"],
        "released_on": str(release["released_on"]),
        "content_hash": release["content_hash"],
        "license": f"{catalog['license']['title']} ({catalog['license']['id']})",
        "license_url": catalog["license"]["url"],
        "rights": catalog["rights"]["en"],
        "rights_zh": catalog["rights"]["zh"],
    }
    for number, source in enumerate(read_sources(connection), 1):
        authors = ", ".join(source["authors"])
        publication = f"{source['title']}. {source['publisher']}, {dated(source).en}. {source['url']}"
        provenance[f"source {number}"] = f"{authors}: {publication}"
        for name in ("reuse_en", "reuse_zh"):
            if source[name]:
                provenance[f"source {number} {name}"] = source[name]
    return provenance


def read_sources(connection: Connection) -> list[dict[str, Any]]:
    """Return the sources as they are served, dates as text."""
    table = Source.table().c
    records = connection.scalars(sa.select(table.record).order_by(table.id))
    return [msgspec.json.decode(record) for record in records]
