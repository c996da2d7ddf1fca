"""amounts in the index that counts look at"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TOGETHER = "ix_figures_indicator_id_subject_id"
FILTERED = ["indicator_id", "subject_id", "id", "source_id", "paragraph", "subject_kind", "field"]
AMOUNTS = ["value", "lower", "upper"]


def upgrade() -> None:
    op.drop_index(TOGETHER, "figures")
    op.create_index(
        TOGETHER,
        "figures",
        [*FILTERED, *AMOUNTS, "comparator", "status", "unit", "si_value", "si_unit", "period", "as_of", "part_of_id"],
    )


def downgrade() -> None:
    op.drop_index(TOGETHER, "figures")
    op.create_index(
        TOGETHER,
        "figures",
        [*FILTERED, "comparator", "status", "unit", "si_unit", "period", "as_of", "part_of_id"],
    )
