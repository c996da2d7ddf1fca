"""What the server logs through `logging`: as JSON where machines read it, as text on a terminal."""

import logging
import os
import select
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.settings import Settings

STDERR = 2  # the file of the log


class Output:
    """A file of lines, which are left out if writing would block: a reader that hangs stops no service."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._poll = select.poll()
        self._poll.register(file, select.POLLOUT)

    def write(self, text: bytes) -> bool:
        """Write a text, of at most PIPE_BUF bytes into a pipe. Return whether it was written."""
        try:
            return bool(self._poll.poll(0)) and os.write(self._file, text) > 0
        except OSError:  # the reader is gone, or the disk full
            return False


class LineHandler(logging.Handler):
    """Writes records to an output."""

    def __init__(self, file: int = STDERR) -> None:
        super().__init__()
        self._output = Output(file)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or what has room of it."""
        text = (self.format(record) + "\n").encode()
        for start in range(0, len(text), select.PIPE_BUF):
            if not self._output.write(text[start : start + select.PIPE_BUF]):
                return


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


# For `logging.config`; uvicorn passes it to every worker.
JSON_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "app.http.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "app.http.logs.LineHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"uvicorn": {"level": "INFO"}},
}


TEXT_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(message)s"},
        "uvicorn": {"()": "uvicorn.logging.DefaultFormatter", "fmt": "%(levelprefix)s %(message)s"},
    },
    "handlers": {
        "stderr": {"class": "app.http.logs.LineHandler", "formatter": "text"},
        "uvicorn": {"class": "app.http.logs.LineHandler", "formatter": "uvicorn"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"uvicorn": {"handlers": ["uvicorn"], "level": "INFO", "propagate": False}},
}


def is_json(settings: Settings, file: int) -> bool:
    """Return whether the lines in a file are JSON: by the setting, else unless people look at it."""
    return settings.log_format == "json" or (settings.log_format == "auto" and not os.isatty(file))
