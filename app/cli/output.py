"""Where an answer goes: a file that has its name once it is whole, another program, or a terminal."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EBADF
from pathlib import Path
from typing import IO, NamedTuple

import typer

from app.cli.console import NOT_AVAILABLE, log

SPOOL_BYTES = 1 << 24  # of an answer in memory; a larger one goes to a temporary file
PIPE_CLOSED = 128 + 13  # as shells have it, with the number of SIGPIPE, which Windows does not have

Fill = Callable[[IO[bytes]], object]  # writes an answer to a file
Show = Callable[[IO[bytes]], None]  # prints an answer on a terminal


class Output(NamedTuple):
    """A file, device or pipe; or stdout, if it is None. Nothing is written before an answer is whole."""

    target: Path | None

    @classmethod
    def of(cls, path: Path | None) -> "Output":
        """Return the output that a user names. Exits with NOT_AVAILABLE if it cannot be a file."""
        if path is None or str(path) == "-":
            if sys.stdout is None:
                raise OSError(EBADF, os.strerror(EBADF), "stdout")
            return cls(None)
        if path.is_dir() or not path.parent.is_dir():
            log(f"{path} is a folder. Name a file in it" if path.is_dir() else f"There is no folder {path.parent}")
            raise typer.Exit(NOT_AVAILABLE)
        return cls(path)

    @property
    def is_terminal(self) -> bool:
        """Whether people read it at once."""
        return self.target is None and sys.stdout.isatty()

    @property
    def file(self) -> Path | None:
        """The file that is replaced or made; None for what is written to: stdout, a device, a pipe."""
        return self.target if self.target and (self.target.is_file() or not self.target.exists()) else None

    def write(self, fill: Fill, show: Show) -> None:
        """Write an answer."""
        if self.file:
            log(f"{self.file}: {_save(self.file.resolve(), fill):,} bytes")
            return
        with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as file:
            fill(file)
            file.seek(0)
            if self.target:
                with self.target.open("wb") as opened:
                    shutil.copyfileobj(file, opened)
                return
            with _writing_stdout():
                if self.is_terminal:
                    show(file)
                else:
                    shutil.copyfileobj(file, sys.stdout.buffer)


def _save(target: Path, fill: Fill) -> int:
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with part.open("x+b") as file:
            fill(file)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


@contextmanager
def _writing_stdout() -> Iterator[None]:
    """Flush stdout at the end. Exits with PIPE_CLOSED, without a word, if whoever read it has enough."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        with Path(os.devnull).open("wb") as nowhere:  # where the interpreter writes what is left when it exits
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(PIPE_CLOSED) from None
        raise
