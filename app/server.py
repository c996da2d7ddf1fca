"""The serving process: where it listens, how uvicorn runs it, and how it ends."""

import gc
import os
import socket
import sys
import tempfile
import traceback
from functools import partial
from pathlib import Path
from typing import Any

from app.errors import Unavailable
from app.gateway.open_files import raise_file_limit
from app.http.limits import HeadLimits
from app.http.logs import JSON_LOGGING, STDERR, TEXT_LOGGING, is_json
from app.http.refusal_log import RefusalLog
from app.settings import Settings
from app.startup import load_pinyin_without_phrases, paused_gc

INHERITED_FD = 3  # the first file descriptor after the standard ones, where systemd puts it
# Wildcard addresses to listen on, and how to reach them from this machine.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - uvicorn binds it, at the operator's wish

METRICS_FOLDER = "SHANHAI_METRICS_FOLDER"  # the environment variable with the folder that workers share


def uvicorn_options(limits: HeadLimits) -> dict[str, Any]:
    """Return the options of uvicorn wherever this application runs under it."""
    from app.gateway.connection import Connection

    return {
        "http": partial(Connection, limits=limits, log=RefusalLog()),
        "ws": "none",
        "server_header": False,
        "proxy_headers": False,  # the gateway reads a trusted proxy's headers
        "timeout_graceful_shutdown": 5,
    }


def display_url(host: str, port: int) -> str:
    """Return the URL of the server for people on this machine."""
    return f"http://{LOOPBACK.get(host, f'[{host}]' if ':' in host else host)}:{port}"


def require_free(host: str, port: int) -> None:
    """Raise Unavailable if the address cannot be listened on, before anything else is started."""
    if inherited_fds():
        return
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise Unavailable(f"Cannot listen on {host} port {port}: {reason}. Choose another port with PORT=….") from None


def inherited_fds() -> list[int]:
    """Return the sockets that systemd, or a supervisor like it, has opened for this process to listen on.

    Such a socket outlives the process: connections wait in it while the server restarts, and none is refused.
    """
    is_for_us, number = os.environ.get("LISTEN_PID") == str(os.getpid()), os.environ.get("LISTEN_FDS", "")
    return [INHERITED_FD + each for each in range(int(number))] if is_for_us and number.isdecimal() else []


def run(host: str, port: int, settings: Settings, *, workers: int) -> None:
    """Serve until a signal stops the process, then end it."""
    import uvicorn

    load_pinyin_without_phrases()
    raise_file_limit()
    config = uvicorn.Config(
        "app.server:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,  # the gateway writes one
        log_config=JSON_LOGGING if is_json(settings, STDERR) else TEXT_LOGGING,
        **uvicorn_options(HeadLimits.of(settings)),
    )
    sockets = [socket.socket(fileno=each) for each in inherited_fds()] or None
    try:
        if workers > 1:
            from app.workers import Workers

            with tempfile.TemporaryDirectory(prefix="shanhai-", ignore_cleanup_errors=True) as folder:
                os.environ[METRICS_FOLDER] = folder
                Workers(config, sockets or [config.bind_socket()]).run()
        else:
            uvicorn.Server(config).run(sockets)
    finally:
        # Not sys.exit: a worker thread that waits for a silent database would delay the end of the process.
        _exit(sys.exc_info()[1])


def application() -> Any:
    """Return the application, in the process that serves it."""
    with paused_gc():
        from app.gateway.access_log import AccessLog
        from app.main import create_app

        settings = Settings()
        folder = os.environ.get(METRICS_FOLDER)
        app = create_app(settings, AccessLog.of(settings, STDERR), Path(folder) if folder else None)
    gc.freeze()  # a full collection would scan these objects, which live as long as the process, for 57 ms
    return app


def _exit(error: BaseException | None) -> None:
    """End the process with the status that an error means, after printing an unexpected one."""
    status: object = 0
    if isinstance(error, SystemExit):
        status = error.code or 0
    elif error is not None and not isinstance(error, KeyboardInterrupt):
        traceback.print_exception(error)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)
