"""The limits: bare ASGI callables that send bytes they have already, under the same uvicorn as ours."""

import sys
from typing import Any

from bench.contestant import Ask, Command, Contestant
from bench.contestants.under_uvicorn import OPTIONS
from bench.names import BARE
from bench.questions import Answer, Question


class Bare(Contestant):
    """Knows no questions, only paths: `bare_app` one answer for each, `file_app` the same file for all."""

    name = BARE

    def __init__(self, application: str, **environment: str) -> None:
        self._application = f"bench.contestants.{application}:app"
        self._environment = environment

    def command(self, port: int) -> Command:
        served = [sys.executable, "-m", "uvicorn", self._application, *OPTIONS]
        return Command([*served, "--log-level", "warning", "--port", str(port)], self._environment)

    def ask(self, question: Question) -> Ask | None:
        raise NotImplementedError("it is asked by path")

    def answer(self, question: Question, body: Any) -> Answer:
        raise NotImplementedError("it knows none of its own")
