"""The process that serves: where it listens, how it runs, and that it ends."""

import gc
import os
import socket
import sys
import traceback
from typing import Any

from app.errors import Unavailable
from app.gateway.open_files import raise_file_limit
from app.startup import load_pinyin_without_phrases, paused_gc

# Addresses to listen on everywhere, and where that is reached from here.
HERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - shown to people, bound by uvicorn


def shown(host: str, port: int) -> str:
    """The address under which people on this machine reach the server."""
    return f"http://{HERE.get(host, f'[{host}]' if ':' in host else host)}:{port}"


def require_free(host: str, port: int) -> None:
    """Raises Unavailable where nobody can listen on this address, before anything is done in vain."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except (OSError, OverflowError) as fault:
        why = os.strerror(fault.errno) if isinstance(fault, OSError) and fault.errno else fault
        raise Unavailable(f"cannot listen on {host} port {port}: {why}; choose another with PORT=…") from None


# Options of uvicorn wherever this application runs under it.
UVICORN_OPTIONS: dict[str, Any] = {
    "http": "app.gateway.protocol:Protocol",
    "ws": "none",
    "server_header": False,
    "proxy_headers": False,  # the application reads what a proxy says, when told to
    "timeout_graceful_shutdown": 5,
}


def run(host: str, port: int, *, workers: int, access_log: bool) -> None:
    """Serve until told to stop, and end the process."""
    import uvicorn

    load_pinyin_without_phrases()
    raise_file_limit()
    try:
        uvicorn.run(
            "app.server:application",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=access_log,
            **UVICORN_OPTIONS,
        )
    finally:
        # A thread that still waits for a silent database would hold up the end of the process for as long.
        _leave(sys.exc_info()[1])


def application() -> Any:
    """The application, made in the process that serves it."""
    with paused_gc():
        from app.main import create_app

        app = create_app()
        gc.freeze()  # these objects live as long as the process, so collections need not scan them
    return app


def _leave(error: BaseException | None) -> None:
    """End the process at once, with the status that an error means; whatever is no exit is shown first."""
    status: object = 0
    if isinstance(error, SystemExit):
        status = error.code or 0
    elif error is not None and not isinstance(error, KeyboardInterrupt):
        traceback.print_exception(error)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)
