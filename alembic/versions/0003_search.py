"""search"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# Kinds of tables that only the one database has.
TERMS = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_terms USING fts5(terms, content='', detail=none,"
        " tokenize=\"ascii tokenchars '@#!:&_.-'\")"
    ],
    "postgresql": [
        "CREATE TABLE search_terms"
        " (rowid BIGINT NOT NULL CONSTRAINT pk_search_terms PRIMARY KEY, terms TSVECTOR NOT NULL)",
        "CREATE INDEX ix_search_terms_terms ON search_terms USING gin (terms)",
    ],
}


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("syllables", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("collection", "id", name=op.f("uq_search_entries_collection_id")),
    )
    op.create_table(
        "search_words",
        sa.Column("word", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    for statement in TERMS[op.get_bind().dialect.name]:
        op.execute(statement)
    # Null for what was loaded before there was an index: the next load writes it.
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("indexed_by", TEXT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.drop_column("indexed_by")
    for table in ("search_terms", "search_words", "search_entries"):
        op.drop_table(table)
