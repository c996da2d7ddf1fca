"""The publisher's contact for readers: a `mailto:` or web address, or none. Reports of errors are addressed to it."""

import re
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator

_ADDRESS = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https?://[^\s/]\S*)?")  # empty for none

# The ends of addresses at which a new issue is written, and the parameters of its title and text.
_NEW_ISSUE = {
    "/-/issues/new": ("issue[title]", "issue[description]"),  # GitLab
    "/issues/new": ("title", "body"),  # GitHub, Gitea, Forgejo
}


def _require_address(contact: str) -> str:
    if not _ADDRESS.fullmatch(contact):
        raise ValueError(f"{contact!r} is not a contact address. Use mailto:name@example.org or https://example.org.")
    return contact


Contact = Annotated[str, AfterValidator(_require_address)]


def email(contact: str) -> str | None:
    """Return the e-mail address of a contact, or None if it is a web address."""
    return contact.removeprefix("mailto:") if contact.startswith("mailto:") else None


def takes_issues(contact: str) -> bool:
    """Return whether a contact is an address at which issues are written, which others can read."""
    return contact.startswith("http") and urlsplit(contact).path.endswith("/issues/new")


def report_url(contact: str, title: str, text: str) -> str:
    """Return the address at which a reader writes to a contact, with title and text filled in if it takes them.

    An e-mail address and one that ends in `/issues/new` take them; any other web address is returned as it is.
    """
    if email(contact):
        names, text = ("subject", "body"), text.replace("\n", "\r\n")  # RFC 6068
    elif takes_issues(contact):
        names = next(names for end, names in _NEW_ISSUE.items() if urlsplit(contact).path.endswith(end))
    else:
        return contact
    address, mark, fragment = contact.partition("#")
    pairs = zip(names, (title, text), strict=True)
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"{address}{'&' if '?' in address else '?'}{query}{mark}{fragment}"
