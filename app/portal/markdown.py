"""Markdown of `docs/` as HTML for the site: with anchors, captions and languages, without inline styles."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from app.portal.guides import FOLDER, GUIDES
from app.portal.language import TAGS
from app.portal.page import Page

EXAMPLE_BASE = "http://127.0.0.1:8000/"  # of the addresses in the guides; pages show the service's own
LABELS = {
    "csv": "CSV",
    "sh": "Shell",
    "js": "JavaScript",
    "json": "JSON",
    "jsonc": "JSON",  # a file of the reader's, not an answer of the API
    "python": "Python",
    "r": "R",
    "powerquery": "Power Query",
    "text": "Text",
    "yaml": "YAML",
}
TABLE_OPEN = """<div class="scroll" role="region" tabindex="0" aria-label="{caption}">
<table>
<caption class="visually-hidden">{caption}</caption>
"""
CODE = """<div class="code"><pre tabindex="0" role="region" aria-label="{label}"><code>{code}</code></pre></div>
"""
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")


class RenderedGuide(NamedTuple):
    """A guide as HTML without its title, and its sections: the anchor and title of each."""

    html: Markup
    sections: list[tuple[str, str]]


def render_guide(page: Page, text: str, english: str) -> RenderedGuide:
    """Return a guide with the service's own addresses in its examples. A translation has the English anchors."""
    markdown = MarkdownIt("commonmark").enable("table")
    _title_open, title, _title_close, *tokens = markdown.parse(text.replace(EXAMPLE_BASE, f"{page.base_url}/"))
    anchors = [re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") for title in _headings(markdown.parse(english)[3:])]
    sections = [*zip(anchors, (title.replace("`", "") for title in _headings(tokens)), strict=True)]
    if text == english:
        _mark_chinese(tokens)
    html = markdown.renderer.render(list(_adapt(page, title.content, tokens, sections)), markdown.options, {})
    return RenderedGuide(Markup(html), sections)  # noqa: S704 # our own documents


def _mark_chinese(tokens: list[Token]) -> None:
    """Mark the language of Chinese words in an English text."""
    for token in itertools.chain.from_iterable(block.children or [] for block in tokens):
        if token.type == "text":
            token.type = "html_inline"
            token.content = HAN.sub(rf'<span lang="{TAGS["zh"]}">\g<0></span>', str(escape(token.content)))


def _headings(tokens: list[Token]) -> list[str]:
    return [content.content for token, content in itertools.pairwise(tokens) if token.type == "heading_open"]


def _adapt(page: Page, title: str, tokens: list[Token], sections: Iterable[tuple[str, str]]) -> Iterator[Token]:
    """Yield a guide's tokens as the site's pages need them."""
    caption, code_blocks, remaining = title, 0, iter(sections)  # a table may come before the first section
    tables: Counter[str] = Counter()
    for number, token in enumerate(tokens):
        match token.type:
            case "heading_open":
                anchor, caption = next(remaining)
                token.attrSet("id", anchor)
                yield token
            case "table_open":
                tables[caption] += 1
                suffix = f" ({tables[caption]})" if tables[caption] > 1 else ""  # each region has a name of its own
                yield _html(TABLE_OPEN.format(caption=escape(caption + suffix)))
            case "table_close":
                yield _html("</table>\n</div>\n")
            case "th_open" | "td_open":
                _adapt_cell(*tokens[number - 1 : number + 3])
                yield token
            case "fence":
                code_blocks += 1
                yield _html(CODE.format(label=f"{LABELS[token.info]} {code_blocks}", code=escape(token.content)))
            case "html_block":
                pass  # a comment that marks what `make bench` writes
            case "inline":
                token.children = list(_adapt_inline(page, token.children or []))
                yield token
            case _:
                yield token


def _adapt_cell(before: Token, cell: Token, content: Token, close: Token) -> None:
    """Align by class instead of by style. Column headings and a row's first cell are `th`, except empty ones."""
    if cell.attrs.pop("style", None) == "text-align:right":
        cell.attrSet("class", "number")
    scope = "col" if cell.type == "th_open" else "row" if before.type == "tr_open" else None
    if scope and content.content:
        cell.attrSet("scope", scope)
        cell.tag = close.tag = "th"
    else:
        cell.tag = close.tag = "td"


def _adapt_inline(page: Page, tokens: list[Token]) -> Iterator[Token]:
    """Resolve links and images. Links to files that are not guides become text."""
    is_link = True
    for token in tokens:
        if token.type == "link_open":
            target, _, anchor = str(token.attrs["href"]).partition("#")
            name = target.removesuffix(".md")
            is_link = name in GUIDES or not target or "://" in target
            if name in GUIDES:
                token.attrSet("href", page.url(f"/docs/guides/{name}") + (f"#{anchor}" if anchor else ""))
            if is_link:
                yield token
        elif token.type == "image":
            file = str(token.attrs["src"])
            drawing = ElementTree.parse(FOLDER / file).getroot()  # noqa: S314 # our own
            token.attrs |= {"src": page.static_url(file, "/static/guides"), "loading": "lazy"}
            token.attrs |= {side: drawing.attrib[side] for side in ("width", "height")}
            yield token
        elif token.type != "link_close" or is_link:
            yield token


def _html(text: str) -> Token:
    return Token("html_block", "", 0, content=text)
