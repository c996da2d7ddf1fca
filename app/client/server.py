"""`Server`: requests to a Shanhai server, repeated where that may help."""

import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any, Self
from urllib.parse import quote

import httpx

from app import __version__
from app.client.failures import Misconfigured, Refused, Unreachable, refused
from app.client.receiver import Receiver

API = "/v1"
TRIES = 5  # of one request
BACKOFF_S = 1.0  # before the second try, if the server states no time; doubled before each further one
MAX_WAIT_S = 60.0  # that a server may make the program wait before the next try
CONNECT_TIMEOUT_S = 10
READ_TIMEOUT_S = 300  # between two pieces; the first of a workbook is sent when the last row is written
SPOOL_BYTES = 1 << 24  # of a response in memory; a larger one goes to a temporary file
BUSY = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})

SUB_DELIMITERS = "!$&'()*+,;="  # that mean themselves in a path (RFC 3986, 3.3)

USER_AGENT = f"shanhai/{__version__}"

Parameters = Iterable[tuple[str, str]]
Credentials = tuple[str, str]


def read_address(address: str) -> tuple[httpx.URL, Credentials | None]:
    """Return the address of a server, without /v1, and the credentials that stand in it. Raises Misconfigured."""
    try:
        url = httpx.URL(address.strip().rstrip("/").removesuffix(API))
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host:
        raise Misconfigured(f"{address!r} is no address of a server. Write it like https://data.example.org")
    root = url.copy_with(query=None, fragment=None, userinfo=b"")
    return root, (url.username, url.password) if url.userinfo else None


@contextmanager
def explaining_proxies() -> Iterator[None]:
    """Raise Misconfigured where a client of httpx cannot use the proxy that the environment names."""
    try:
        yield
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise Misconfigured(f"The proxy of the environment cannot be used: {error}") from None


class Server:
    """The server at an address. `log` gets a line before each further try."""

    def __init__(self, address: str, log: Callable[[str], None]) -> None:
        """Raise Misconfigured if this is no address, or httpx cannot use the proxy that the environment names."""
        root, auth = read_address(address)
        self._base = root.copy_with(path=root.path.rstrip("/") + API)
        self.log = log
        with explaining_proxies():
            self._http = httpx.Client(
                auth=auth,
                headers={"User-Agent": USER_AGENT},
                timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                follow_redirects=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def url(self, path: str, parameters: Parameters = ()) -> httpx.URL:
        """Return the address of a path below /v1, which may have a query."""
        path, _, query = path.partition("?")
        below = quote(path.strip("/"), safe=f"{SUB_DELIMITERS}/:@%")  # an address that is copied is quoted already
        items = [*httpx.QueryParams(query).multi_items(), *parameters]
        return self._base.copy_with(path=f"{self._base.path}/{below}".rstrip("/"), params=items or None)

    def index(self) -> tuple[list[str], str]:
        """Return the collections, and the id of the release, that the server has now."""
        body = BytesIO()
        self.fetch(self.url(""), Receiver(body))
        try:
            data = json.loads(body.getvalue())["data"]
            return [str(each["slug"]) for each in data["collections"]], str(data["release"]["id"])
        except (LookupError, TypeError, ValueError):
            raise Refused(f"{self._base} answers, but not as a Shanhai server would") from None

    def read_records(self, collection: str) -> Iterator[dict[str, Any]]:
        """Yield every record of a collection."""
        with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as file:
            self.fetch(self.url(f"{collection}.ndjson"), Receiver(file))
            file.seek(0)
            yield from map(json.loads, file)

    def head(self, url: httpx.URL) -> httpx.Response:
        """Return the response to HEAD for the content without compression; its URL is where redirects lead."""
        try:
            return self._request("HEAD", url, lambda: {"Accept-Encoding": "identity"}, lambda _: None)
        except Refused:  # without a body that explains it
            return self.fetch(url, Receiver(BytesIO()))

    def fetch(self, url: httpx.URL, receiver: Receiver) -> httpx.Response:
        """Have the body at an address received, and return the response. Raises Unreachable, Refused."""
        return self._request("GET", url, receiver.headers, receiver.receive)

    def _request(
        self,
        method: str,
        url: httpx.URL,
        headers: Callable[[], dict[str, str]],
        receive: Callable[[httpx.Response], None],
    ) -> httpx.Response:
        for attempt in range(1, TRIES + 1):
            wait = BACKOFF_S * 2 ** (attempt - 1)
            try:
                with self._http.stream(method, url, headers=headers()) as response:
                    if response.is_success:
                        receive(response)
                        return response
                    problem = refused(response)
                wait = _retry_after(response.headers, wait)
                if response.status_code not in BUSY or attempt == TRIES or wait > MAX_WAIT_S:
                    raise problem
                reason = str(problem).partition("\n")[0]
            except (httpx.TransportError, httpx.DecodingError) as error:
                reason = _explain(error, url)
                if attempt == TRIES or (attempt == 1 and isinstance(error, httpx.ConnectError)):
                    raise Unreachable(reason) from None
            except (httpx.InvalidURL, httpx.TooManyRedirects) as error:
                raise Refused(f"{url}: {error}") from None
            self.log(f"{reason}. Try {attempt + 1} of {TRIES} in {wait:.0f} s")
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")


def _retry_after(headers: httpx.Headers, default: float) -> float:
    """Return the seconds to wait as a server states them (RFC 9110, 10.2.3), or the default."""
    value = headers.get("retry-after", "")
    if value.isdecimal():
        return float(value)
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0)
    except (TypeError, ValueError):
        return default


def _explain(error: httpx.RequestError, url: httpx.URL) -> str:
    server = f"{url.scheme}://{url.netloc.decode('ascii')}"
    if isinstance(error, httpx.ConnectError):
        return f"{server} cannot be reached: {error}. Set --server or SHANHAI_URL to the address of a server"
    if isinstance(error, httpx.TimeoutException):
        return f"{server} does not answer in time"
    return f"The connection to {server} broke: {error or type(error).__name__}"
