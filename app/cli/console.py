"""Messages and progress on stderr, and exit statuses."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import typer
from pydantic import ValidationError

from app.errors import NotFound, Unavailable
from app.evidence.text import SourceUnreadable
from app.load import InvalidSeed
from app.settings import Settings

DATA_ERROR, USAGE_ERROR, NOT_AVAILABLE = 1, 2, 3  # exit statuses
PROGRESS_INTERVAL_S = 2


def read_settings() -> Settings:
    """Read the settings from the environment. Exits with USAGE_ERROR if one is invalid."""
    try:
        return Settings()
    except ValidationError as error:
        for each in error.errors():
            name = str(each["loc"][0])
            variable = name if name.isupper() else f"SHANHAI_{name.upper()}"
            log(f"{variable}: {_explanation(name, each['type'], each['msg'])}")
        raise typer.Exit(USAGE_ERROR) from None


def _explanation(setting: str, error_type: str, message: str) -> str:
    """Return what is wrong with a setting, without its value, which may contain a password."""
    if error_type != "string_pattern_mismatch":
        return message.removeprefix("Value error, ")
    examples = Settings.model_fields[setting].examples or ()
    return f"This is not valid. Use for example {' or '.join(map(str, examples))}"


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Print known errors and exit with their status."""
    try:
        yield
    except InvalidSeed as error:
        print_faults(error)
        log("nothing was changed")
        raise typer.Exit(DATA_ERROR) from None
    except Unavailable as error:
        log(f"{error} ({error.inside})" if error.inside else str(error))
        raise typer.Exit(NOT_AVAILABLE) from None
    except (SourceUnreadable, NotFound) as error:
        log(str(error))
        raise typer.Exit(NOT_AVAILABLE) from None
    except BrokenPipeError:  # whoever read the output has enough
        raise
    except OSError as error:
        log(f"{error.filename or 'A file'} cannot be read or written: {error.strerror}. Check the disk and TMPDIR.")
        raise typer.Exit(NOT_AVAILABLE) from None


@contextmanager
def noting_failure(mark: Path) -> Iterator[None]:
    """Leave a file if a load fails, for the metrics of servers; remove it if the load succeeds."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            mark.touch()
        raise
    with suppress(OSError):
        mark.unlink(missing_ok=True)


@contextmanager
def progress(activity: str) -> Iterator[Callable[[str], None]]:
    """Yield a function that reports progress: a status line on a terminal, elsewhere a line every two seconds."""
    if sys.stderr.isatty():
        from rich.console import Console  # not imported by a server, whose stderr is a log

        with Console(stderr=True, highlight=False).status(f"{activity} …") as status:
            yield lambda message: status.update(f"{activity} … {message}")
        return
    last = time.monotonic()

    def report(message: str) -> None:
        nonlocal last
        if time.monotonic() - last > PROGRESS_INTERVAL_S:
            last = time.monotonic()
            log(message)

    yield report


def print_faults(error: InvalidSeed) -> None:
    """Print the faults of a seed, one per line."""
    for fault in error.faults:
        typer.echo(str(fault), err=True)
    log(f"{count(len(error.faults), 'fault')} in the seed")


def count(number: int, noun: str) -> str:
    """Return `1 fault`, `2 faults`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def log(message: str) -> None:
    """Print a line to stderr."""
    typer.echo(f"shanhai: {message}", err=True)
