"""mentions"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# The column, the kind and the table of each kind of subject.
SUBJECTS = [
    (f"subject_{kind.replace('-', '_')}_id", kind, table)
    for kind, table in (
        ("basketball-team", "basketball_teams"),
        ("enterprise", "enterprises"),
        ("place", "places"),
        ("product", "products"),
        ("program", "programs"),
        ("social-work-activity", "social_work_activities"),
        ("training-partner", "training_partners"),
    )
]

# What describes a column of figures before and after: mentions have the same.
COMMENTS = {
    "subject_kind": ("What kind of record the figure speaks of.", "What kind of record it speaks of."),
    "subject_id": ("Record that the figure speaks of.", "Record that it speaks of."),
}


def _check() -> str:
    ways = (
        f"subject_kind = '{kind}' AND {own} IS NOT NULL AND {own} = subject_id"
        + "".join(f" AND {other} IS NULL" for other, *_ in SUBJECTS if other != own)
        for own, kind, _ in SUBJECTS
    )
    return " OR ".join(ways)


def upgrade() -> None:
    op.create_table(
        "mentions",
        sa.Column("id", TEXT, nullable=False, comment="Stable lower-case ASCII slug; a reload does not change it."),
        sa.Column("name_zh", TEXT, nullable=False, comment="Name in Chinese."),
        sa.Column("name_en", TEXT, nullable=False, comment="Name in English."),
        sa.Column("source_id", TEXT, nullable=False, comment="Source that is cited."),
        sa.Column(
            "paragraph", sa.BigInteger(), nullable=False, comment="Body paragraph of the source, counted from 1."
        ),
        sa.Column(
            "start",
            sa.BigInteger(),
            nullable=False,
            comment="Where the words begin in the paragraph, in code points from 0.",
        ),
        sa.Column("end", sa.BigInteger(), nullable=False, comment="Where the words end in the paragraph (exclusive)."),
        sa.Column("subject_kind", TEXT, nullable=False, comment="What kind of record it speaks of."),
        sa.Column("subject_id", TEXT, nullable=False, comment="Record that it speaks of."),
        sa.Column(
            "subject_collection",
            TEXT,
            nullable=False,
            comment="Collection that holds the subject: its address after /v1/.",
        ),
        sa.Column("as_named", TEXT, nullable=False, comment="The very words by which the source names it."),
        sa.Column(
            "record", sa.Text(), nullable=False, comment="The record's JSON as it is served, written once at load."
        ),
        *(sa.Column(own, TEXT, nullable=True) for own, *_ in SUBJECTS),
        sa.CheckConstraint(_check(), name=op.f("ck_mentions_subject")),
        sa.CheckConstraint('"end" >= 1', name=op.f("ck_mentions_end_least")),
        sa.CheckConstraint('"paragraph" >= 1', name=op.f("ck_mentions_paragraph_least")),
        sa.CheckConstraint('"start" >= 0', name=op.f("ck_mentions_start_least")),
        sa.CheckConstraint('length(as_named) = "end" - "start"', name=op.f("ck_mentions_place")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_mentions_source_id")),
        *(
            sa.ForeignKeyConstraint([own], [f"{table}.id"], name=op.f(f"fk_mentions_{own}"))
            for own, _, table in SUBJECTS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
    )
    op.create_index("ix_mentions_source_id_id", "mentions", ["source_id", "id"])
    op.create_index("ix_mentions_source_id_paragraph_start_id", "mentions", ["source_id", "paragraph", "start", "id"])
    for own, *_ in SUBJECTS:
        present = sa.text(f"{own} IS NOT NULL")
        op.create_index(f"ix_mentions_{own}", "mentions", [own], sqlite_where=present, postgresql_where=present)
    for column, (before, after) in COMMENTS.items():
        _comment(column, before, after)


def downgrade() -> None:
    for column, (before, after) in COMMENTS.items():
        _comment(column, after, before)
    op.drop_table("mentions")


def _comment(column: str, before: str, after: str) -> None:
    """Describe a column of figures anew, where the database has a place for it."""
    if op.get_context().dialect.supports_comments:
        op.alter_column("figures", column, existing_type=TEXT, existing_comment=before, comment=after)
