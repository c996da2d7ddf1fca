"""the collection that holds the subject of a figure

Figures of the release that is being served get it too; `shanhai migrate` then rewrites their JSON.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ADDED = "subject_collection"
COMMENT = "Collection that holds the subject: its address after /v1/."

# Collections by the kind of the subject.
COLLECTIONS = {
    "basketball-team": "basketball-teams",
    "enterprise": "enterprises",
    "place": "places",
    "product": "products",
    "program": "programs",
    "social-work-activity": "social-work-activities",
    "training-partner": "training-partners",
}


def upgrade() -> None:
    figures = sa.table("figures", sa.column("subject_kind"), sa.column(ADDED))
    op.add_column("figures", sa.Column(ADDED, TEXT, nullable=True, comment=COMMENT))
    op.execute(figures.update().values({ADDED: sa.case(COLLECTIONS, value=figures.c.subject_kind)}))
    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.alter_column(ADDED, existing_type=TEXT, existing_comment=COMMENT, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("figures", schema=None) as batch_op:
        batch_op.drop_column(ADDED)
