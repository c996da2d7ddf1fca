"""Chinese quantities, from the words of an article to an exact number and back.

``parse("约1858万元")`` returns the value, the bounds that the words allow, the comparator, the unit and the steps from
the words to the value. ``find`` returns the quantities of a running text, ``divide`` the ratio of two, ``render`` the
canonical Chinese of one, and ``numerals`` every numeral of a text. All arithmetic is exact, but for fractions such as
三分之一, which are rounded to fifteen digits. Words that cannot be read in full raise ``QuantityError``: a wrong value
is worse than none.
"""

from app.quantity.changes import Change, changes
from app.quantity.decimals import number
from app.quantity.errors import QuantityError
from app.quantity.finder import Found, find
from app.quantity.parser import parse
from app.quantity.qualifiers import Comparator
from app.quantity.quantity import Quantity
from app.quantity.ratio import Ratio, divide
from app.quantity.renderer import render
from app.quantity.scan import numerals
from app.quantity.units import UNITS, Unit

__all__ = [
    "UNITS",
    "Change",
    "Comparator",
    "Found",
    "Quantity",
    "QuantityError",
    "Ratio",
    "Unit",
    "changes",
    "divide",
    "find",
    "number",
    "numerals",
    "parse",
    "render",
]
