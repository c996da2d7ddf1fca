"""Work on many chunks of records: here where they are few, in processes of their own where they are many."""

import gc
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import IO, Any, Protocol, TypeVar

A = TypeVar("A")
B = TypeVar("B")

PROCESSES = 2
AHEAD = 2 * PROCESSES  # chunks that are under way at once: enough to keep all busy, few enough to stay in memory


class Spread(Protocol):
    """What `map` does."""

    def __call__(self, work: Callable[[A], B], chunks: Iterable[A], /) -> Iterator[B]:
        """The results of the work on each chunk, in order."""


@contextmanager
def workers(*, many: bool) -> Iterator[Spread]:
    """What `map` does, by processes where there are `many` chunks: they take a second to start."""
    if not many:
        yield map
        return
    # Spawned, not forked: who reports progress has threads, and a fork in the midst of them may never wake up.
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=_begin) as pool:

        def spread(work: Callable[[A], B], chunks: Iterable[A]) -> Iterator[B]:
            under_way: deque[Future[B]] = deque()
            for chunk in chunks:
                under_way.append(pool.submit(work, chunk))
                if len(under_way) > AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()

        try:
            yield spread
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def put_aside(results: Iterable[Any], file: IO[bytes]) -> Iterator[None]:
    """Write results into a file, one at each step."""
    for result in results:
        pickle.dump(result, file, pickle.HIGHEST_PROTOCOL)
        yield


def taken_up(file: IO[bytes]) -> Iterator[Any]:
    """The results that were put aside."""
    file.seek(0)
    while True:
        try:
            yield pickle.load(file)  # noqa: S301 - we wrote it ourselves, and nobody else can
        except EOFError:
            return


def _begin() -> None:
    gc.disable()  # records come and go by the thousand, and leave no circles
