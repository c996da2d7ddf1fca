"""The entry point of `shanhai`.

In a container this is process 1, for which the kernel ignores SIGTERM unless the process handles it. The handler is
installed before the slow imports.
"""

import signal
import sys

from app.startup import paused_gc


def main() -> None:
    """Run `shanhai`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with paused_gc():
        from app.cli import cli
    cli()


if __name__ == "__main__":
    main()
