"""Limits on requests, which the server enforces before it works for a client."""

MAX_TARGET_BYTES = 16_000  # of a request's target: path and query, percent-encoded
MAX_HEAD_BYTES = 32_000  # of a request line and all header fields
MAX_HEAD_FIELDS = 100
MAX_PARAMETERS = 200  # of one query
MAX_NEGOTIATION_CHARS = 4_000  # of Accept, Accept-Encoding or Accept-Language; browsers send some 200
MAX_KEY_CHARS = 1_000  # of a header value that a cache uses as a key
MAX_FAULTS_WITH_HINTS = 5  # of one query: searching the nearest names costs more than all other checks
HEAD_TIMEOUT_S = 10.0  # from a connection's start, or from a head's first byte, to the head's end
STALL_TIMEOUT_S = 60.0  # in which a client has to read something of its response
MAX_UNSENT_BYTES = 20_000_000  # of responses that clients have not read, in all connections of a process
