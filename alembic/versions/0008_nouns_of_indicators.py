"""the nouns that indicators count"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

NOUNS = {
    "noun_zh": "What is counted, in Chinese, with its classifier: it follows the number. Null where the unit says it.",
    "noun_en": "What is counted, after 1. Null where the unit says it.",
    "noun_en_plural": "What is counted, after other numbers. Null where the unit says it.",
}


def upgrade() -> None:
    for name, comment in NOUNS.items():
        op.add_column("indicators", sa.Column(name, TEXT, nullable=True, comment=comment))


def downgrade() -> None:
    with op.batch_alter_table("indicators", schema=None) as batch_op:
        for name in reversed(NOUNS):
            batch_op.drop_column(name)
