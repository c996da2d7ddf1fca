"""Programs: the initiatives of the cooperation, in a tree of themes."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Terms, column, reference

THEMES = Terms("theme", Bilingual("主题", "Theme"))


class Program(NamedInSource, table=True):
    """A program or initiative that the source names."""

    collection: ClassVar = Collection(
        "programs",
        "program",
        Bilingual("项目与举措", "Programs"),
        Bilingual(
            "协作中的项目与举措，按主题成树。", "Programs and initiatives of the cooperation, in a tree of themes."
        ),
        rank=1,
    )

    theme: str = column(
        ("主题", "Theme"), ("所属主题。", "Field of work."), facet=True, terms=THEMES, example="industry"
    )
    parent_id: str | None = reference(
        "programs",
        ("上级项目", "Parent program"),
        ("所属的上级项目。", "Program that this one is part of."),
        include="parent",
        reverse="children",
        inverse=("下级项目", "Programs below it"),
    )
    place_id: str | None = reference(
        "places",
        ("地点", "Place"),
        ("来源写明的实施地点；未写明的为空。", "Place where the source says that it is carried out; null where none."),
        include="place",
        reverse="programs",
        inverse=("此地的项目与举措", "Programs carried out here"),
    )
