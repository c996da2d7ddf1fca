"""Pictures drawn in another process: V8 takes seconds to start, and fonts take memory."""

from collections.abc import Callable, Hashable, MutableMapping

from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from app.errors import Overloaded, Unavailable
from app.sentence import Sentence

MAX_WAITING = 64  # drawings of a worker; a drawing takes a tenth of a second to seconds


class Pictures:
    """The pictures that a worker has drawn, in a cache that it shares with other documents."""

    def __init__(self, cache: MutableMapping[Hashable, bytes]) -> None:
        self._cache = cache
        self._turn = CapacityLimiter(1)

    async def draw(self, key: Hashable, render: Callable[..., bytes], *arguments: object) -> bytes:
        """Return `render(*arguments)`, cached by the key. One picture is drawn at a time. Raises Unavailable."""
        if drawn := self._cache.get(key):
            return drawn
        if self._turn.statistics().tasks_waiting >= MAX_WAITING:
            limit = f"{MAX_WAITING} waiting drawings of a worker"
            raise Overloaded(
                Sentence(
                    f"已有 {MAX_WAITING} 幅图片等待绘制。请在 Retry-After 所示的秒数之后重试。",
                    f"{MAX_WAITING} pictures are waiting. Try again after Retry-After seconds.",
                ),
                limit=limit,
            )
        async with self._turn:
            if drawn := self._cache.get(key):  # by the request that held the turn
                return drawn
            try:
                drawn = self._cache[key] = await to_process.run_sync(render, *arguments)
            except BrokenWorkerProcess as error:
                detail = Sentence(
                    "图片现在无法绘制；其数据仍可取用。", "The picture cannot be drawn now. Its data are available."
                )
                raise Unavailable(detail, error) from None
            return drawn
