"""What every page of the site must keep to, as HTML and in its language. A check yields a line for each fault it finds."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

from app.portal.language import TAGS
from tests.portal.html import HAN, Document, elements, name, text

Check = Callable[[Document], Iterator[str]]
CHECKS: list[Check] = []

# What the standard lets stand on each element that we use; anything else is either misspelt or not meant to be used.
EVERYWHERE = {"id", "class", "lang", "title", "tabindex", "role", "hidden"}
OWN = {
    "a": {"href", "hreflang", "rel", "download", "type"},
    "button": {"type"}, "data": {"value"}, "details": {"open", "name"}, "form": {"action", "method"},
    "img": {"src", "alt", "width", "height", "loading"}, "input": {"id", "name", "type", "value", "placeholder", "required", "checked"},
    "label": {"for"}, "link": {"rel", "href", "hreflang", "type", "title"}, "meta": {"charset", "name", "content", "property", "media"},
    "ol": {"start"}, "option": {"value", "selected"}, "script": {"src", "type", "defer"}, "select": {"name"},
    "source": {"media", "srcset", "type"}, "th": {"scope", "colspan"}, "td": {"colspan"}, "time": {"datetime"},
}  # fmt: skip
PLAIN = {
    "html", "head", "title", "body", "header", "nav", "ul", "li", "main", "section", "aside", "footer", "h1", "h2", "h3", "p",
    "span", "code", "pre", "q", "br", "strong", "em", "b", "i", "dl", "dt", "dd", "div", "summary", "figure", "figcaption",
    "picture", "table", "caption", "thead", "tbody", "tr", "fieldset", "legend", "mark", "del", "ins", "small", "abbr", "cite",
}  # fmt: skip
DRAWN = {"svg", "g", "rect", "line", "path", "text", "title", "a", "circle", "desc"}
INSIDE = {
    "ul": {"li"}, "ol": {"li"}, "dl": {"div", "dt", "dd"}, "tr": {"th", "td"}, "tbody": {"tr"}, "thead": {"tr"},
    "table": {"caption", "thead", "tbody"}, "picture": {"source", "img"},
}  # fmt: skip
FIRST = {"details": "summary", "fieldset": "legend", "table": "caption"}
CONTROLS = ("input", "select", "textarea")
LANDMARKS = ("main", "header", "footer")
SAYING = ("a", "button", "summary", "h1", "h2", "h3", "th", "dt", "legend", "label", "caption", "title")
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'"}  # fmt: skip
THREE_WORDS = re.compile(r"[A-Za-z][a-z]+ [a-z]+ [a-z]+")
LOCALES = {"zh-Hans": "zh_CN", "en": "en_GB"}


def check(found: Check) -> Check:
    """Add a check to those that every page is held against."""
    CHECKS.append(found)
    return found


@check
def media_type(page: Document) -> Iterator[str]:
    if page.answer.headers["content-type"] != "text/html; charset=utf-8":
        yield page.answer.headers["content-type"]
    if not page.answer.text.startswith("<!doctype html>"):
        yield f"begins with {page.answer.text[:20]}"


@check
def elements_and_attributes(page: Document) -> Iterator[str]:
    for each in elements(page.root):
        if page.within(each, "svg") or name(each) == "svg":
            if name(each) not in DRAWN:
                yield f"<{name(each)}> in a drawing"
            continue
        if name(each) not in OWN.keys() | PLAIN:
            yield f"<{name(each)}>"
        others = {key for key in each.keys() if not key.startswith(("aria-", "data-"))}  # noqa: SIM118 # no mapping
        if unknown := others - EVERYWHERE - OWN.get(name(each), set()):
            yield f"<{name(each)}> with {sorted(unknown)}"


@check
def nesting(page: Document) -> Iterator[str]:
    for each in elements(page.root):
        inside = {name(child) for child in each}
        if name(each) in INSIDE and not inside <= INSIDE[name(each)]:
            yield f"<{name(each)}> holds {sorted(inside - INSIDE[name(each)])}"
        active = name(each) in {"a", "button", "label", "summary"} and not page.within(each, "svg")
        if active and page.within(each, "a", "button"):
            yield f"<{name(each)}> in a link or a button: {text(each)}"
        if name(each) in FIRST and [name(child) for child in each][:1] != [FIRST[name(each)]]:
            yield f"<{name(each)}> does not begin with <{FIRST[name(each)]}>"


@check
def table_rows(page: Document) -> Iterator[str]:
    for table in page.all("table"):
        if len(widths := {len(row) for row in table.iter("tr")}) != 1:
            yield f"rows of {sorted(widths)} cells"
    for each in page.all("th"):
        if each.get("scope") not in {"col", "row"}:
            yield f"a heading without a scope: {text(each)}"


@check
def outline(page: Document) -> Iterator[str]:
    levels = [int(name(each)[1]) for each in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if (
        levels[:1] != [1]
        or levels.count(1) != 1
        or any(after > before + 1 for before, after in itertools.pairwise(levels))
    ):
        yield f"headings of levels {levels}"


@check
def ids(page: Document) -> Iterator[str]:
    known = Counter(each.get("id") for each in elements(page.root) if each.get("id"))
    yield from (f"id {each} {count} times" for each, count in known.items() if count > 1)
    anchors = {href[1:] for each in page.all("a") if (href := each.get("href") or "").startswith("#")}
    labels = {each for element in elements(page.root) for each in (element.get("aria-labelledby") or "").split()}
    referred = anchors | labels | {each.attrib["for"] for each in page.all("label") if "for" in each.attrib}
    yield from (f"nothing has the id {each}" for each in sorted(referred - known.keys()))


@check
def landmarks(page: Document) -> Iterator[str]:
    yield from (f"{len(page.all(each))} <{each}>" for each in LANDMARKS if len(page.all(each)) != 1)
    names = [each.get("aria-label") for each in page.all("nav")]
    if not all(names) or len(set(names)) != len(names):
        yield f"<nav> named {names}"


@check
def pictures(page: Document) -> Iterator[str]:
    for each in page.all("img"):
        if missing := {"alt", "width", "height"} - each.attrib.keys():
            yield f"{each.get('src')} without {sorted(missing)}"
    for each in page.all("svg"):
        if not (each.get("aria-label") or each.get("aria-hidden")):
            yield "a drawing without a label"


@check
def forms(page: Document) -> Iterator[str]:
    labelled = {each.get("for") for each in page.all("label")}
    for each in page.all(*CONTROLS):
        if each.get("type") in {"hidden", "submit"}:
            continue
        if not (each.get("id") in labelled or page.within(each, "label") or each.get("aria-label")):
            yield f"a control without a label: {each.attrib}"
    for form in page.all("form"):
        buttons = [each for each in form.iter("button") if each.get("type") == "submit" and text(each)]
        if not (form.get("action") and buttons):
            yield f"a form without an action or a button: {form.attrib}"


@check
def empty_texts(page: Document) -> Iterator[str]:
    for each in page.all(*SAYING):
        shown = [picture for picture in each.iter("img") if picture.get("alt")]
        if not (text(each) or shown or page.within(each, "svg")):
            yield f"<{name(each)}> says nothing: {each.attrib}"


@check
def head(page: Document) -> Iterator[str]:
    title = "".join(text(each) for each in page.all("title")[:1])
    if not re.search(r"\S · (山海开放数据|Shanhai Open Data)$", title):
        yield f"the title {title}"
    here = [each.get("href") for each in page.all("link", rel="canonical")]
    if len(here) != 1 or not here[0]:
        yield f"canonical addresses {here}"
    if page.answer.status_code != 200:
        return
    if [bool(each.get("content")) for each in page.all("meta", name="description")] != [True]:
        yield "no description"
    told = {each.attrib["property"]: each.get("content") for each in page.all("meta") if "property" in each.attrib}
    expected = {"og:url": here[0], "og:locale": LOCALES.get(page.root.get("lang") or ""), "og:type": "website"}
    for key in ("og:image", "og:description", "og:title", *expected):
        if not told.get(key) or told[key] != expected.get(key, told[key]):
            yield f"{key} is {told.get(key)}"
    if not title.startswith(told.get("og:title") or "?"):
        yield f"og:title {told.get('og:title')} and title {title}"


@check
def code_in_the_page(page: Document) -> Iterator[str]:
    if page.all("style"):
        yield "<style>"
    for each in elements(page.root):
        running = [key for key in each.keys() if key == "style" or key.startswith("on")]  # noqa: SIM118 # no mapping
        if running or (each.get("href") or "").startswith("javascript:"):
            yield f"<{name(each)}> with {each.attrib}"
    for script in page.all("script"):
        if not (script.get("src") or script.get("type") == "application/ld+json"):
            yield "a script in the page"


@check
def policy(page: Document) -> Iterator[str]:
    rules = dict(rule.strip().split(" ", 1) for rule in page.answer.headers["content-security-policy"].split(";"))
    yield from (f"{key} is {rules.get(key)}" for key, value in POLICY.items() if rules.get(key) != value)
    yield from {*" ".join(rules.values()).split()} - {"'none'", "'self'"}


@check
def caching(page: Document) -> Iterator[str]:
    told = page.answer.headers
    if page.answer.status_code != 200 and told["cache-control"] != "no-store":
        yield f"a problem with {told['cache-control']}"
    if page.answer.status_code == 200 and not told.get("etag", "").startswith('"'):
        yield f"the validator {told.get('etag')}"


@check
def foreign_parts(page: Document) -> Iterator[str]:
    here = "{0.scheme}://{0.netloc}".format(urlsplit(page.address))
    loaded = [each.get(key) for each in page.all("img", "script", "source") for key in ("src", "srcset")]
    loaded += [each.get("href") for each in page.all("link") if each.get("rel") in {"stylesheet", "icon", "preload"}]
    loaded += [each.get("action") for each in page.all("form")]
    addresses = [each for each in loaded if each]
    if not addresses:
        yield "loads nothing at all"
    yield from (each for each in addresses if each != here and not each.startswith((f"{here}/", f"{here}?")))


@check
def language(page: Document) -> Iterator[str]:
    tag = TAGS[language_of(page)]
    if not page.root.get("lang") == page.answer.headers["content-language"] == tag:
        yield f"is called {page.root.get('lang')}, and {page.answer.headers['content-language']} in its header"
    yield from map(str, {each.get("lang") for each in page.root.iter()} - {None, "zh-Latn", *TAGS.values()})


@check
def chinese_in_english(page: Document) -> Iterator[str]:
    if language_of(page) == "en":
        asked = parse_qs(urlsplit(page.address).query).get("q", ["\0"])[0]  # what somebody typed, in any language
        spoken = [said.replace(asked, "") for language, said in page.spoken() if language == "en"]
        yield from (said for said in spoken if HAN.search(said))


@check
def english_in_chinese(page: Document) -> Iterator[str]:
    if language_of(page) == "en":
        return
    code = {text(each) for each in page.all("code")}
    for each in page.all("title", "h1", "button", "label", "legend", "dt"):
        if not HAN.search(text(each)) and text(each) not in code:
            yield text(each)
    yield from (said for language, said in page.spoken() if language != "en" and THREE_WORDS.search(said))


def language_of(page: Document) -> str:
    """The language that the address names, or Chinese, which this reader gets at the root."""
    return urlsplit(page.address).path.strip("/").split("/")[0] or "zh"
