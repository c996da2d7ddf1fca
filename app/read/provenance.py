"""Where the data come from, in the words that go into files: for people who find a file without its address."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.source import Source
from app.read.dataset import read_catalog, read_release
from app.standards.dating import dated


def read_provenance(connection: Connection) -> dict[str, str]:
    """Dataset, release, licence and sources, each by what it is called."""
    catalog, release = read_catalog(connection), read_release(connection)
    told = {
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
        who = ", ".join(source["authors"])
        what = f"{source['title']}. {source['publisher']}, {dated(source).en}. {source['url']}"
        told[f"source {number}"] = f"{who}: {what}"
        for name in ("reuse_en", "reuse_zh"):
            if source[name]:
                told[f"source {number} {name}"] = source[name]
    return told


def read_sources(connection: Connection) -> list[dict[str, Any]]:
    """The records of the sources, as they are served."""
    table = Source.table().c
    return [msgspec.json.decode(row.record) for row in connection.execute(sa.select(table.record).order_by(table.id))]
