"""A source's text file, and its body paragraphs, which are found by their hashes.

The file is UTF-8, with or without a byte-order mark. Every line, stripped of white space, is a paragraph; nothing else
is normalised. The body is a range of lines, whose non-empty lines are numbered from 1. The hash is the SHA-256 of the
paragraph in UTF-8; `start`, `end` and `length` count its code points.
"""

from collections.abc import Sequence
from pathlib import Path

from app.entity import Bilingual, CitedSpan
from app.evidence.spans import Paragraph, sha256

HOW_TO_CHECK = Bilingual(
    "用 shanhai verify --source 文件 核对；也可自行核对：取原文该段，去掉首尾空白，以 UTF-8 编码，其 SHA-256 应为 "
    "paragraph_sha256；其中第 start 至 end 个码位（从 0 计，不含 end）应为所引原词。",
    "Run shanhai verify --source FILE with the article's text. Or take the paragraph without surrounding white space: "
    "the SHA-256 of its UTF-8 text is paragraph_sha256, and its code points from start (counted from 0) up to but not "
    "including end are the words cited.",
)


class SourceUnreadable(Exception):
    """Raised when the file is not readable UTF-8 text."""


def read_lines(path: Path) -> list[str]:
    """Return the stripped lines of a text file. Raises SourceUnreadable."""
    try:
        return [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError as error:
        raise SourceUnreadable(f"{path} is not UTF-8: {error}") from None
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror}") from None


def match_paragraphs(
    lines: Sequence[str], paragraphs: Sequence[Paragraph], spans: Sequence[CitedSpan]
) -> dict[int, tuple[str, bool]]:
    """Return, by paragraph number, the line that holds the paragraph, and whether it is unchanged.

    A changed paragraph is matched with the line that still contains most of its cited words.
    """
    by_hash = {sha256(line): line for line in lines}
    matches = {each.number: (by_hash[each.sha256], True) for each in paragraphs if each.sha256 in by_hash}
    matched = {line for line, _ in matches.values()}
    unmatched = [line for line in lines if line not in matched]
    for number in sorted({each.number for each in paragraphs} - matches.keys()):
        words = [span.words for span in spans if span.paragraph == number]
        best = max(unmatched, key=lambda line: sum(word in line for word in words), default="")
        if any(word in best for word in words):
            matches[number] = (best, False)
            unmatched = [line for line in unmatched if line != best]
    return matches
