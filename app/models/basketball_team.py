"""Basketball teams and clubs."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Terms, column, reference


class BasketballTeam(NamedInSource, table=True):
    """A team, or several that the source counts without naming them."""

    collection: ClassVar = Collection(
        "basketball-teams",
        "basketball-team",
        Bilingual("篮球队", "Basketball teams"),
        Bilingual(
            "来源提到的篮球队；未具名而只有总数的，合为一条记录。",
            "Teams in the source; those that it counts without naming them are one record.",
        ),
        rank=2,
    )

    kind: str = column(
        ("类别", "Kind"), ("球队的类别。", "What kind of team it is."),
        facet=True, terms=Terms("team-kind", Bilingual("球队类别", "Kind of team")), example="club",
    )  # fmt: skip
    team_count: int | None = column(
        ("队伍数", "Teams"),
        ("本条记录代表的球队数；来源未说则为空。", "Teams that it stands for; null where no number is given."),
        unit="team", ge=0, example=80,
    )  # fmt: skip
    player_count: int | None = column(
        ("队员数", "Players"),
        ("队员人数；来源未说则为空。", "Players in them; null where the source gives no number."),
        unit="person", ge=0, example=980,
    )  # fmt: skip
    program_id: str = reference(
        "programs",
        ("所属项目", "Program"),
        ("所参与的项目。", "Program that it takes part in."),
        include="program",
        reverse="basketball_teams",
    )
    place_id: str | None = reference(
        "places",
        ("地点", "Place"),
        ("球队所在或来自的地方，依来源所写。", "Place where it is or comes from, as the source puts it."),
        include="place",
        reverse="basketball_teams",
    )
