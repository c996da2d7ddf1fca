"""How commands speak: progress and faults to stderr, and the status with which they leave."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError

from app.errors import NotFound, Unavailable
from app.evidence.text import SourceUnreadable
from app.load import InvalidSeed
from app.settings import Settings

DATA_AT_FAULT, USAGE, NOT_AVAILABLE = 1, 2, 3


def setting(name: str) -> str:
    """The environment variable of a setting."""
    return name if name.isupper() else f"SHANHAI_{name.upper()}"


def read_settings() -> Settings:
    """The settings of the environment; what is wrong with them is wrong usage."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            say(f"{setting(str(fault['loc'][0]))}: {fault['msg'].removeprefix('Value error, ')}")
        raise typer.Exit(USAGE) from None


@contextmanager
def failing_well() -> Iterator[None]:
    """Tell what is wrong in words, and leave with the status that says which kind of wrong it is."""
    try:
        yield
    except InvalidSeed as error:
        tell_faults(error)
        say("nothing was changed")
        raise typer.Exit(DATA_AT_FAULT) from None
    except Unavailable as error:
        say(f"{error} ({error.inside})" if error.inside else str(error))
        raise typer.Exit(NOT_AVAILABLE) from None
    except (SourceUnreadable, NotFound) as error:
        say(str(error))
        raise typer.Exit(NOT_AVAILABLE) from None


@contextmanager
def progress(doing: str) -> Iterator[Callable[[str], None]]:
    """A report of where the work is: a moving line on a terminal, a line every two seconds elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console  # a server, whose stderr is a log, does without it

        with Console(stderr=True, highlight=False).status(f"{doing} …") as status:
            yield lambda message: status.update(f"{doing} … {message}")
        return
    last = time.monotonic()

    def report(message: str) -> None:
        nonlocal last
        if time.monotonic() - last > 2:
            last = time.monotonic()
            say(message)

    yield report


def tell_faults(error: InvalidSeed) -> None:
    """Tell every fault of a seed, a line each, as compilers do."""
    for fault in error.faults:
        typer.echo(str(fault), err=True)
    say(f"{counted(len(error.faults), 'fault')} in the seed")


def counted(number: int, noun: str) -> str:
    """`1 fault`, `2 faults`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def say(message: str) -> None:
    """A line about the run, to stderr."""
    typer.echo(f"shanhai: {message}", err=True)
