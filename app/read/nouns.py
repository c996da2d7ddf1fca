"""What figures count, in words."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.amounts import Noun
from app.models import Figure
from app.models.indicator import Indicator


def read_nouns(connection: Connection, figure_ids: Iterable[str]) -> dict[str, Noun]:
    """Return the noun of each figure by its id, without those whose unit says what they count."""
    figure, indicator = Figure.table().c, Indicator.table().c
    nouns = [indicator[name] for name in Indicator.noun_columns]
    rows = connection.execute(
        sa.select(figure.id, *nouns)
        .join_from(Figure.table(), Indicator.table(), figure.indicator_id == indicator.id)
        .where(figure.id.in_(figure_ids), *(noun.is_not(None) for noun in nouns))
    )
    return {record_id: Noun(*forms) for record_id, *forms in rows}
