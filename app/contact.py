"""Where readers write to the publisher: a `mailto:` or web address that an operator sets. Nothing makes one up."""

import re
from typing import Annotated

from pydantic import AfterValidator

_ADDRESS = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https?://[^\s/]\S*)?")  # empty: there is none


def _require_address(contact: str) -> str:
    if not _ADDRESS.fullmatch(contact):
        raise ValueError(f"{contact!r} is no address for readers; use mailto:name@example.org or https://example.org")
    return contact


Contact = Annotated[str, AfterValidator(_require_address)]


def email(contact: str) -> str | None:
    """The e-mail address of a contact; None where it is a web address."""
    return contact.removeprefix("mailto:") if contact.startswith("mailto:") else None
