"""Training partners: companies and schools that a source names in connection with training."""

from typing import ClassVar

from app.entity import Absence, Bilingual, Collection, NamedInSource, Terms, column, reference


class TrainingPartner(NamedInSource, table=True):
    """An organisation that takes part in training people."""

    collection: ClassVar = Collection(
        "training-partners",
        "training-partner",
        Bilingual("培训伙伴", "Training partners"),
        Bilingual(
            "来源提到的参与培训的企业与学校，及其角色。",
            "Companies and schools that the source connects with training, and the part of each.",
        ),
        rank=2,
    )

    kind: str = column(
        ("类别", "Kind"), ("在培训中的角色。", "What it does in training."),
        facet=True, terms=Terms("partner-kind", Bilingual("伙伴类别", "Kind of training partner")), example="school",
    )  # fmt: skip
    program_id: str = reference(
        "programs",
        ("所属项目", "Program"),
        ("所参与的项目。", "Program that it takes part in."),
        include="program",
        reverse="training_partners",
    )
    enterprise_id: str | None = reference(
        "enterprises",
        ("对应企业", "Enterprise"),
        ("同一机构的企业记录，若有。", "The same organisation's record among the enterprises, if it has one."),
        include="enterprise",
        reverse="training_partners",
        absence=Absence.NOT_APPLICABLE,
    )
