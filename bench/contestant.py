"""What a contestant is: a server, the addresses under which it answers, and how its answers are read."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench.questions import Answer, Question


class Ask(NamedTuple):
    """A request: a path with its query; and a body, where the question is one that must be posted."""

    path: str
    body: str = ""


class Command(NamedTuple):
    """How a server is started: its arguments, and what its environment has besides ours."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = {}

    def everything(self) -> dict[str, str]:
        """The whole environment."""
        return {**os.environ, **self.environment}


class Contestant(ABC):
    """A server that is measured."""

    name: str

    @abstractmethod
    def command(self, port: int) -> Command:
        """What starts it."""

    @abstractmethod
    def ask(self, question: Question) -> Ask | None:
        """How it is asked, or None where it cannot be."""

    @abstractmethod
    def answer(self, question: Question, body: Any) -> Answer:
        """What it says, from the JSON of its body."""
