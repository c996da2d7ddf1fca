"""The program's door: it can be told to stop before it is through with its imports.

In a container this is process 1, which the kernel lets ignore SIGTERM until somebody handles it.
"""

import signal
import sys


def main() -> None:
    """Run `shanhai`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from app.cli import cli

    cli()


if __name__ == "__main__":
    main()
