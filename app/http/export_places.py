"""The places of exports: which export gets a thread, and how many files wait to be sent, fairly between clients.

An export waits for a thread, runs in it, and then keeps its place while its file is sent. One client has a share of
each, so others find a place however many exports it asks for and however slowly it reads. A free thread goes to the
client with the fewest running exports, and equal clients take turns.
"""

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from app.errors import Overloaded

EXPORT_THREADS = 8
CLIENT_THREADS = 2  # of one client; Python runs one thread at a time, so more would hardly be faster
MAX_PLACES = 128  # running or being sent; each has up to one open file
CLIENT_PLACES = 32
MAX_WAITING = 512
CLIENT_WAITING = 64
EXPORT_NICENESS = 10

RETRY = "Try again after Retry-After seconds."


@dataclass(eq=False)
class Place:
    """One export's place."""

    client: str
    run: Callable[[], None]
    is_waiting: bool = True
    is_left: bool = False  # nobody wants the export any more


class ExportPlaces:
    """The places of all exports of a process. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(EXPORT_THREADS, "export", initializer=_lower_priority)
        self._lock = threading.Lock()
        self._waiting: dict[Place, None] = {}  # in order of arrival; who gets a thread, goes to the end
        self._running: set[Place] = set()
        self._unsent: set[Place] = set()

    @property
    def waiting(self) -> int:
        """How many exports wait for a thread."""
        return len(self._waiting)

    def enter(self, client: str, run: Callable[[], None]) -> Place:
        """Call `run` in a thread when it is its turn; `leave` the place in any case. Raises Overloaded."""
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                limit = f"{MAX_WAITING} waiting exports of a worker"
                raise Overloaded(f"{MAX_WAITING} exports are waiting. {RETRY}", limit=limit)
            if sum(place.client == client for place in self._waiting) >= CLIENT_WAITING:
                limit = f"{CLIENT_WAITING} waiting exports of a client"
                raise Overloaded(f"{CLIENT_WAITING} exports of yours are waiting. {RETRY}", limit=limit)
            place = Place(client, run)
            self._waiting[place] = None
            self._start_next()
        return place

    def leave(self, place: Place) -> None:
        """Give a place up, if that is not done yet. A thread that is running keeps its own until it ends."""
        with self._lock:
            place.is_left = True
            self._waiting.pop(place, None)
            self._unsent.discard(place)
            self._start_next()

    def _start_next(self) -> None:
        while len(self._running) < EXPORT_THREADS and len(self._running) + len(self._unsent) < MAX_PLACES:
            running = Counter(place.client for place in self._running)
            unsent = Counter(place.client for place in self._unsent)
            startable = [
                place
                for place in self._waiting
                if running[place.client] < CLIENT_THREADS
                and running[place.client] + unsent[place.client] < CLIENT_PLACES
            ]
            if not startable:
                return
            place = min(startable, key=lambda each: running[each.client])
            del self._waiting[place]
            for later in [each for each in self._waiting if each.client == place.client]:
                self._waiting[later] = self._waiting.pop(later)
            place.is_waiting = False
            self._running.add(place)
            self._threads.submit(self._work, place)

    def _work(self, place: Place) -> None:
        try:
            place.run()
        finally:
            with self._lock:
                self._running.discard(place)
                if not place.is_left:
                    self._unsent.add(place)
                self._start_next()


def _lower_priority() -> None:
    """Let threads that answer short requests run first. Only Linux has a niceness for each thread."""
    if sys.platform == "linux":
        os.nice(EXPORT_NICENESS)
