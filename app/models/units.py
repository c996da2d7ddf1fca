"""The units of measurement as a vocabulary, taken from the table that reads them."""

from app.entity import Words, vocabulary
from app.quantity import UNITS

UnitCode = vocabulary("UnitCode", {code: Words(unit.zh, unit.en) for code, unit in UNITS.items()})
