"""figures over time

Until the seed is loaded again, figures hold by the date of their source, as before.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# By table the name of each column, its type, its comment, and with what it is filled, if it is never null.
ADDED = {
    "figures": [
        (
            "time_stated",
            TEXT,
            "The very words of the source that say when the figure holds; null where it states no time.",
            None,
        ),
        (
            "time",
            TEXT,
            "When it holds, in ISO 8601: a point or an interval, .. for one until the source's date; null where not stated.",
            None,
        ),
        (
            "time_kind",
            TEXT,
            "A moment or a span; where not stated, it held by the source's date at the latest.",
            sa.literal("not-stated"),
        ),
        ("time_start", sa.Date(), "First day of the time; null where not stated.", None),
        (
            "time_end",
            sa.Date(),
            "Last day of the time, of what is achieved not after the source's date; that date where not stated.",
            sa.column("as_of"),
        ),
        (
            "conflicts_with_id",
            TEXT,
            "Figure of the same indicator, subject and time that says otherwise; the note tells more. Never added up.",
            None,
        ),
        ("replaced_by_id", TEXT, "Figure that corrects this one; the note gives the reason.", None),
        (
            "standing",
            TEXT,
            "In its series: latest, earlier, disputed or replaced.",
            sa.literal("latest"),
        ),
        (
            "change",
            TEXT,
            "Whether the value is an amount, an increase or decrease, or an amount before or after a change.",
            sa.literal("level"),
        ),
        ("per", TEXT, "What the value is a rate of: codes of units, joined by dots; null for no rate.", None),
        ("time_paragraph", sa.BigInteger(), "Body paragraph of the words of the time.", None),
        ("time_offset", sa.BigInteger(), "Where the words of the time begin, in code points from 0.", None),
    ],
    "derived_figures": [
        ("time", TEXT, "Time of both figures in ISO 8601; null where not stated.", None),
        ("time_kind", TEXT, "Kind of time of both figures.", sa.literal("not-stated")),
    ],
}
TERMS = {
    "time_kind": ("moment", "span", "not-stated"),
    "standing": ("latest", "earlier", "disputed", "replaced"),
    "change": ("level", "increase", "decrease", "from", "to", "multiple"),
}
PER = {
    "per_year": "year",
    "per_month": "month",
    "per_person_per_year": "person.year",
}  # no other rate was loaded before
REFERENCES = ["conflicts_with_id", "replaced_by_id"]
TOGETHER = "ix_figures_indicator_id_subject_id"
BEFORE = ["indicator_id", "subject_id", "id", "source_id", "paragraph", "subject_kind", "place_id", "field"]
AMOUNTS = ["value", "lower", "upper", "comparator", "status", "unit", "si_value", "si_unit", "period"]
RATES = ["per", "change"]
TIMES = ["as_of", "time", "time_kind", "time_end"]
AFTER = ["part_of_id"]
RIVALS = ["conflicts_with_id", "replaced_by_id", "standing"]


def upgrade() -> None:
    op.drop_index(TOGETHER, "figures")
    for table, columns in ADDED.items():
        for name, kind, comment, _ in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True, comment=comment))
        filled = {name: value for name, _, _, value in columns if value is not None}
        op.execute(sa.table(table, *(sa.column(name) for name in filled)).update().values(filled))
        if table == "figures":
            per = sa.case(PER, value=sa.column("period"))
            op.execute(sa.table(table, sa.column("per")).update().values(per=per))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind, comment, value in columns:
                if value is not None:
                    batch_op.alter_column(name, existing_type=kind, existing_comment=comment, nullable=False)
                if name in TERMS:
                    terms = ", ".join(f"'{term}'" for term in TERMS[name])
                    batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}_term"), f'"{name}" IN ({terms})')
    with op.batch_alter_table("figures", schema=None) as batch_op:
        for name in REFERENCES:
            batch_op.create_foreign_key(batch_op.f(f"fk_figures_{name}"), "figures", [name], ["id"])
    for name in REFERENCES:
        op.create_index(f"ix_figures_{name}_id", "figures", [name, "id"])
    op.create_index(TOGETHER, "figures", [*BEFORE, *AMOUNTS, *RATES, *TIMES, *AFTER, *RIVALS])


def downgrade() -> None:
    op.drop_index(TOGETHER, "figures")
    for name in REFERENCES:
        op.drop_index(f"ix_figures_{name}_id", "figures")
    with op.batch_alter_table("figures", schema=None) as batch_op:
        for name in REFERENCES:
            batch_op.drop_constraint(batch_op.f(f"fk_figures_{name}"), type_="foreignkey")
    for table, columns in ADDED.items():
        names = {name for name, *_ in columns}
        rows, connection = sa.table(table, sa.column("id"), sa.column("record")), op.get_bind()
        for record_id, record in connection.execute(sa.select(rows.c.id, rows.c.record)).all():
            served = {name: value for name, value in json.loads(record).items() if name not in names}
            written = json.dumps(served, ensure_ascii=False, separators=(",", ":"))
            connection.execute(rows.update().where(rows.c.id == record_id).values(record=written))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                if name in TERMS:
                    batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}_term"), type_="check")
                batch_op.drop_column(name)
    op.create_index(TOGETHER, "figures", [*BEFORE, *AMOUNTS, "as_of", *AFTER])
