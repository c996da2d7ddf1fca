"""Open files: how many the process may have, and so how many connections it holds."""

from functools import cache

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

RESERVED_FILES = 200  # for databases, frozen files, exports and listening sockets
UNLIMITED_CONNECTIONS = 100_000


def raise_file_limit() -> None:
    """Allow as many open files as the system lets this process have; each connection is one."""
    if resource:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@cache
def max_connections() -> int:
    """Return how many connections fit beside the reserved files."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if resource else -1
    return min(limit - RESERVED_FILES, UNLIMITED_CONNECTIONS) if limit > RESERVED_FILES else UNLIMITED_CONNECTIONS
