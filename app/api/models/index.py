"""The index at `/v1`, and the documents it lists whose JSON is not an answer's."""

from typing import Any

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Address, Closed, Links, Meta, Open
from app.api.models.releases import CurrentRelease
from app.api.texts import chinese, described
from app.entity import Bilingual


class IndexCollection(Closed, json_schema_extra=chinese(description="一张表及其记录数。")):
    """A collection with its number of records."""

    slug: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    count: NonNegativeInt
    links: Links


class IndexDocument(Closed, json_schema_extra=chinese(description="一份文档及其网址。")):
    """A document with its address."""

    id: str
    title_zh: str
    title_en: str
    links: Links


class IndexPublisher(Closed, json_schema_extra=chinese(description="数据集的发布者。")):
    """The publisher of the dataset."""

    name_zh: str
    name_en: str
    contact: Address | None = Field(
        **described(
            Bilingual(
                "mailto: 或网页地址；运营者未设则为空。", "A mailto: or web address; null if the operator set none."
            )
        )
    )


class Index(Closed, json_schema_extra=chinese(description="各张表、各份文档、发布者与当前提供的版本。")):
    """The collections, the documents, the publisher and the served release."""

    collections: list[IndexCollection]
    documents: list[IndexDocument]
    publisher: IndexPublisher
    release: CurrentRelease


class IndexAnswer(Closed, json_schema_extra=chinese(description="本服务的索引。")):
    """The index of the service."""

    data: Index
    meta: Meta
    links: Links


class DataPackage(
    Open, json_schema_extra=chinese(description="数据包（Data Package）描述（https://datapackage.org）。")
):
    """A Data Package descriptor (https://datapackage.org)."""

    profile: Any = Field(alias="$schema")
    name: Any
    version: Any
    licenses: Any
    resources: Any


class Dictionary(Open, json_schema_extra=chinese(description="每张表及其字段，每个词表及其取值。")):
    """Every collection with its fields, and every vocabulary with its terms."""

    collections: Any
    vocabularies: Any


class Conformance(Open, json_schema_extra=chinese(description="每条实践与原则，本服务怎样做到，以及在哪里可以看到。")):
    """Each practice and principle, with how the service follows it and where to see that."""

    practices: Any
    principles: Any
    counts: Any
