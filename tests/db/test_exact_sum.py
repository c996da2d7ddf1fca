"""What both databases must do alike."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db import Database
from app.db.exact_sum import ExactSum

# Beyond 2**53 the databases may write one double as two decimals; and the difference of two tiny ones may be no double.
DOUBLES = st.floats(-(2**53), 2**53).filter(lambda number: number == 0 or abs(number) > 1e-290)
WHOLES = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(("kind", "numbers"), [(sa.Double(), DOUBLES), (sa.BigInteger(), WHOLES)])
@given(data=st.data())
@settings(max_examples=60)
def test_a_sum_is_exact_and_rounded_once(address: str, kind: Any, numbers: Any, data: st.DataObject) -> None:
    added = data.draw(st.lists(st.none() | numbers, min_size=1, max_size=9))
    assert total_of(address, kind, added) == expected([number for number in added if number is not None])


def total_of(address: str, kind: Any, added: Sequence[float | None]) -> Any:
    rows = sa.union_all(*(sa.select(sa.cast(number, kind).label("x")) for number in added)).subquery()
    with Database(address) as database, database.transaction() as connection:
        return connection.execute(sa.select(ExactSum(rows.c.x))).scalar_one()


def expected(added: list[float]) -> float | None:
    """The sum of what the numbers are written as; None where there is none, or no integer of the type is so large."""
    exact = sum((Fraction(repr(number)) for number in added), Fraction(0))
    if not added:
        return None
    if isinstance(added[0], int):
        return int(exact) if abs(exact) < 2**63 else None
    return float(exact)


@pytest.mark.parametrize(
    ("added", "total"), [([1e300, 0.5, -1e300], 0.5), ([1.5e308, 1.5e308], None), ([0.1, 0.2], 0.3)]
)
def test_what_doubles_add_up_badly(address: str, added: list[float], total: float | None) -> None:
    assert total_of(address, sa.Double(), added) == total
