"""Limits on requests, which the server enforces before it works for a client."""

from dataclasses import dataclass
from typing import Self

from app.settings import Settings

MAX_NEGOTIATION_CHARS = 4_000  # of Accept, Accept-Encoding or Accept-Language; browsers send some 200
MAX_KEY_CHARS = 1_000  # of a header value that a cache uses as a key
MAX_FAULTS_WITH_HINTS = 5  # of one query: searching the nearest names costs more than all other checks
STALL_TIMEOUT_S = 60.0  # in which a client has to read something of its response
MAX_UNSENT_BYTES = 20_000_000  # of responses that clients have not read, in all connections of a process


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """What the head of one request may have: a request line and header fields."""

    target_bytes: int  # of path and query, percent-encoded
    head_bytes: int
    fields: int
    timeout_s: float  # from a connection's start, or from a head's first byte, to the head's end

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the limits that the operator has set."""
        return cls(
            settings.max_target_bytes, settings.max_head_bytes, settings.max_head_fields, settings.head_timeout_s
        )
