"""terms, references and dates as the source has them

Terms that claimed more than the source says get other names; rows of the release that is being served follow.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

STATUS = ["achieved", "planned", "projected"]
ROLES = ["introduced", "planner", "planter", "retailer"]
SECTORS = ["biotechnology", "apparel", "consulting", "planting-and-processing", "retail", "electronics"]

# The names that terms get.
ROLE = {"employer": "class-namesake", "subsidiary": "local-company"}
KIND = {"operator": "brought-in", "employer": "training-agreement", "class-sponsor": "class-namesake"}

PARENT = (
    "Enterprise with whose arrival this one was set up.",
    "Enterprise that owns it, where the source says so; null elsewhere.",
)
SECTOR = (
    "Line of business, as its name or its context in the source shows.",
    "Line of business, as its name or its context in the source shows; null where neither does.",
)
PUBLISHED = ("Date of publication.", "Date of first publication; null where it is not known.")
COMMENTS = [
    (
        "sources",
        "paragraphs",
        sa.JSON(),
        "Each body paragraph's number, length in code points and SHA-256.",
        "Each body paragraph: number, length in code points, SHA-256 of its UTF-8 text without surrounding white space, "
        "and the date on which all words cited from it were found in it.",
    ),
    (
        "figures",
        "as_of",
        sa.Date(),
        "Date of the statement: the source's own.",
        "The latest date by which the text had been published: of publication, or where unknown, of the repost.",
    ),
    (
        "figures",
        "part_of_id",
        TEXT,
        "Figure that this one is a part of.",
        "Figure that this one is a part of; where that is a reading, the note says so.",
    ),
    (
        "figures",
        "status",
        TEXT,
        "Achieved, planned or projected.",
        "Achieved, planned or projected, or not stated by the source.",
    ),
    (
        "derived_figures",
        "value",
        sa.Double(),
        "Value in the unit, to nine significant digits; null for a range.",
        "Value in the unit, to as many significant digits as its figures allow, at most nine; null for a range.",
    ),
    (
        "derived_figures",
        "lower",
        sa.Double(),
        "Lower bound that its figures allow, rounded down to nine significant digits; null is open.",
        "Lower bound that its figures allow, rounded down to as many digits as the value; null is open.",
    ),
    (
        "derived_figures",
        "upper",
        sa.Double(),
        "Upper bound that its figures allow, rounded up to nine significant digits; null is open.",
        "Upper bound that its figures allow, rounded up to as many digits as the value; null is open.",
    ),
]


def upgrade() -> None:
    _drop_checks()
    with op.batch_alter_table("enterprises", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "came_with_id",
                TEXT,
                nullable=True,
                comment="Enterprise with whose arrival the source says this one was set up; says nothing of ownership.",
            )
        )
        batch_op.create_foreign_key(batch_op.f("fk_enterprises_came_with_id"), "enterprises", ["came_with_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_enterprises_came_with_id_id"), ["came_with_id", "id"], unique=False)
        batch_op.alter_column(
            "sector", existing_type=TEXT, nullable=True, existing_comment=SECTOR[0], comment=SECTOR[1]
        )
        batch_op.alter_column(
            "parent_id", existing_type=TEXT, existing_nullable=True, existing_comment=PARENT[0], comment=PARENT[1]
        )
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "reposted_on",
                sa.Date(),
                nullable=True,
                comment="Date shown on the repost; null where the text is no repost.",
            )
        )
        for language, name in (("zh", "Chinese"), ("en", "English")):
            batch_op.add_column(
                sa.Column(
                    f"reuse_{language}",
                    TEXT,
                    nullable=True,
                    comment=f"What the reposting site asks of those who reuse it, summarised in {name}; null where it asks nothing.",
                )
            )
        batch_op.alter_column(
            "published_on",
            existing_type=sa.Date(),
            nullable=True,
            existing_comment=PUBLISHED[0],
            comment=PUBLISHED[1],
        )
    _comment(before=3, after=4)
    # What came about with an enterprise stood as if it belonged to it.
    op.execute("UPDATE enterprises SET came_with_id = parent_id, parent_id = NULL")
    _rename("enterprises", "role", ROLE)
    _rename("training_partners", "kind", KIND)
    _rewrite("enterprises", _with_came_with)
    _rewrite("sources", _with_repost)
    _create_checks(
        [*STATUS, "not-stated"],
        [*ROLES, "class-namesake", "local-company", "training-agreement", "brought-in"],
        [*SECTORS, "education", "human-resources"],
        ["brought-in", "training-agreement", "class-namesake", "school"],
    )


def downgrade() -> None:
    """Rows that only the new schema can hold (no sector, no date of publication, a term of its own) stop the way back."""
    _drop_checks()
    _rename("enterprises", "role", {new: old for old, new in ROLE.items()})
    _rename("training_partners", "kind", {new: old for old, new in KIND.items()})
    op.execute("UPDATE enterprises SET parent_id = came_with_id WHERE parent_id IS NULL")
    _rewrite("enterprises", _without_came_with)
    _rewrite("sources", _without("reposted_on", "reuse_zh", "reuse_en"))
    _comment(before=4, after=3)
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.alter_column(
            "published_on",
            existing_type=sa.Date(),
            nullable=False,
            existing_comment=PUBLISHED[1],
            comment=PUBLISHED[0],
        )
        for name in ("reuse_en", "reuse_zh", "reposted_on"):
            batch_op.drop_column(name)
    with op.batch_alter_table("enterprises", schema=None) as batch_op:
        batch_op.alter_column(
            "parent_id", existing_type=TEXT, existing_nullable=True, existing_comment=PARENT[1], comment=PARENT[0]
        )
        batch_op.alter_column(
            "sector", existing_type=TEXT, nullable=False, existing_comment=SECTOR[1], comment=SECTOR[0]
        )
        batch_op.drop_index(batch_op.f("ix_enterprises_came_with_id_id"))
        batch_op.drop_constraint(batch_op.f("fk_enterprises_came_with_id"), type_="foreignkey")
        batch_op.drop_column("came_with_id")
    _create_checks(
        STATUS,
        [*ROLES, "employer", "subsidiary"],
        [*SECTORS, "human-resources"],
        ["operator", "employer", "class-sponsor", "school"],
    )


CHECKED = [
    ("figures", "status"),
    ("derived_figures", "status"),
    ("enterprises", "role"),
    ("enterprises", "sector"),
    ("training_partners", "kind"),
]


def _drop_checks() -> None:
    for table, column in CHECKED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{column}_term"), type_="check")


def _create_checks(statuses: list[str], roles: list[str], sectors: list[str], kinds: list[str]) -> None:
    for (table, column), terms in zip(CHECKED, [statuses, statuses, roles, sectors, kinds], strict=True):
        listed = ", ".join(f"'{term}'" for term in terms)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{column}_term"), f'"{column}" IN ({listed})')


def _comment(before: int, after: int) -> None:
    """Describe columns anew, where the database has a place for it."""
    if op.get_context().dialect.supports_comments:
        for told in COMMENTS:
            op.alter_column(told[0], told[1], existing_type=told[2], existing_comment=told[before], comment=told[after])


def _rename(table: str, column: str, names: Mapping[str, str]) -> None:
    """Give terms other names, in the column and in the records as they are served."""
    rows = sa.table(table, sa.column(column), sa.column("record"))
    for before, after in names.items():
        written = [f'"{column}":"{term}"' for term in (before, after)]
        op.execute(
            rows.update()
            .where(rows.c[column] == before)
            .values({column: after, "record": sa.func.replace(rows.c.record, *written)})
        )


def _rewrite(table: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Write the records of a table as they are served from now on."""
    rows = sa.table(table, sa.column("id"), sa.column("record"))
    connection = op.get_bind()
    for record_id, record in connection.execute(sa.select(rows.c.id, rows.c.record)).all():
        told = json.dumps(change(json.loads(record)), ensure_ascii=False, separators=(",", ":"))
        connection.execute(rows.update().where(rows.c.id == record_id).values(record=told))


def _with_came_with(record: dict[str, Any]) -> dict[str, Any]:
    return _inserted(record, "parent_id", {"parent_id": None, "came_with_id": record["parent_id"]})


def _with_repost(record: dict[str, Any]) -> dict[str, Any]:
    dated = _inserted(record, "published_on", {"published_on": record["published_on"], "reposted_on": None})
    return _inserted(dated, "url", {"url": record["url"], "reuse_zh": None, "reuse_en": None})


def _inserted(record: dict[str, Any], place: str, pairs: Mapping[str, Any]) -> dict[str, Any]:
    """The record with other keys in the place of one."""
    return {name: value for key in record for name, value in (pairs.items() if key == place else [(key, record[key])])}


def _without_came_with(record: dict[str, Any]) -> dict[str, Any]:
    """The record as it was before: what came with an enterprise is its part."""
    return _without("came_with_id")(record | {"parent_id": record["parent_id"] or record["came_with_id"]})


def _without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda record: {name: value for name, value in record.items() if name not in names}
