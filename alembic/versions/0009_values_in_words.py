"""the values of figures as readers write them

Until `shanhai migrate` has computed them, the words of the source stand in their place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

ADDED = {
    f"text_{language}": (
        f"The value as {name} readers write it, with comparator, what is counted and period; never rounded."
    )
    for language, name in (("zh", "Chinese"), ("en", "English"))
}


def upgrade() -> None:
    for name, comment in ADDED.items():
        op.add_column("figures", sa.Column(name, TEXT, nullable=True, comment=comment))
    figures = sa.table("figures", sa.column("as_stated"), *(sa.column(name) for name in ADDED))
    op.execute(figures.update().values(dict.fromkeys(ADDED, figures.c.as_stated)))
    with op.batch_alter_table("figures", schema=None) as batch_op:
        for name, comment in ADDED.items():
            batch_op.alter_column(name, existing_type=TEXT, existing_comment=comment, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("figures", schema=None) as batch_op:
        for name in reversed(ADDED):
            batch_op.drop_column(name)
