"""`seed/catalog.toml`, typed: what the dataset is called, who publishes it, under which licence and edition."""

import datetime as dt
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.contact import Contact


class Strict(BaseModel):
    """A table of the file; an unknown key is an error, so that a slip of the pen is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BilingualText(Strict):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Publisher(BilingualText):
    """Who publishes the data, and where readers write to: told only where it is set."""

    contact: Contact = Field("", exclude_if=lambda contact: not contact)


class License(Strict):
    """The licence of the data, by its SPDX identifier."""

    id: str
    title: str
    url: str


class Chart(Strict):
    """A chart: the figures that a query of /v1/figures finds, drawn. `about` is what is read where nothing is seen."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: BilingualText
    about: BilingualText
    query: str


class Catalog(Strict):
    """The whole file. `headlines` are the figures that stand for all at a glance."""

    edition: str = Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")
    released_on: dt.date
    title: BilingualText
    description: BilingualText
    publisher: Publisher
    license: License
    rights: BilingualText
    headlines: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()


class CatalogError(Exception):
    """The file is missing, unreadable or incomplete; each fault says where."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_catalog(seed: Path) -> Catalog:
    """Read `catalog.toml` of the seed folder. Raises CatalogError."""
    path = seed / "catalog.toml"
    try:
        return Catalog.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise CatalogError(
            [f"{path}: not found; a seed folder holds catalog.toml and one CSV per collection"]
        ) from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CatalogError([f"{path}: {fault}"]) from None
    except ValidationError as faults:
        raise CatalogError(
            [
                f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix('Value error, ')}"
                for fault in faults.errors()
            ]
        ) from None
