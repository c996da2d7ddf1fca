"""Warnings about requests that were refused or cut short: so few lines that no client can fill a disk with them."""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from app.errors import ShanhaiError, Unavailable, problem_of

INTERVAL_S = 60.0  # between two lines of one cause

log = logging.getLogger("shanhai")


class RefusalLog:
    """Writes a line for each cause, at most once in INTERVAL_S. Belongs to one event loop."""

    counts: ClassVar[Counter[str]] = Counter()  # of every cause, for all logs of the process

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._causes: dict[str, tuple[float, int]] = {}  # when each was written, and how often left out since

    def refused(self, error: ShanhaiError) -> None:
        """Report an error that an operator may want to know of: a limit was reached, or something is not available."""
        inside = error.inside if isinstance(error, Unavailable) else ""
        if error.limit or isinstance(error, Unavailable):
            known = "; ".join(each for each in (error.limit, inside) if each)
            reason = f" ({known})" if known else ""
            self.warn(f"{problem_of(error).status}: {error.detail}{reason}", error.limit or error.detail)

    def warn(self, line: str, cause: str) -> None:
        """Write a line unless its cause had one a moment ago. A cause contains nothing that a client chooses."""
        self.counts[cause] += 1
        now = self._clock()
        written_at, left_out = self._causes.get(cause, (-math.inf, 0))
        if now - written_at < INTERVAL_S:
            self._causes[cause] = written_at, left_out + 1
            return
        self._causes[cause] = now, 0
        log.warning("%s%s", line, f" {left_out} more since the last such line." if left_out else "")
