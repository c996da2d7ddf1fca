"""A contestant: a server, its request for each question, and the parser of its responses."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bench.questions import Answer, Question


class Request(NamedTuple):
    """A request: a path with its query, and a body if it is a POST."""

    path: str
    body: str = ""


class Command(NamedTuple):
    """The command of a server: arguments, and additions to the environment."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = {}

    def full_environment(self) -> dict[str, str]:
        """Return the complete environment."""
        return {**os.environ, **self.environment}


class Contestant(ABC):
    """A server under measurement."""

    name: str

    @abstractmethod
    def command(self, port: int) -> Command:
        """Return the command that starts it."""

    @abstractmethod
    def request(self, question: Question) -> Request | None:
        """Return the request for a question, or None if it cannot be asked."""

    @abstractmethod
    def answer(self, question: Question, body: Any) -> Answer:
        """Return the answer in the JSON of a response."""
