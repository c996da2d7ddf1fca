"""An LRU cache bounded by total weight."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """Values by their keys, for any thread. Evicts the least recently used while the total weight exceeds `room`.

    `weigh` returns the weight of a key and its value.
    """

    def __init__(self, room: int, weigh: Callable[[K, V], int] = lambda _key, _value: 1) -> None:
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
        weight = self._weigh(key, value)
        if weight > self.room:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self.weight -= self._weigh(key, before)
            self._kept[key] = value
            self.weight += weight
            while self.weight > self.room:
                self.weight -= self._weigh(*self._kept.popitem(last=False))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.weight = 0

    def __len__(self) -> int:
        return len(self._kept)
