"""The members of `dataset.zip`: a Data Package of all CSV files, its licence, and citations."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Template

from app.entity import Entity, Labels
from app.releases.store import FrozenFile
from app.standards.citation import STYLES, cite_dataset
from app.standards.datapackage import Resource, datapackage
from app.standards.dating import dated

Values = Mapping[str, Any]

README = Template(Path(__file__).with_name("package-readme.md.jinja").read_text("utf-8"), keep_trailing_newline=True)


def package_members(
    catalog: Values,
    release: Values,
    sources: Sequence[Values],
    files: Sequence[tuple[type[Entity], FrozenFile]],
    folder: Path,
    labels: Labels,
) -> Iterator[tuple[str, bytes | Path]]:
    """Yield the members of the package by name; the CSV files are read from `folder`."""
    resources = [Resource(entity, f"data/{file.name}", file.bytes, file.sha256) for entity, file in files]
    descriptor = datapackage(catalog, release, sources, resources, labels)
    yield "datapackage.json", msgspec.json.format(msgspec.json.encode(descriptor), indent=2) + b"\n"
    yield (
        "README.md",
        README.render(catalog=catalog, release=release, sources=sources, files=files, dated=dated).encode(),
    )
    yield "LICENSE.txt", _licence(catalog).encode()
    cited = cite_dataset(catalog, release)
    yield "CITATION.cff", STYLES["cff"].write(cited).encode()
    yield "citation.bib", STYLES["bib"].write(cited).encode()
    for _, file in files:
        yield f"data/{file.name}", folder / file.name


def _licence(catalog: Values) -> str:
    terms, rights = catalog["license"], catalog["rights"]
    return f"{terms['title']} ({terms['id']})\n{terms['url']}\n\n{rights['en']}\n\n{rights['zh']}\n"
