"""A source's text, read from a file that somebody else keeps: its body paragraphs are found by their hashes.

How a paragraph is cut and normalised before it is hashed: the file is decoded as UTF-8, a byte-order mark is dropped;
every line is a paragraph, without the white space at its beginning and end. Nothing else is changed: no Unicode
normalisation, no change of width or punctuation. The body is a run of lines; its lines that are not empty are numbered
from 1. The hash is the SHA-256 of the paragraph in UTF-8; `start`, `end` and `length` count its code points.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.entity import Bilingual, CitedSpan
from app.evidence.anchors import Paragraph, sha256

HOW_TO_CHECK = Bilingual(
    "用 shanhai verify --source 文件 核对；也可自行核对：取原文该段，去掉首尾空白，以 UTF-8 编码，其 SHA-256 应为 "
    "paragraph_sha256；其中第 start 至 end 个码位（从 0 计，不含 end）应为所引原词。",
    "Run shanhai verify --source FILE with the article's text. Or take the paragraph without surrounding white space: "
    "the SHA-256 of its UTF-8 text is paragraph_sha256, and its code points from start (counted from 0) up to but not "
    "including end are the words cited.",
)


class SourceUnreadable(Exception):
    """The file cannot be read as the source's text."""


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, without the white space around them. Raises SourceUnreadable."""
    try:
        return [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError as fault:
        raise SourceUnreadable(f"{path} is not UTF-8: {fault}") from None
    except OSError as fault:
        raise SourceUnreadable(f"{path} cannot be read: {fault.strerror}") from None


def match_paragraphs(
    lines: Sequence[str], paragraphs: Iterable[Paragraph], anchors: Sequence[CitedSpan]
) -> dict[int, tuple[str, bool]]:
    """For each paragraph number the line that holds it, and whether that is the very text.

    A paragraph that was changed has no line with its hash; the line in which most of its words still stand is taken
    for it, so that each change can be named.
    """
    by_hash = {sha256(line): line for line in lines}
    wanted = {paragraph.number: paragraph for paragraph in paragraphs}
    found = {number: (by_hash[each.sha256], True) for number, each in wanted.items() if each.sha256 in by_hash}
    taken = {line for line, _ in found.values()}
    for number in wanted.keys() - found.keys():
        words = [anchor.words for anchor in anchors if anchor.paragraph == number]
        spare = [line for line in lines if line not in taken]
        likeliest = max(spare, key=lambda line: sum(word in line for word in words), default="")
        if any(word in likeliest for word in words):
            found[number] = (likeliest, False)
            taken.add(likeliest)
    return found
