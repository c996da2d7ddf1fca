"""indexes in the order of pages"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The references of each table: an index of each, which had the reference alone, goes on with the id.
REFERENCES = {
    "basketball_teams": ["place_id", "program_id", "source_id"],
    "derived_figures": ["denominator_id", "numerator_id"],
    "enterprises": ["home_place_id", "parent_id", "program_id", "source_id"],
    "excluded_numerals": ["source_id"],
    "figures": ["indicator_id", "part_of_id", "source_id"],
    "places": ["parent_id", "source_id"],
    "products": ["program_id", "source_id"],
    "programs": ["parent_id", "source_id"],
    "social_work_activities": ["parent_id", "place_id", "program_id", "source_id"],
    "training_partners": ["enterprise_id", "program_id", "source_id"],
}
TOGETHER = "ix_figures_indicator_id_subject_id"
COUNTED = [
    "source_id",
    "paragraph",
    "subject_kind",
    "field",
    "comparator",
    "status",
    "unit",
    "si_unit",
    "period",
    "as_of",
]


def upgrade() -> None:
    for table, columns in REFERENCES.items():
        for column in columns:
            op.drop_index(f"ix_{table}_{column}", table)
            op.create_index(f"ix_{table}_{column}_id", table, [column, "id"])
    op.create_index(TOGETHER, "figures", ["indicator_id", "subject_id", "id", *COUNTED, "part_of_id"])


def downgrade() -> None:
    op.drop_index(TOGETHER, "figures")
    for table, columns in REFERENCES.items():
        for column in columns:
            op.drop_index(f"ix_{table}_{column}_id", table)
            op.create_index(f"ix_{table}_{column}", table, [column])
