"""The publisher's contact for readers: a `mailto:` or web address, or none."""

import re
from typing import Annotated

from pydantic import AfterValidator

_ADDRESS = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https?://[^\s/]\S*)?")  # empty for none


def _require_address(contact: str) -> str:
    if not _ADDRESS.fullmatch(contact):
        raise ValueError(f"{contact!r} is not a contact address. Use mailto:name@example.org or https://example.org.")
    return contact


Contact = Annotated[str, AfterValidator(_require_address)]


def email(contact: str) -> str | None:
    """Return the e-mail address of a contact, or None if it is a web address."""
    return contact.removeprefix("mailto:") if contact.startswith("mailto:") else None
