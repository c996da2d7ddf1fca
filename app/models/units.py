"""The units of measurement as a vocabulary, taken from the table that reads them."""

from app.entity import Bilingual, vocabulary
from app.quantity import UNITS

UnitCode = vocabulary("UnitCode", {code: Bilingual(unit.zh, unit.en) for code, unit in UNITS.items()})
