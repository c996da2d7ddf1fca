"""The limits: bare ASGI callables that send prepared bytes, under the same uvicorn options as ours."""

import sys
from typing import Any

from bench.contestant import Command, Contestant, Request
from bench.contestants.under_uvicorn import OPTIONS
from bench.names import BARE
from bench.questions import Answer, Question


class Bare(Contestant):
    """Has paths instead of questions: `bare_app` one response per path, `file_app` one file for all."""

    name = BARE

    def __init__(self, application: str, **environment: str) -> None:
        self._application = f"bench.contestants.{application}:app"
        self._environment = environment

    def command(self, port: int) -> Command:
        served = [sys.executable, "-m", "uvicorn", self._application, *OPTIONS]
        return Command([*served, "--log-level", "warning", "--port", str(port)], self._environment)

    def request(self, question: Question) -> Request | None:
        raise NotImplementedError("it has paths only")

    def answer(self, question: Question, body: Any) -> Answer:
        raise NotImplementedError("its responses are ours")
