"""What was used of late, as much of it as there is room for."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by their keys, for any thread. Where their weights are more than `room`, the least recently used go."""

    def __init__(self, room: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self.room = room
        self.weight = 0
        self._weigh = weigh
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """The value, if it is kept."""
        value = self._kept.get(key)
        if value is not None:
            try:  # noqa: SIM105 - this is what every answer from memory passes through
                self._kept.move_to_end(key)
            except KeyError:
                pass  # taken away meanwhile, by another thread
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value; one that is too heavy by itself is not kept."""
        weight = self._weigh(value)
        if weight > self.room:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self.weight -= self._weigh(before)
            self._kept[key] = value
            self.weight += weight
            while self.weight > self.room:
                self.weight -= self._weigh(self._kept.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)
