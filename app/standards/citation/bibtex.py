"""BibTeX, for both BibTeX and BibLaTeX: each ignores fields that only the other knows."""

import re
from collections.abc import Iterator

from app.standards.citation.item import Citation, Item, day_of

TYPES = {"dataset": "dataset", "article-newspaper": "article", "webpage": "misc"}
SUBTYPES = {"article-newspaper": "newspaper"}
LANGUAGES = {"zh": "chinese", "en": "english"}  # names in TeX
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")  # macros of BibTeX

# BibTeX fields by CSL variable.
FIELDS = {
    "original-title": "origtitle",
    "publisher": "publisher",
    "original-publisher": "origpublisher",
    "version": "version",
    "note": "note",
}

# The field of the container, by item type.
CONTAINERS = {"article-newspaper": "journal", "webpage": "howpublished"}

# Braces are written by name, because BibTeX also counts escaped ones.
ESCAPES = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_"}
    | {
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "\\": r"{\textbackslash}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
        "`": r"{\textasciigrave}",
        "<": r"{\textless}",
        ">": r"{\textgreater}",
        "|": r"{\textbar}",
    }
)
LIGATURES = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)")  # between characters that TeX joins into another one
NOT_IN_URLS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def write(citation: Citation) -> str:
    """Return one entry."""
    item = citation.item
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(item))
    return f"@{TYPES[item['type']]}{{{item['id']},\n{fields}}}\n"


def escape(text: str) -> str:
    """Return the text escaped for TeX."""
    return LIGATURES.sub("{}", text.translate(ESCAPES))


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    # Inner braces keep each name in one piece, and the capitals of the title.
    yield "author", _braced(" and ".join(_braced(escape(name["literal"])) for name in item["author"]))
    yield "title", _braced(_braced(escape(item["title"])))
    if "container-title" in item:
        yield CONTAINERS[item["type"]], _braced(escape(item["container-title"]))
    for key, name in FIELDS.items():
        if key in item:
            yield name, _braced(escape(item[key]))
    # Not `date`, which BibTeX lacks; BibLaTeX derives it from these three.
    issued = day_of(item["issued"])
    yield "year", _braced(f"{issued:%Y}")
    yield "month", MONTHS[issued.month - 1]
    yield "day", _braced(str(issued.day))
    if "URL" in item:
        yield "url", _braced(item["URL"].translate(NOT_IN_URLS))  # verbatim, so nothing is escaped
    if "accessed" in item:
        yield "urldate", _braced(day_of(item["accessed"]).isoformat())
    if language := LANGUAGES.get(item.get("language", "").partition("-")[0]):
        yield "langid", _braced(language)
    if subtype := SUBTYPES.get(item["type"]):
        yield "entrysubtype", _braced(subtype)


def _braced(text: str) -> str:
    return f"{{{text}}}"
