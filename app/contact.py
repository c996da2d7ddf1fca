"""Where readers write to the publisher: a `mailto:` or web address that an operator sets. Nothing makes one up."""

PATTERN = r"^(mailto:[^\s@]+@[^\s@]+|https?://[^\s/]\S*)?$"  # empty: there is none


def email(contact: str) -> str | None:
    """The e-mail address of a contact; None where it is a web address."""
    return contact.removeprefix("mailto:") if contact.startswith("mailto:") else None
