"""The program's door: it can be told to stop before it is through with its imports.

In a container this is process 1, which the kernel lets ignore SIGTERM until somebody handles it.
"""

import gc
import os
import signal
import sys


def main() -> None:
    """Run `shanhai`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")  # or it looks for some in every package that is installed
    gc.disable()  # imports leave little to collect, and looking for it takes a fifth of their time
    from app.cli import cli

    gc.enable()
    cli()


if __name__ == "__main__":
    main()
