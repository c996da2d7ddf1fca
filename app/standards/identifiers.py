"""Identifiers of what documents describe. They never change with the address by which a client came."""

from typing import NamedTuple
from uuid import UUID, uuid5

NAMESPACE = UUID("13729e46-5c2e-4b32-a4b7-b1eb0068d891")  # of all identifiers; must not change


class Identifiers(NamedTuple):
    """The identifiers of a publisher's dataset: below a public `base_url`, URLs that open what they identify.

    If `is_public` is false, `base_url` follows the request. The identifiers are then URNs, made from the publisher's
    name and the path.
    """

    base_url: str
    publisher: str
    is_public: bool

    def of(self, path: str) -> str:
        """Return the identifier of what is at a path, or at its fragment."""
        if self.is_public:
            return f"{self.base_url}{path}"
        document, hash_sign, fragment = path.partition("#")
        return f"{uuid5(NAMESPACE, f'{self.publisher} {document}').urn}{hash_sign}{fragment}"

    def of_release(self, release_id: str) -> str:
        """Return the identifier of a release. Its id contains a hash of its records and catalogue."""
        return self.of(f"/v1/releases/{release_id}")

    def of_record(self, slug: str, record_id: str) -> str:
        """Return the identifier of a record, or a URI template if `record_id` is a variable."""
        return self.of(f"/v1/{slug}/{record_id}" if self.is_public else f"/v1/{slug}#{record_id}")
