"""What the server logs through `logging`: as JSON where machines read it, as text on a terminal."""

import logging
import os
from datetime import UTC, datetime
from typing import Any

import msgspec

from app.settings import Settings


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
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"uvicorn": {"level": "INFO"}},
}


def is_json(settings: Settings, file: int) -> bool:
    """Return whether the lines in a file are JSON: by the setting, else unless people look at it."""
    return settings.log_format == "json" or (settings.log_format == "auto" and not os.isatty(file))
