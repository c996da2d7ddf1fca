"""Places: where the cooperation happens and where its partners come from."""

from typing import ClassVar

from app.entity import Absence, Bilingual, Collection, NamedInSource, Terms, column, reference


class Place(NamedInSource, table=True):
    """A place that the source names."""

    collection: ClassVar = Collection(
        "places",
        "place",
        Bilingual("地点", "Places"),
        Bilingual("来源提到的地点，附行政区划代码。", "Places that the source names, with their division codes."),
        rank=6,
    )

    level: str = column(
        ("级别", "Level"), ("地点的级别。", "What kind of place it is."),
        facet=True, terms=Terms("level", Bilingual("地点级别", "Level of place")), example="county",
    )  # fmt: skip
    code: str | None = column(
        ("区划代码", "Division code"),
        (
            "县级及以上为六位行政区划代码（GB/T 2260），以下为九位统计用区划代码；没有代码的地点为空。",
            "Six digits (GB/T 2260) down to counties, nine (statistical divisions) below; null where there is none.",
        ),
        pattern=r"^(\d{6}|\d{9})$",
        form="six digits down to counties, nine below them, such as 520602",
        example="520602",
        absence=Absence.NOT_APPLICABLE,
    )
    parent_id: str | None = reference(
        "places",
        ("上级地点", "Parent place"),
        ("所属的上级地点。", "Place that this one lies in."),
        include="parent",
        reverse="children",
        inverse=("下辖与所含的地点", "Places within it"),
    )
