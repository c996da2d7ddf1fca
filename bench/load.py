"""A small HTTP load: connections that are kept open and send one request after the other."""

import asyncio
import time


async def _connection(host: str, port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    answered = 0
    while time.monotonic() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")):
            raise RuntimeError(f"a fast wrong answer is a failure: {head[:60]!r}")
        if b" 304 " not in head[:16]:
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
        answered += 1
    writer.close()
    return answered


async def requests_per_second(
    port: int, path: str, headers: dict[str, str], *, seconds: float = 2, connections: int = 16
) -> float:
    """How many requests a second a local server answers."""
    lines = [f"GET {path} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    request = "\r\n".join(lines).encode()
    until = time.monotonic() + seconds
    answered = await asyncio.gather(*(_connection("127.0.0.1", port, request, until) for _ in range(connections)))
    return sum(answered) / seconds
