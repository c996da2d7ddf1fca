"""What the bench tells while it works: to stderr, so that stdout holds the tables alone."""

import sys
import time


def progress(doing: str) -> None:
    """Tell what is being done."""
    print(f"{time.strftime('%H:%M:%S')} {doing}", file=sys.stderr, flush=True)
