"""Read `synonyms.csv`: a row for each group of words that find each other in search. It may be missing."""

import csv
from pathlib import Path

from app.load.faults import SeedFault
from app.load.rows import SYNONYMS, encoding_fault
from app.search import Synonyms, fold
from app.search.terms import MAX_TERM_CHARS

HEADER = ["zh", "en"]
SEPARATOR = ";"  # between the words of a cell


def read_synonyms(seed: Path) -> tuple[Synonyms, list[SeedFault]]:
    """Return the groups of a seed, and the faults found in them."""
    path = seed / SYNONYMS
    if not path.exists():
        return Synonyms(), []
    if fault := encoding_fault(path):
        return Synonyms(), [fault]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        if next(rows, None) != HEADER:
            detail = (
                f"The header is {','.join(HEADER)}: words in Chinese and in English, with {SEPARATOR!r} between them."
            )
            return Synonyms(), [SeedFault(SYNONYMS, 1, "", detail)]
        groups, faults, lines = [], [], dict[str, int]()
        for cells in filter(None, rows):
            line, group = rows.line_num, list[str]()
            for text in (text.strip() for cell in cells for text in cell.split(SEPARATOR) if text.strip()):
                (word, *more) = fold(text) or ("",)
                if not word or more or len(word) > MAX_TERM_CHARS:
                    faults.append(SeedFault(SYNONYMS, line, "", f"{text!r} is not one word. Search compares words."))
                elif word in lines:
                    detail = f"{text!r} is in line {lines[word]} already. Leave one, or join the two groups."
                    faults.append(SeedFault(SYNONYMS, line, "", detail))
                else:
                    group.append(word)
                    lines[word] = line
            if len(group) < 2 and not any(fault.line == line for fault in faults):
                faults.append(SeedFault(SYNONYMS, line, "", "A group needs two words. Add a word, or remove the line."))
            groups.append(tuple(group))
    return Synonyms(groups), faults
