"""Redirects that repeat a query, with a head as short as that of other responses."""

from collections.abc import Mapping

from starlette.responses import RedirectResponse

from app.errors import TargetTooLong
from app.sentence import Sentence

MAX_LOCATION_BYTES = 2_000  # beside other fields: default nginx answers 502 if a head exceeds 4,096 bytes


def redirect(location: str, status: int, headers: Mapping[str, str] | None = None) -> RedirectResponse:
    """Return a redirect. Raises TargetTooLong, which names the address, if it and its query are too long to be sent.

    Without the query, the redirect would lead to other data than the client asks for.
    """
    response = RedirectResponse(location, status, headers)
    sent = response.headers["location"]
    if len(sent) > MAX_LOCATION_BYTES:
        address = sent.partition("?")[0][:200]
        raise TargetTooLong(
            Sentence(
                f"这个网址应转到 {address}，但转址最长 {MAX_LOCATION_BYTES:,} 字节。"
                "请直接在那里查询，或减少、缩短参数。",
                f"This address redirects to {address}, but a redirect is limited to {MAX_LOCATION_BYTES:,} bytes. "
                "Send the query there, or use fewer or shorter parameters.",
            )
        )
    return response
