"""Where the data come from, in the words that go into files: for people who find a file without its address."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.source import Source
from app.query.served import read_catalog, read_release


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
    table = Source.table().c
    sources = connection.execute(sa.select(Source.table()).order_by(table.id)).all()
    for number, source in enumerate(sources, 1):
        who = ", ".join(source.authors)
        told[f"source {number}"] = f"{who}: {source.title}. {source.publisher}, {source.published_on}. {source.url}"
    return told
