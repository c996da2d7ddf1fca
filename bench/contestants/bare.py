"""The limit: a bare ASGI callable that sends the very bytes that ours sent, under the same uvicorn."""

import sys
from pathlib import Path
from typing import Any

from bench.contestant import Ask, Command, Contestant
from bench.contestants.under_uvicorn import OPTIONS
from bench.questions import Answer, Question


class Bare(Contestant):
    """Knows one answer for each workload."""

    name = "bare ASGI callable"
    peer = False

    def __init__(self, answers: Path) -> None:
        self._answers = answers

    def command(self, port: int) -> Command:
        served = [sys.executable, "-m", "uvicorn", "bench.contestants.bare_app:app", *OPTIONS]
        return Command([*served, "--log-level", "warning", "--port", str(port)], {"BENCH_ANSWERS": str(self._answers)})

    def ask(self, question: Question) -> Ask | None:
        raise NotImplementedError("it is asked by workload")

    def answer(self, question: Question, body: Any) -> Answer:
        raise NotImplementedError("it knows none of its own")
