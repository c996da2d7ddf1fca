"""Pictures drawn in another process: V8 takes seconds to start, and fonts take memory."""

from collections.abc import Callable, Hashable, MutableMapping
from dataclasses import dataclass

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from app.errors import Overloaded, Unavailable
from app.sentence import Sentence

# Pictures that are drawn or wait for their turn; a drawing takes a tenth of a second to seconds.
MAX_WAITING = 64
CLIENT_WAITING = 32


@dataclass
class Drawing:
    """A picture that is drawn or waits for it: the client that requested it first, and how many requests wait."""

    client: str
    requests: int = 0


class Pictures:
    """The pictures that a worker has drawn, in a cache that it shares with other documents."""

    def __init__(self, cache: MutableMapping[Hashable, bytes]) -> None:
        self._cache = cache
        self._turn = CapacityLimiter(1)
        self._drawings: dict[Hashable, Drawing] = {}

    async def draw(self, client: str, key: Hashable, render: Callable[..., bytes], *arguments: object) -> bytes:
        """Return `render(*arguments)`, cached by the key. Raises Unavailable.

        One picture is drawn at a time, and once however many requests wait for it.
        """
        if drawn := self._cache.get(key):
            return drawn
        drawing = self._drawings.get(key) or self._enter(client, key)
        drawing.requests += 1
        try:
            async with self._turn:
                if (drawn := self._cache.get(key)) is None:  # another request for it may have had its turn
                    drawn = self._cache[key] = await to_process.run_sync(render, *arguments)
                return drawn
        except BrokenWorkerProcess as error:
            detail = Sentence(
                "图片现在无法绘制；其数据仍可取用。", "The picture cannot be drawn now. Its data are available."
            )
            raise Unavailable(detail, error) from None
        finally:
            drawing.requests -= 1
            if not drawing.requests:
                del self._drawings[key]

    def _enter(self, client: str, key: Hashable) -> Drawing:
        if len(self._drawings) >= MAX_WAITING:
            raise _overloaded(MAX_WAITING, "a worker")
        if sum(each.client == client for each in self._drawings.values()) >= CLIENT_WAITING:
            raise _overloaded(CLIENT_WAITING, "a client")
        drawing = self._drawings[key] = Drawing(client)
        return drawing


def _overloaded(limit: int, owner: str) -> Overloaded:
    sentence = Sentence(
        f"已有 {limit} 幅图片等待绘制。请在 Retry-After 所示的秒数之后重试。",
        f"{limit} pictures are waiting. Try again after Retry-After seconds.",
    )
    return Overloaded(sentence, limit=f"{limit} waiting pictures of {owner}")
