"""Chinese quantities, from the words of an article to an exact number and back.

``parse("约1858万元")`` tells the value, the bounds that the words allow, the comparator, the unit and, step by step,
how they follow from the words. ``divide`` tells the same of one quantity over another. ``render`` says a quantity in
canonical Chinese, and ``numerals`` finds every numeral in a text. No arithmetic here is binary floating point, and what
cannot be read in full is refused with a ``QuantityError``, never guessed.
"""

from app.quantity.decimals import number
from app.quantity.errors import QuantityError
from app.quantity.parser import parse
from app.quantity.qualifiers import Comparator
from app.quantity.quantity import Quantity
from app.quantity.ratio import Ratio, divide
from app.quantity.renderer import render
from app.quantity.scan import numerals
from app.quantity.units import UNITS, Unit

__all__ = [
    "UNITS",
    "Comparator",
    "Quantity",
    "QuantityError",
    "Ratio",
    "Unit",
    "divide",
    "number",
    "numerals",
    "parse",
    "render",
]
