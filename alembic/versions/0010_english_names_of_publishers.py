"""the English names of publishers"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column(
        "sources",
        sa.Column(
            "publisher_en", TEXT, nullable=True, comment="The publisher's name in English; null where it has none."
        ),
    )


def downgrade() -> None:
    rows, connection = sa.table("sources", sa.column("id"), sa.column("record")), op.get_bind()
    for source_id, record in connection.execute(sa.select(rows.c.id, rows.c.record)).all():
        served = {name: value for name, value in json.loads(record).items() if name != "publisher_en"}
        told = json.dumps(served, ensure_ascii=False, separators=(",", ":"))
        connection.execute(rows.update().where(rows.c.id == source_id).values(record=told))
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.drop_column("publisher_en")
