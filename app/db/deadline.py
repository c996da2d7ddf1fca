"""Connections to PostgreSQL that do not wait for a silent server."""

from typing import Any

import psycopg


class DeadlineConnection(psycopg.Connection[Any]):
    """A connection to PostgreSQL with a deadline for each answer: it then closes, and the pool drops it.

    TCP notices a host that is gone, not a process or a proxy that is there and silent.
    """

    timeout_s: float

    def wait(self, *arguments: Any, **options: Any) -> Any:
        """Wait for the server. Raises psycopg.Error after `timeout_s`."""
        try:
            return super().wait(*arguments, **{"timeout": self.timeout_s, **options})
        except psycopg.Error:
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:  # the answer is not complete
                self.pgconn.finish()
            raise
