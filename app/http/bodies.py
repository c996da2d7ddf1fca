"""The bodies of requests, at the addresses that take one: bounded in size and time."""

import asyncio

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.errors import BodyTooLarge, RequestTimeout
from app.sentence import Sentence

MAX_BODY_BYTES = 64_000
BODY_TIMEOUT_S = 10.0  # from the end of the head to the end of the body


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request. Raises BodyTooLarge, RequestTimeout, ClientDisconnect."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise ClientDisconnect
                body += message.get("body", b"")
                if len(body) > MAX_BODY_BYTES:
                    raise too_large()
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise RequestTimeout(
            Sentence(
                f"请求内容在 {BODY_TIMEOUT_S:g} 秒内没有送完，请重新发送。",
                f"The body of the request was not complete after {BODY_TIMEOUT_S:g} seconds. Send it again.",
            ),
            limit="BODY_TIMEOUT_S",
        ) from None


def too_large() -> BodyTooLarge:
    """Return the error of a body beyond the limit."""
    return BodyTooLarge(
        Sentence(
            f"请求内容多于 {MAX_BODY_BYTES:,} 字节，请缩短。",
            f"The body is longer than {MAX_BODY_BYTES:,} bytes. Send a shorter one.",
        ),
        limit="MAX_BODY_BYTES",
    )
