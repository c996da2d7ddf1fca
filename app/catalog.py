"""`seed/catalog.toml`: the title, publisher, licence and edition of the dataset."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.contact import Contact


class Strict(BaseModel):
    """A table of the file. Unknown keys are errors, to catch misspellings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BilingualText(Strict):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Publisher(BilingualText):
    """The publisher. `contact` is not served if it is not set."""

    contact: Contact = Field("", exclude_if=lambda contact: not contact)


class License(Strict):
    """The licence of the data; `id` is its SPDX identifier."""

    id: str
    title: str
    url: str


class ChartGroup(Strict):
    """Figures of a chart that are of one kind. `values` are ids of what the chart is grouped by."""

    title: BilingualText
    values: tuple[str, ...] = Field(min_length=1)


class Chart(Strict):
    """A chart of the figures that match a query of /v1/figures. `about` is its caveat, and stands in its picture.

    Figures of different kinds are not compared: `group_by` names the relation that divides them, such as `indicator`.
    `groups` join and name them; without `groups`, each related record is a group. `finding` is a title in which the id
    of a figure in braces stands for its amount.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: BilingualText
    finding: BilingualText | None = None
    about: BilingualText
    query: str
    group_by: str | None = None
    groups: tuple[ChartGroup, ...] = ()


class Feedback(BilingualText):
    """A correction of an error in the data, or a notice to the publisher of a source; `edition` has the correction."""

    on: dt.date
    kind: Literal["correction", "notice"]
    edition: str = Field("", exclude_if=lambda edition: not edition)


class Catalog(Strict):
    """The whole file. `headlines` are the ids of the figures on the home page."""

    edition: str = Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")
    released_on: dt.date
    title: BilingualText
    description: BilingualText
    publisher: Publisher
    license: License
    rights: BilingualText
    headlines: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    feedback: tuple[Feedback, ...] = Field((), exclude_if=lambda feedback: not feedback)


class CatalogError(Exception):
    """Raised when the file is missing, unreadable or invalid. `faults` are messages with their positions."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_catalog(seed: Path) -> Catalog:
    """Return the catalogue of a seed folder. Raises CatalogError."""
    path = seed / "catalog.toml"
    try:
        return Catalog.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        faults = ["Not found. A seed folder contains catalog.toml and one CSV file per collection."]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults = [str(error)]
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}" for each in error.errors()
        ]
    raise CatalogError([f"{path}: {fault}" for fault in faults])
