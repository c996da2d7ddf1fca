"""A bare ASGI callable with prepared messages by path."""

import base64
import json
import os
from pathlib import Path
from typing import Any


def _messages(answer: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer["headers"]]
    start = {"type": "http.response.start", "status": answer["status"], "headers": headers}
    return start, {"type": "http.response.body", "body": base64.b64decode(answer["body"])}


ANSWERS = {path: _messages(each) for path, each in json.loads(Path(os.environ["BENCH_ANSWERS"]).read_bytes()).items()}


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """Send the prepared messages of the path."""
    if scope["type"] == "http":
        start, body = ANSWERS[scope["path"]]
        await send(start)
        await send(body)
