"""What the server keeps for clients that do not read their responses: bounded in time, and in memory together.

`protocol` bounds what a connection receives. A response that the kernel does not take stays in the process until its
client reads, and closing the connection waits for that without end.
"""

import asyncio
import socket
from collections import Counter
from typing import ClassVar

from app.gateway.protocol import Protocol
from app.http.limits import MAX_UNSENT_BYTES, STALL_TIMEOUT_S

# For each connection; the kernel would take up to four megabytes, which are not counted here. Only Linux and macOS can.
KERNEL_UNSENT_BYTES = 128_000
NOTSENT_LOWAT: int | None = getattr(socket, "TCP_NOTSENT_LOWAT", None)

# Lines of the log, each with the limit that was reached.
STALLED = f"A client read nothing of its response for {STALL_TIMEOUT_S:g} seconds.", "STALL_TIMEOUT_S"
TOO_MUCH_UNREAD = f"Unread responses exceed {MAX_UNSENT_BYTES:,} bytes; a connection is closed.", "MAX_UNSENT_BYTES"
CLOSED_FOR_ANOTHER = "A connection whose client does not read is closed for a new one.", "connections"


class Connection(Protocol):
    """One connection. Reset if its client reads nothing for long, or others have more right to the memory."""

    _unsent: ClassVar[dict["Connection", asyncio.TimerHandle]] = {}  # of all connections, the oldest first
    _unsent_bytes = 0  # when progress was last required

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Have every byte counted that the kernel does not take."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)
        connected = transport.get_extra_info("socket")
        if connected and NOTSENT_LOWAT is not None:
            connected.setsockopt(socket.IPPROTO_TCP, NOTSENT_LOWAT, KERNEL_UNSENT_BYTES)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Bound what the kernel has not taken."""
        super().pause_writing()
        self._require_progress()
        self._make_room()

    def resume_writing(self) -> None:
        """The kernel has taken everything."""
        self._forget()
        super().resume_writing()

    def _close_a_waiting_connection(self) -> None:
        """Make room for this connection, if need be by resetting one whose client does not read."""
        others = (each for each in self.connections if isinstance(each, Protocol) and each is not self)
        if any(each.waits_for_client for each in others):
            super()._close_a_waiting_connection()
        elif self._unsent:
            next(iter(self._unsent)).reset(*CLOSED_FOR_ANOTHER)

    def _require_progress(self) -> None:
        """Expect the client to read something within STALL_TIMEOUT_S."""
        self._unsent_bytes = self.transport.get_write_buffer_size()
        self._unsent[self] = self.loop.call_later(STALL_TIMEOUT_S, self._check_progress)

    def _check_progress(self) -> None:
        if self.transport.get_write_buffer_size() < self._unsent_bytes:
            self._require_progress()
        else:
            self.reset(*STALLED)

    def _make_room(self) -> None:
        """Reset connections while all responses take too much memory: of the client with the most, the oldest."""
        sizes = {each: each.transport.get_write_buffer_size() for each in self._unsent}
        excess = sum(sizes.values()) - MAX_UNSENT_BYTES
        while excess > 0:
            clients: Counter[str] = Counter()
            for each, size in sizes.items():
                clients[_host(each)] += size
            [(largest, _)] = clients.most_common(1)
            oldest = next(each for each in sizes if _host(each) == largest)
            excess -= sizes.pop(oldest)
            oldest.reset(*TOO_MUCH_UNREAD)

    def reset(self, line: str, cause: str) -> None:
        """End the connection at once."""
        self._forget()
        super().reset(line, cause)

    def _forget(self) -> None:
        if timer := self._unsent.pop(self, None):
            timer.cancel()


def _host(connection: Connection) -> str:
    return connection.client[0] if connection.client else ""
