"""The limit on open files, and the number of connections that it allows."""

from functools import cache

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

RESERVED_FILES = 200  # for databases, frozen files, exports and listening sockets
UNLIMITED_CONNECTIONS = 100_000


def raise_file_limit() -> None:
    """Raise the soft limit on open files to the hard limit; each connection is a file."""
    if resource:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def hard_file_limit() -> int | None:
    """Return the limit on open files that a server raises its own to, None if there is none."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1] if resource else -1
    return hard if hard >= 0 else None


@cache
def max_connections() -> int:
    """Return how many connections fit beside the reserved files."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if resource else -1
    return min(limit - RESERVED_FILES, UNLIMITED_CONNECTIONS) if limit > RESERVED_FILES else UNLIMITED_CONNECTIONS
