"""A source's text, read from a file that somebody else keeps: its body paragraphs are found by their hashes."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.entity import Anchor
from app.evidence.anchors import Paragraph, sha256


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
    lines: Sequence[str], paragraphs: Iterable[Paragraph], anchors: Sequence[Anchor]
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
