"""What the commands that ask a server share: its address, and what its failures end the program with."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Never

import typer

from app.cli.console import DATA_ERROR, NOT_AVAILABLE, USAGE_ERROR, exit_on_error, log

if TYPE_CHECKING:
    from app.client import Server  # httpx is not imported by what serves

DEFAULT_SERVER = "http://127.0.0.1:8000"
TERMINATED = 128 + signal.SIGTERM  # as shells have it

ServerAddress = Annotated[
    str, typer.Option("--server", metavar="URL", envvar="SHANHAI_URL", help="Address of the server.")
]


@contextmanager
def connected(address: str) -> Iterator["Server"]:
    """Yield the server at an address. Its failures are printed, and end the program."""
    from app.client import BinaryOutput, Damaged, Failure, Misconfigured, Refused, Server

    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        with exit_on_error(), Server(address, log) as server:
            yield server
    except BinaryOutput:
        raise typer.BadParameter("This format is not for a terminal. Name a file.", param_hint="--output") from None
    except Misconfigured as error:
        raise typer.BadParameter(str(error), param_hint="--server") from None
    except Failure as error:
        log(str(error))
        is_usage = isinstance(error, Refused) and error.is_wrong_request
        status = USAGE_ERROR if is_usage else DATA_ERROR if isinstance(error, Damaged) else NOT_AVAILABLE
        raise typer.Exit(status) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(*_: object) -> Never:
    """End the program in place of its own handler, which exits with 0 as a server should that is stopped."""
    sys.exit(TERMINATED)
