"""vocabularies as data: their terms are records, to which the columns that hold them refer

The terms that checks allowed until now are inserted, so that what is served stays as it is.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# The comment of sources.paragraphs, before and after.
PARAGRAPHS = [
    "Each body paragraph: number, length in code points, SHA-256 of its UTF-8 text without surrounding white space, "
    "and the date on which all words cited from it were found in it.",
    "Each body paragraph: number, length in code points, SHA-256 of its UTF-8 text without surrounding white space, "
    "the date on which all words cited from it were found in it, how many numerals it has, and the spans of those that "
    "are in no figure and not excluded.",
]

# The columns that hold terms, and the vocabulary of each.
COLUMNS = [
    ("basketball_teams", "kind", "team-kind"),
    ("enterprises", "role", "role"),
    ("enterprises", "sector", "sector"),
    ("excluded_numerals", "reason", "reason"),
    ("indicators", "theme", "theme"),
    ("places", "level", "level"),
    ("products", "kind", "product-kind"),
    ("programs", "theme", "theme"),
    ("social_work_activities", "kind", "activity-kind"),
    ("training_partners", "kind", "partner-kind"),
]
NAMES = ("vocabulary", "slug", "name_zh", "name_en", "definition_zh", "definition_en")
# fmt: off
TERMS = [
    ("theme", "cooperation", "结对协作", "Paired cooperation", "结对关系本身：协议、会商、规划与领导机制。", "The pairing itself: agreements, meetings, plans and how it is led."),
    ("theme", "party-building", "党建引领", "Party building", "党组织之间的联建与干部工作。", "Party branches that work together, and work with cadres."),
    ("theme", "industry", "产业协作", "Industry", "产业项目、园区、基地与企业引进。", "Industrial projects, parks, bases, and enterprises that are brought in."),
    ("theme", "markets", "消费协作", "Markets and sales", "产品销售、展销与消费帮扶。", "Selling products: outlets, fairs and purchases that support a region."),
    ("theme", "skills-and-jobs", "人才与就业", "Skills and jobs", "培训、办学合作、劳务输出与就业。", "Training, cooperation of schools, labour services and jobs."),
    ("theme", "society", "社会参与", "Society and giving", "社会组织、志愿服务、捐赠与社会工作。", "Social organisations, volunteering, donations and social work."),
    ("theme", "culture-and-sport", "文化体育", "Culture and sport", "文化、旅游与体育交流。", "Exchanges in culture, tourism and sport."),
    ("reason", "part-of-a-name", "名称的一部分", "Part of a name", "数词是专名的一部分，其中的数目不另作数据。", "The numeral belongs to a proper name and states no amount of its own."),
    ("reason", "part-of-a-word", "词语的一部分", "Part of a word", "字虽是数字，在词中不作数目用。", "The character can be a numeral, but is none in this word."),
    ("reason", "the-two-partners", "指结对双方", "Means the two partners", "“两地”“双方”之类，指结对的双方，不是计数。", "Words such as “both sides”, which mean the two partners and count nothing."),
    ("level", "region", "跨省区域", "Region across provinces", "跨省级行政区的区域。", "A region that extends over several provinces."),
    ("level", "province", "省级", "Province level", "省、自治区、直辖市、特别行政区。", "A province, autonomous region, municipality or special administrative region."),
    ("level", "prefecture", "地级", "Prefecture", "地级市、地区、自治州、盟。", "A prefecture-level city, prefecture, autonomous prefecture or league."),
    ("level", "county", "县级", "County", "县、县级市、市辖区、旗等。", "A county, county-level city, district, banner or the like."),
    ("level", "group", "组团", "Group of towns and subdistricts", "由若干镇街组成的组团。", "A group of towns and subdistricts that a city runs as one."),
    ("level", "town", "镇", "Town", "镇、乡、民族乡。", "A town or township."),
    ("level", "subdistrict", "街道", "Subdistrict", "街道。", "A subdistrict, which an office governs."),
    ("level", "development-zone", "开发区", "Development zone", "开发区、高新区、工业园等功能区。", "A development zone, high-tech zone, industrial park or other functional area."),
    ("level", "community", "社区", "Community", "社区、村、安置点。", "A community, village or resettlement site."),
    ("team-kind", "club", "俱乐部", "Club", "注册的俱乐部。", "A registered club."),
    ("team-kind", "team", "球队", "Team", "单独的一支球队。", "A single team."),
    ("team-kind", "visiting", "来访队伍", "Visiting side", "从外地来比赛或交流的队伍。", "A side that comes from elsewhere to play or to train."),
    ("team-kind", "youth", "青少年球队", "Youth teams", "青少年或学生组成的球队。", "Teams of children, young people or students."),
    ("role", "introduced", "引进项目中点名", "Named among the projects brought in", "来源在引进的项目中点名的企业。", "Named by the source among the projects that were brought in."),
    ("role", "planner", "规划编制", "Planner", "承担规划编制的机构。", "Drew up a plan."),
    ("role", "planter", "种植基地建设", "Planter", "建设种植基地的企业。", "Builds a planting base."),
    ("role", "retailer", "商超渠道", "Retailer", "为产品提供商超等销售渠道的企业。", "Sells the products in its shops."),
    ("role", "class-namesake", "班级冠名企业", "Namesake of classes", "以企业命名培训班或冠名班。", "Gives classes their name."),
    ("role", "local-company", "本地公司", "Local company", "在受援地设立的公司。", "A company set up in the supported place."),
    ("role", "training-agreement", "签订人才培养协议", "Signed a training agreement", "签订人才培养协议的企业。", "Signed an agreement to train people."),
    ("role", "brought-in", "为实训基地引进", "Brought in for the training base", "为实训基地引进的企业。", "Brought in for a training base."),
    ("sector", "biotechnology", "生物科技", "Biotechnology", "生物科技、生物制品的研发与生产。", "Research in and production of biological goods."),
    ("sector", "apparel", "服饰", "Apparel", "服装、鞋帽、纺织品的生产。", "Makes clothing, shoes and textiles."),
    ("sector", "consulting", "管理咨询", "Management consulting", "规划、管理等咨询服务。", "Advises on planning and management."),
    ("sector", "planting-and-processing", "种植与加工", "Planting and processing", "农作物种植及其产品加工。", "Grows crops and processes them."),
    ("sector", "retail", "商超零售", "Retail", "超市、商场等零售。", "Supermarkets, stores and other retail."),
    ("sector", "electronics", "电子信息", "Electronics", "电子信息产品的生产。", "Makes electronic and information goods."),
    ("sector", "education", "教育", "Education", "办学与教育培训服务。", "Runs schools or courses."),
    ("sector", "human-resources", "人力资源", "Human resources", "招聘、派遣等人力资源服务。", "Recruits and places workers."),
    ("product-kind", "cooking-oil", "食用油", "Cooking oil", "食用的植物油。", "Edible plant oil."),
    ("product-kind", "fruit", "水果", "Fruit", "水果，含鲜果与初加工品。", "Fruit, fresh or lightly processed."),
    ("product-kind", "pickle", "腌菜", "Pickle", "腌制的蔬菜。", "Pickled vegetables."),
    ("product-kind", "rice", "大米", "Rice", "稻米。", "Rice."),
    ("activity-kind", "overall", "全部活动", "All activities together", "全部活动的整体，来源只给总数时用。", "All activities as a whole, for what the source counts only together."),
    ("activity-kind", "community-service", "社区服务", "Community service", "面向社区居民的服务。", "Services for the people of a community."),
    ("activity-kind", "safety-education", "安全教育", "Safety education", "安全知识的宣传与教育。", "Teaching about safety."),
    ("activity-kind", "volunteering", "志愿服务", "Volunteering", "组织志愿者开展的服务。", "Services by volunteers."),
    ("partner-kind", "brought-in", "为实训基地引进", "Brought in for the training base", "为实训基地引进的企业。", "Brought in for a training base."),
    ("partner-kind", "training-agreement", "签订人才培养协议", "Signed a training agreement", "签订人才培养协议的企业。", "Signed an agreement to train people."),
    ("partner-kind", "class-namesake", "班级冠名企业", "Namesake of classes", "以企业命名培训班或冠名班。", "Gives classes their name."),
    ("partner-kind", "school", "学校", "School", "参与培养的学校。", "A school that takes part in training."),
]
# fmt: on


def upgrade() -> None:
    _comment(*PARAGRAPHS)
    op.create_table(
        "vocabularies",
        sa.Column("id", TEXT, nullable=False, comment="Stable lower-case ASCII slug; a reload does not change it."),
        sa.Column("name_zh", TEXT, nullable=False, comment="Name in Chinese."),
        sa.Column("name_en", TEXT, nullable=False, comment="Name in English."),
        sa.Column(
            "vocabulary", TEXT, nullable=False, comment="Vocabulary that it belongs to, with which its id begins."
        ),
        sa.Column(
            "slug",
            TEXT,
            nullable=False,
            comment="Value that records have: the id without its vocabulary and the hyphen.",
        ),
        sa.Column("definition_zh", TEXT, nullable=False, comment="What the term is used for, in Chinese."),
        sa.Column("definition_en", TEXT, nullable=False, comment="What the term is used for, in English."),
        sa.Column(
            "broader_id",
            TEXT,
            nullable=True,
            comment="Term of the same vocabulary whose meaning includes this one.",
        ),
        sa.Column(
            "record", sa.Text(), nullable=False, comment="The record's JSON as it is served, written once at load."
        ),
        sa.CheckConstraint("id = vocabulary || '-' || slug", name=op.f("ck_vocabularies_id")),
        sa.ForeignKeyConstraint(["broader_id"], ["vocabularies.id"], name=op.f("fk_vocabularies_broader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabularies")),
        sa.UniqueConstraint("vocabulary", "slug", name=op.f("uq_vocabularies_vocabulary_slug")),
    )
    op.create_index("ix_vocabularies_broader_id_id", "vocabularies", ["broader_id", "id"])
    table = sa.table("vocabularies", *(sa.column(name) for name in ("id", *NAMES, "broader_id", "record")))
    for values in TERMS:
        term = dict(zip(NAMES, values, strict=True))
        served = {
            "id": f"{term['vocabulary']}-{term['slug']}",
            **{name: term[name] for name in ("name_zh", "name_en")},
            **term,
            "broader_id": None,
        }
        written = json.dumps(served, ensure_ascii=False, separators=(",", ":"))
        op.execute(table.insert().values(**served, record=written))
    for name, column, vocabulary in COLUMNS:
        holder = f"{column}_vocabulary"
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{name}_{column}_term"), type_="check")
            batch_op.add_column(
                sa.Column(holder, TEXT, nullable=False, server_default=vocabulary, comment=f"Vocabulary of {column}.")
            )
            batch_op.create_check_constraint(batch_op.f(f"ck_{name}_{holder}"), f"\"{holder}\" = '{vocabulary}'")
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{name}_{holder}_{column}"),
                "vocabularies",
                [holder, column],
                ["vocabulary", "slug"],
            )
        op.create_index(f"ix_{name}_{column}_id", name, [column, "id"])


def downgrade() -> None:
    for name, column, vocabulary in reversed(COLUMNS):
        holder = f"{column}_vocabulary"
        op.drop_index(f"ix_{name}_{column}_id", name)
        listed = ", ".join(f"'{slug}'" for each, slug, *_ in TERMS if each == vocabulary)
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{name}_{holder}_{column}"), type_="foreignkey")
            batch_op.drop_constraint(batch_op.f(f"ck_{name}_{holder}"), type_="check")
            batch_op.drop_column(holder)
            batch_op.create_check_constraint(batch_op.f(f"ck_{name}_{column}_term"), f'"{column}" IN ({listed})')
    op.drop_table("vocabularies")
    _comment(*reversed(PARAGRAPHS))


def _comment(before: str, after: str) -> None:
    if op.get_context().dialect.supports_comments:
        op.alter_column("sources", "paragraphs", existing_type=sa.JSON(), existing_comment=before, comment=after)
