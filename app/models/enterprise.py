"""Enterprises: each company that a source names, and its part in the cooperation."""

from typing import ClassVar

from app.entity import Absence, Bilingual, Collection, NamedInSource, Terms, column, reference


class Enterprise(NamedInSource, table=True):
    """An enterprise that the source names."""

    collection: ClassVar = Collection(
        "enterprises",
        "enterprise",
        Bilingual("企业", "Enterprises"),
        Bilingual(
            "来源点名的企业及其在协作中的角色。",
            "Enterprises that the source names, and what each does in the cooperation.",
        ),
        rank=2,
    )

    role: str = column(
        ("角色", "Role"), ("在协作中的角色。", "What it does in the cooperation."),
        facet=True, terms=Terms("role", Bilingual("角色", "Role")), example="retailer",
    )  # fmt: skip
    sector: str | None = column(
        ("行业", "Sector"),
        ("行业，依据来源中的名称或上下文；二者都看不出的为空。",
         "Line of business, as its name or its context in the source shows; null where neither does."),
        facet=True, terms=Terms("sector", Bilingual("行业", "Sector")), example="retail",
    )  # fmt: skip
    home_place_id: str | None = reference(
        "places",
        ("来源地", "Home place"),
        (
            "来源在其名称中或名称前写明的地方；来源未写明则为空，并非核实过的注册地。",
            "Place that the source puts in or before its name; null where it puts none. Not a verified seat.",
        ),
        include="home_place",
        reverse="enterprises",
        inverse=("名称写明此地的企业", "Enterprises named with this place"),
    )
    parent_id: str | None = reference(
        "enterprises",
        ("所属企业", "Parent enterprise"),
        ("来源写明的所属企业；未写明则为空。", "Enterprise that owns it, where the source says so; null elsewhere."),
        include="parent",
        reverse="children",
        inverse=("下属企业", "Enterprises that it owns"),
        absence=Absence.NOT_STATED,
    )
    came_with_id: str | None = reference(
        "enterprises",
        ("关联引进企业", "Came with"),
        (
            "来源把本企业的成立与该企业的引进写在一起；不表示股权或隶属关系。",
            "Enterprise with whose arrival the source says this one was set up; says nothing of ownership.",
        ),
        include="came_with",
        reverse="came_along",
        inverse=("随其引进而成立的企业", "Enterprises set up with its arrival"),
        absence=Absence.NOT_STATED,
    )
    program_id: str = reference(
        "programs",
        ("所属项目", "Program"),
        ("所参与的项目。", "Program that it takes part in."),
        include="program",
        reverse="enterprises",
    )
