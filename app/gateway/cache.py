"""Finished answers, kept for whoever asks the same again: found before anything of a request is read but its headers.

They are those of one state; what came before it is forgotten at once, so that releases are never mixed. Errors, parts,
and what is long or comes in pieces are not kept.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from starlette.types import Message, Scope

from app.http.headers import Headers
from app.http.validators import ReleaseState
from app.lru import LruCache

Asked = tuple[Any, ...]  # texts and bytes: all that decides an answer, or all that says so in other words

LONGEST = 32  # the part of all room that one answer may take up
BESIDES = 2500  # bytes that an answer takes up beside its body, about

# What tells apart answers of one address; with those of a proxy, where it is believed.
DECISIVE = (b"host", b"accept", b"accept-encoding", b"accept-language")
FORWARDED = (b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix")


@dataclass(frozen=True)
class Head:
    """The head of an answer, but for the fields that one request alone gets."""

    status: int
    fields: Headers


class Answer(NamedTuple):
    """An answer: its tag, its head, and its body; where only the tag is known, it has none."""

    etag: bytes
    unchanged: Head  # what a client is told that has it already
    head: Head
    body: bytes | None

    @property
    def weight(self) -> int:
        """The bytes that it takes up in memory, about."""
        return BESIDES + len(self.body or b"")


class Reply(NamedTuple):
    """What one request gets of an answer."""

    head: Head
    body: bytes
    request_id: bytes

    def messages(self) -> tuple[Message, Message]:
        """As ASGI has it."""
        headers = [*self.head.fields, (b"x-request-id", self.request_id)]
        start = {"type": "http.response.start", "status": self.head.status, "headers": headers}
        return start, {"type": "http.response.body", "body": self.body}


@dataclass
class Told:
    """How often what was told to clients, since the process began."""

    hits: int = 0
    unchanged: int = 0
    misses: int = 0
    made: Counter[int] = field(default_factory=Counter)  # answers that were not kept, by their status


class ResponseCache:
    """The answers of one state. An answer stands there under its key, and under each way in which it was asked for."""

    def __init__(self, room: int, *, trust_proxy: bool) -> None:
        self.told = Told()
        self.longest = room // LONGEST
        self.decisive = DECISIVE + FORWARDED if trust_proxy else DECISIVE
        self._answers: LruCache[Asked, Answer] = LruCache(room, _weight)
        self._state: ReleaseState | None = None
        self._making: dict[Asked, asyncio.Event] = {}

    @property
    def weight(self) -> int:
        """The bytes that all answers take up, about."""
        return self._answers.weight

    def __len__(self) -> int:
        return len(self._answers)

    def words(self, scope: Scope, headers: dict[bytes, bytes]) -> Asked:
        """A request in its own words: other words may ask for the same."""
        return (scope["path"], scope["query_string"], scope["scheme"], *map(headers.get, self.decisive))

    def find(self, state: ReleaseState, asked: Asked) -> Answer | None:
        """The answer that this state gives, if it is known."""
        if state is not self._state:
            self._answers.clear()
            self._state = state
        return self._answers.get(asked)

    def keep(self, state: ReleaseState | None, asked: Asked, answer: Answer) -> None:
        """Keep an answer, if it is one of the state that is served now."""
        if state is self._state and len(answer.body or b"") <= self.longest:
            self._answers.put(asked, answer)

    @contextmanager
    def making(self, key: Asked) -> Iterator[None]:
        """Meanwhile whoever asks for the same can wait for it."""
        if key in self._making:
            yield  # somebody else is at it, and is the one to wait for
            return
        self._making[key] = asyncio.Event()
        try:
            yield
        finally:
            self.made(key)

    def made(self, key: Asked) -> None:
        """It is kept by now, or never will be: nobody needs to wait for it any more."""
        if event := self._making.pop(key, None):
            event.set()

    async def wait(self, key: Asked) -> bool:
        """Wait for somebody who is making the same answer; tell whether there was anybody."""
        if event := self._making.get(key):
            await event.wait()
        return event is not None


def _weight(key: Asked, answer: Answer) -> int:
    """The bytes that a cache entry takes up, about; text in a key counts four bytes a character at most."""
    return answer.weight + sum(len(part) * (4 if isinstance(part, str) else 1) for part in key if part)
