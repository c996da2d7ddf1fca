"""The address of a report: whatever its title and text, the recipient reads exactly these."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contact import report_url, takes_issues

TITLES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"))
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"))
URL_CHARACTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%")
PARAMETERS = {
    "mailto:data@example.org": ("subject", "body"),
    "mailto:data@example.org?cc=a@example.org": ("subject", "body"),
    "https://github.example/shanhai/data/issues/new": ("title", "body"),
    "https://gitea.example/shanhai/data/issues/new?template=error.md": ("title", "body"),
    "https://gitlab.example/shanhai/data/-/issues/new#form": ("issue[title]", "issue[description]"),
}


@given(contact=st.sampled_from([*PARAMETERS]), title=TITLES, text=TEXTS)
def test_title_and_text_arrive_as_they_are(contact: str, title: str, text: str) -> None:
    address = report_url(contact, title, text)
    assert set(address) <= URL_CHARACTERS
    parts, own = urlsplit(address), urlsplit(contact)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == (own.scheme, own.netloc, own.path, own.fragment)
    if own.scheme == "mailto":  # where a plus is a plus
        fields = dict(pair.split("=", 1) for pair in parts.query.split("&"))
        query = {name: unquote(value, errors="strict").replace("\r\n", "\n") for name, value in fields.items()}
        assert "%0A" not in parts.query.replace("%0D%0A", "")
    else:
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
    assert query == dict(parse_qsl(own.query)) | dict(zip(PARAMETERS[contact], (title, text), strict=True))


@pytest.mark.parametrize("contact", ["https://example.org/contact", "https://example.org/issues/new/choose?x=1"])
def test_another_web_address_stays_as_it_is(contact: str) -> None:
    assert report_url(contact, "title", "text") == contact
    assert not takes_issues(contact)
