"""the places of figures and programs, and indexes in the order of the source"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

PLACES = {
    "figures": "Place that the source names: whose people or things are counted, or where money goes; null where none.",
    "programs": "Place where the source says that it is carried out; null where none.",
}
CITED = [
    "basketball_teams",
    "enterprises",
    "excluded_numerals",
    "figures",
    "places",
    "products",
    "programs",
    "social_work_activities",
    "training_partners",
]
TOGETHER = "ix_figures_indicator_id_subject_id"
BEFORE = ["indicator_id", "subject_id", "id", "source_id", "paragraph", "subject_kind"]
AFTER = ["field", "value", "lower", "upper", "comparator", "status", "unit", "si_value", "si_unit", "period", "as_of"]


def upgrade() -> None:
    for table, comment in PLACES.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("place_id", TEXT, nullable=True, comment=comment))
            batch_op.create_foreign_key(batch_op.f(f"fk_{table}_place_id"), "places", ["place_id"], ["id"])
        op.create_index(f"ix_{table}_place_id_id", table, ["place_id", "id"])
    op.drop_index(TOGETHER, "figures")
    op.create_index(TOGETHER, "figures", [*BEFORE, "place_id", *AFTER, "part_of_id"])
    for table in CITED:
        op.create_index(f"ix_{table}_source_id_paragraph_start_id", table, ["source_id", "paragraph", "start", "id"])


def downgrade() -> None:
    for table in CITED:
        op.drop_index(f"ix_{table}_source_id_paragraph_start_id", table)
    op.drop_index(TOGETHER, "figures")
    for table in PLACES:
        op.drop_index(f"ix_{table}_place_id_id", table)
        rows, connection = sa.table(table, sa.column("id"), sa.column("record")), op.get_bind()
        for record_id, record in connection.execute(sa.select(rows.c.id, rows.c.record)).all():
            served = {name: value for name, value in json.loads(record).items() if name != "place_id"}
            written = json.dumps(served, ensure_ascii=False, separators=(",", ":"))
            connection.execute(rows.update().where(rows.c.id == record_id).values(record=written))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_place_id"), type_="foreignkey")
            batch_op.drop_column("place_id")
    op.create_index(TOGETHER, "figures", [*BEFORE, *AFTER, "part_of_id"])
