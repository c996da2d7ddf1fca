"""Which export gets a thread: shares of clients, the order of the queue, and its bounds."""

import threading
from collections.abc import Callable, Iterator

import pytest

from app.errors import Overloaded
from app.http import export_places
from app.http.export_places import CLIENT_THREADS, CLIENT_WAITING, EXPORT_THREADS, ExportPlaces, Place
from tests.running import HANGS_S


class Exports:
    """Exports that run until the test ends them, with the order in which they started."""

    def __init__(self) -> None:
        self.places = ExportPlaces()
        self.started: list[str] = []
        self._change = threading.Condition()
        self._ended: set[str] = set()
        self._entered: dict[str, Place] = {}

    def enter(self, *names: str) -> None:
        """Enter exports; the first letter of a name is its client."""
        for name in names:
            self._entered[name] = self.places.enter(name[0], self._running(name))

    def _running(self, name: str) -> Callable[[], None]:
        def run() -> None:
            with self._change:
                self.started.append(name)
                self._change.notify_all()
                assert self._change.wait_for(lambda: name in self._ended, HANGS_S)

        return run

    def leave(self, name: str) -> None:
        self.places.leave(self._entered[name])

    def end(self, *names: str) -> None:
        with self._change:
            self._ended.update(names)
            self._change.notify_all()

    def assert_started(self, *names: str) -> None:
        """Wait until these have started, and assert that no others have."""
        with self._change:
            self._change.wait_for(lambda: len(self.started) >= len(names), HANGS_S)
            assert sorted(self.started) == sorted(names)


@pytest.fixture
def exports() -> Iterator[Exports]:
    made = Exports()
    yield made
    made.end(*made._entered)
    for name in made._entered:
        made.leave(name)


def test_many_exports_of_one_client_leave_threads_to_others(exports: Exports) -> None:
    many = [f"a{number}" for number in range(CLIENT_THREADS + CLIENT_WAITING)]
    exports.enter(*many, "b0")
    exports.assert_started(*many[:CLIENT_THREADS], "b0")
    exports.end("a0")
    exports.assert_started(*many[: CLIENT_THREADS + 1], "b0")


def test_a_free_thread_goes_to_the_client_with_the_fewest(monkeypatch: pytest.MonkeyPatch, exports: Exports) -> None:
    monkeypatch.setattr(export_places, "EXPORT_THREADS", 2)
    exports.enter("a0", "b0", "b1", "c0")
    exports.assert_started("a0", "b0")
    exports.end("a0")
    exports.assert_started("a0", "b0", "c0")


def test_equal_clients_take_turns(monkeypatch: pytest.MonkeyPatch, exports: Exports) -> None:
    monkeypatch.setattr(export_places, "EXPORT_THREADS", 1)
    turns = ["a0", "a1", "b0", "a2", "b1", "a3"]
    exports.enter("a0", "a1", "a2", "a3", "b0", "b1")
    for number, name in enumerate(turns, start=1):
        exports.assert_started(*turns[:number])
        exports.end(name)


@pytest.mark.parametrize(("bound", "names"), [("CLIENT_WAITING", "a"), ("MAX_WAITING", "abcdefghij")])
def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch, exports: Exports, bound: str, names: str) -> None:
    monkeypatch.setattr(export_places, bound, 3)
    running = min(CLIENT_THREADS * len(names), EXPORT_THREADS)
    everything = [f"{names[number % len(names)]}{number}" for number in range(running + 3)]
    exports.enter(*everything)
    with pytest.raises(Overloaded):
        exports.enter(f"{names[0]}-more")
    exports.leave(everything[-1])
    exports.enter(f"{names[0]}-more")


@pytest.mark.parametrize(("bound", "other"), [("CLIENT_PLACES", "a"), ("MAX_PLACES", "b")])
def test_unsent_files_are_bounded(monkeypatch: pytest.MonkeyPatch, exports: Exports, bound: str, other: str) -> None:
    monkeypatch.setattr(export_places, bound, 1)
    exports.enter("a0", f"{other}1")
    exports.assert_started("a0")
    exports.end("a0")  # encoded, not sent
    exports.assert_started("a0")
    exports.leave("a0")
    exports.assert_started("a0", f"{other}1")
