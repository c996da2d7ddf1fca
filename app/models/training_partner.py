"""Training partners: who was brought in for the training, who hires from it, and the school."""

from typing import ClassVar

from app.entity import Collection, Located, Vocabulary, Words, column, reference


class PartnerKind(Vocabulary):
    """What the partner does in training."""

    OPERATOR = "operator", "为实训基地引进的机构", "Brought in for the training base"
    EMPLOYER = "employer", "签订培养协议的企业", "Employer with a training agreement"
    CLASS_SPONSOR = "class-sponsor", "冠名办班企业", "Class sponsor"
    SCHOOL = "school", "学校", "School"


class TrainingPartner(Located, table=True):
    """An organisation that trains people in the cooperation."""

    collection: ClassVar = Collection(
        "training-partners",
        "training-partner",
        Words("培训伙伴", "Training partners"),
        Words(
            "为实训基地引进的机构、签约企业与学校。",
            "Who was brought in for the training base, employers with agreements, and schools.",
        ),
        rank=2,
    )

    kind: PartnerKind = column(("类别", "Kind"), ("在培训中的角色。", "What it does in training."), facet=True)
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
    )
