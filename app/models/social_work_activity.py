"""Social-work activities for children and communities."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Terms, column, reference


class SocialWorkActivity(NamedInSource, table=True):
    """A kind of social-work activity, or all of them where the source counts only the total."""

    collection: ClassVar = Collection(
        "social-work-activities",
        "social-work-activity",
        Bilingual("社工活动", "Social-work activities"),
        Bilingual(
            "社工活动的类别与整体；来源只给总数的，记在整体名下。",
            "Kinds of social work, and the whole of them, which holds what the source counts only as a whole.",
        ),
        rank=2,
    )

    kind: str = column(
        ("类别", "Kind"), ("活动的类别。", "What the activity is about."),
        facet=True, terms=Terms("activity-kind", Bilingual("活动类别", "Kind of activity")), example="volunteering",
    )  # fmt: skip
    session_count: int | None = column(
        ("场次", "Sessions"),
        ("累计场次；来源只说整体时，各类为空。", "Sessions held; null where only the whole is counted."),
        unit="session", ge=0, example=103,
    )  # fmt: skip
    local_worker_count: int | None = column(
        ("本土社工", "Local workers"),
        ("本土社工人数。", "Local social workers."),
        unit="person", ge=0, example=10,
    )  # fmt: skip
    supervisor_count: int | None = column(
        ("督导", "Supervisors"),
        ("督导人数。", "Supervisors."),
        unit="person", ge=0, example=7,
    )  # fmt: skip
    parent_id: str | None = reference(
        "social_work_activities",
        ("整体", "Whole"),
        ("所属的整体。", "The whole that this kind belongs to."),
        include="parent",
        reverse="children",
        inverse=("所含的各类活动", "Kinds of activity within it"),
    )
    program_id: str = reference(
        "programs",
        ("所属项目", "Program"),
        ("所属的项目。", "Program that it belongs to."),
        include="program",
        reverse="social_work_activities",
    )
    place_id: str | None = reference(
        "places",
        ("地点", "Place"),
        ("活动所在地。", "Place where it happens."),
        include="place",
        reverse="social_work_activities",
    )
