"""Sources: the published texts that everything else cites."""

import datetime as dt
from typing import ClassVar, NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict  # which Pydantic requires below Python 3.12

from app.entity import Absence, Bilingual, Collection, Described, column


@with_config(ConfigDict(extra="forbid"))
class Paragraph(TypedDict):
    """A body paragraph: its number, its length in Unicode code points and the SHA-256 of its UTF-8 text.

    `located_on` is the date on which `shanhai locate` found all words cited from it. `numerals` is how many numerals it
    has; `unaccounted` are the spans, [start, end], of those that are in no figure and not excluded. Both are absent
    where numerals were never located.
    """

    number: int
    length: int
    sha256: str
    located_on: str
    numerals: NotRequired[int]
    unaccounted: NotRequired[list[list[int]]]


class Source(Described, table=True):
    """A published text, without its sentences, which are not ours to publish: paragraphs are identified by hashes."""

    collection: ClassVar = Collection(
        "sources",
        "source",
        Bilingual("来源", "Sources"),
        Bilingual(
            "所引的文章，及其作者、出版者与各段校验值。",
            "The articles cited, with authors, publishers and paragraph hashes.",
        ),
        rank=7,
    )

    title: str = column(("原题", "Title"), ("来源的原标题。", "Title as published."), names=True)
    publisher: str = column(("出版者", "Publisher"), ("首先刊发的媒体。", "Medium that first published it."))
    publisher_en: str | None = column(
        ("出版者英文名", "Publisher in English"),
        ("出版者的英文名称；没有则为空。", "The publisher's name in English; null where it has none."),
        absence=Absence.NOT_APPLICABLE,
        example="Tongren Daily",
    )
    republisher: str | None = column(
        ("转载者", "Republisher"),
        ("取得文本的转载网站。", "Site that reposted it and from which the text was taken."),
        absence=Absence.NOT_APPLICABLE,
    )
    authors: list[str] = column(("作者", "Authors"), ("署名作者。", "Authors as signed."))
    published_on: dt.date | None = column(
        ("刊发日期", "Published on"),
        ("首次刊发的日期；不详则为空。", "Date of first publication; null where it is not known."),
        example="2022-08-06",
    )
    reposted_on: dt.date | None = column(
        ("转载日期", "Reposted on"),
        ("转载页面标注的日期；不是转载则为空。", "Date shown on the repost; null where the text is no repost."),
        example="2022-08-06",
        absence=Absence.NOT_APPLICABLE,
    )
    retrieved_on: dt.date | None = column(
        ("取得日期", "Retrieved on"),
        ("取得文本的日期；未记录则为空。", "Date on which the text was taken; null where it was not recorded."),
        absence=Absence.NOT_RECORDED,
    )
    url: str = column(
        ("网址", "Address"),
        ("文本所在的网址。", "Address at which the text stands."),
        pattern=r"^https?://\S+$",
        form="an address that begins with https:// or http:// and has no white space",
    )
    reuse_zh: str | None = column(
        ("转载方的使用要求", "Terms of the repost, in Chinese"),
        ("转载网站对使用者的要求，用我们的话概述；无则为空。",
         "What the reposting site asks of those who reuse it, summarised in Chinese; null where it asks nothing."),
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip
    reuse_en: str | None = column(
        ("转载方的使用要求（英文）", "Terms of the repost"),
        ("转载网站对使用者的要求，用我们的话概述（英文）；无则为空。",
         "What the reposting site asks of those who reuse it, summarised in English; null where it asks nothing."),
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip
    language: str = column(
        ("语言", "Language"),
        ("BCP 47 语言标签。", "BCP 47 language tag."),
        facet=True,
        pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$",
        form="a BCP 47 tag of language, script and region with hyphens, such as zh-Hans, zh-Hant-TW or en",
        example="zh-Hans",
    )
    paragraphs: list[Paragraph] = column(
        ("段落", "Paragraphs"),
        (
            "正文各段：序号、长度（码位）、SHA-256（UTF-8，去掉首尾空白）、在该段中找到全部所引原词的日期、"
            "数字的个数，以及既不属于任何数据也未列为未计入的数字的起止位置。",
            "Each body paragraph: number, length in code points, SHA-256 of its UTF-8 text without surrounding white "
            "space, the date on which all words cited from it were found in it, how many numerals it has, and the "
            "spans of those that are in no figure and not excluded.",
        ),
        computed=True,
    )
