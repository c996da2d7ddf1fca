"""Programs: the initiatives of the cooperation, in a tree of themes."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Vocabulary, column, reference


class Theme(Vocabulary):
    """The field of work, as the article divides it."""

    COOPERATION = "cooperation", "结对协作", "Paired cooperation"
    PARTY_BUILDING = "party-building", "党建引领", "Party building"
    INDUSTRY = "industry", "产业协作", "Industry"
    MARKETS = "markets", "消费协作", "Markets and sales"
    SKILLS_AND_JOBS = "skills-and-jobs", "人才与就业", "Skills and jobs"
    SOCIETY = "society", "社会参与", "Society and giving"
    CULTURE_AND_SPORT = "culture-and-sport", "文化体育", "Culture and sport"


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

    theme: Theme = column(("主题", "Theme"), ("所属主题。", "Field of work."), facet=True)
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
