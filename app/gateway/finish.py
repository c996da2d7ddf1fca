"""One request's way back: its answer gets validators, a coding or a part, and is kept for whoever asks it again."""

from anyio import to_thread
from starlette.responses import Response
from starlette.types import Message, Scope, Send

from app.errors import RangeNotSatisfiable
from app.gateway.cache import Answer, Asked, Head, ResponseCache
from app.http.addresses import header
from app.http.compression import CODINGS, IDENTITY, Coder, choose_coding, worth_packing
from app.http.context import Context
from app.http.headers import ALWAYS, LIVING, SPOKEN_LIVING, Headers, without
from app.http.languages import SPOKEN
from app.http.limits import MAX_KEY_CHARS
from app.http.problems import problem_response
from app.http.ranges import requested_span
from app.http.validators import ReleaseState, unchanged_since

CONDITIONS = (b"range", b"if-none-match", b"if-modified-since")


class ResponseFinisher:
    """Holds the head of an answer until its body shows what it must say."""

    def __init__(self, scope: Scope, send: Send, about: Context, kept: ResponseCache) -> None:
        self.scope = scope
        self.about = about
        # A part is one of the plain body: no client could count the bytes of a packed one.
        ranged = header(scope, b"range") is not None
        self.coding = IDENTITY if ranged else choose_coding(header(scope, b"accept-encoding"))
        self.key: tuple[str, ...] = ()
        self._kept = kept
        self._send = send
        self._start: Message | None = None
        self._coder: Coder | None = None
        self._over = False
        self._etag: tuple[ReleaseState, str] | None = None

    @property
    def plain(self) -> bool:
        """Whether the whole answer is asked for, whatever the client has."""
        return not self.about.head and all(header(self.scope, name) is None for name in CONDITIONS)

    def etag(self, state: ReleaseState) -> str:
        """The validator of this request's answer."""
        if self._etag is None or self._etag[0] is not state:
            self._etag = state, state.etag(*self.key)
        return self._etag[1]

    def unchanged(self, state: ReleaseState) -> Response:
        """That the client has the answer already; the next time this is known by the request's words."""
        known = self._kept.find(state, self.key) or self._answer(state, [], None)
        self._keep(state, known, self._words)
        self._kept.told.unchanged += 1
        return Response(status_code=304)

    async def kept_answer(self, state: ReleaseState) -> Answer | None:
        """The answer as it was made for somebody who asked in other words, or is being made just now."""
        answer = self._kept.find(state, self.key)
        if answer is None and await self._kept.wait(self.key):
            answer = self._kept.find(state, self.key)
        if answer is not None:
            self._keep(state, answer, self._words)
            self._kept.told.hits += 1
        return answer

    async def answer(self, response: Response) -> None:
        """Send an answer that was made here."""
        await response(self.scope, _no_body, self.send)

    async def send(self, message: Message) -> None:
        """Take the application's message and pass on what the client gets."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        if self._start:
            start, self._start = self._start, None
            message = self._stamp(start, message)
            self._kept.made(self.key)
            self._kept.told.made[start["status"]] += 1
            await self._send(start)
        if self._over:
            return  # an answer without a body is complete, whatever its maker still has
        if self._coder:
            message = await _packed(message, self._coder)
        if self.about.head:
            message = {**message, "body": b""}
        self._over = not message.get("more_body", False)
        await self._send(message)

    def _stamp(self, start: Message, message: Message) -> Message:
        """Complete the head, and give the body its form; or leave it out where the client has it already."""
        headers: Headers = [*start.get("headers", ()), *ALWAYS]
        state = self.about.state
        own = any(name in {b"etag", b"cache-control"} for name, _ in headers)  # an answer with validators of its own
        if state and not own and start["status"] in {200, 304}:
            validators = self._validators(state)
            headers += validators
            if start["status"] == 304 or unchanged_since(self.scope, state):
                start["status"] = 304
                headers = without(headers, b"content-length", b"content-type")
                message = {**message, "body": b"", "more_body": False}
            else:
                headers, message = self._form(start, headers, message, state)
                if start["status"] == 200 and self.plain and not message.get("more_body", False):
                    self._keep(state, self._answer(state, headers, message["body"]), self.key, self._words)
        start["headers"] = [*headers, (b"x-request-id", self.about.request_id.encode())]
        return message

    def _form(self, start: Message, headers: Headers, message: Message, state: ReleaseState) -> tuple[Headers, Message]:
        """The body in its coding, or the part of it that was asked for."""
        body, whole = message.get("body", b""), not message.get("more_body", False)
        if self.coding != IDENTITY and worth_packing(dict(headers).get(b"content-type", b"")):
            headers = [*without(headers, b"content-length"), (b"content-encoding", self.coding.encode())]
            if not whole:
                self._coder = CODINGS[self.coding].pieces()
                return headers, message
            body = CODINGS[self.coding].whole(body)
            headers.append((b"content-length", str(len(body)).encode()))
        elif whole:
            headers.append((b"accept-ranges", b"bytes"))
            try:
                span = requested_span(self.scope, len(body), self.etag(state), state.last_modified)
            except RangeNotSatisfiable as error:
                problem = problem_response(self.scope, error)
                start["status"] = problem.status_code
                kept = [item for item in headers if item in ALWAYS]
                return [*kept, *problem.raw_headers], {**message, "body": problem.body}
            if span:
                start["status"], body = 206, body[span.start : span.stop]
                headers = [
                    *without(headers, b"content-length"),
                    (b"content-length", str(len(body)).encode()),
                    (b"content-range", span.content_range.encode()),
                ]
        return headers, {**message, "body": body}

    def _validators(self, state: ReleaseState) -> Headers:
        living = SPOKEN_LIVING if self.scope["path"] in SPOKEN else LIVING
        return [(b"etag", self.etag(state).encode()), (b"last-modified", state.last_modified.encode()), *living]

    def _answer(self, state: ReleaseState, headers: Headers, body: bytes | None) -> Answer:
        unchanged = Head(304, [*ALWAYS, *self._validators(state)])
        return Answer(self.etag(state).encode(), unchanged, Head(200, headers), body)

    @property
    def _words(self) -> Asked | None:
        """The request's own words, unless a header field stands there twice or is too long for a cache's key."""
        headers = dict(self.scope["headers"])
        too_long = any(len(headers.get(name, b"")) > MAX_KEY_CHARS for name in self._kept.decisive)
        return None if too_long or len(headers) < len(self.scope["headers"]) else self._kept.words(self.scope, headers)

    def _keep(self, state: ReleaseState, answer: Answer, *asked: Asked | None) -> None:
        for each in asked:
            if each is not None:
                self._kept.keep(state, each, answer)


async def _packed(message: Message, coder: Coder) -> Message:
    # In a thread: a long body must not keep others waiting while it is packed.
    body = await to_thread.run_sync(coder.add, message.get("body", b""))
    return {**message, "body": body if message.get("more_body", False) else body + coder.end()}


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
