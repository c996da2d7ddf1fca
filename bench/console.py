"""Progress messages on stderr; stdout has only the tables."""

import sys
import time


def progress(message: str) -> None:
    """Print a progress message with the time."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)
