"""Enterprises: each company that a source names, and its part in the cooperation."""

from typing import ClassVar

from app.entity import Absence, Bilingual, Collection, NamedInSource, Vocabulary, column, reference


class Role(Vocabulary):
    """The role of an enterprise in the cooperation."""

    INTRODUCED = "introduced", "引进项目中点名", "Named among the projects brought in"
    PLANNER = "planner", "规划编制", "Planner"
    PLANTER = "planter", "种植基地建设", "Planter"
    RETAILER = "retailer", "商超渠道", "Retailer"
    CLASS_NAMESAKE = "class-namesake", "班级冠名企业", "Namesake of classes"
    LOCAL_COMPANY = "local-company", "本地公司", "Local company"
    TRAINING_AGREEMENT = "training-agreement", "签订人才培养协议", "Signed a training agreement"
    BROUGHT_IN = "brought-in", "为实训基地引进", "Brought in for the training base"


class Sector(Vocabulary):
    """The line of business, inferred from the enterprise's name or its context in the source."""

    BIOTECHNOLOGY = "biotechnology", "生物科技", "Biotechnology"
    APPAREL = "apparel", "服饰", "Apparel"
    CONSULTING = "consulting", "管理咨询", "Management consulting"
    PLANTING_AND_PROCESSING = "planting-and-processing", "种植与加工", "Planting and processing"
    RETAIL = "retail", "商超零售", "Retail"
    ELECTRONICS = "electronics", "电子信息", "Electronics"
    EDUCATION = "education", "教育", "Education"
    HUMAN_RESOURCES = "human-resources", "人力资源", "Human resources"


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

    role: Role = column(("角色", "Role"), ("在协作中的角色。", "What it does in the cooperation."), facet=True)
    sector: Sector | None = column(
        ("行业", "Sector"),
        ("行业，依据来源中的名称或上下文；二者都看不出的为空。",
         "Line of business, as its name or its context in the source shows; null where neither does."),
        facet=True,
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
