"""The tools that `make test-slow` installs into an environment of their own."""

import os
import subprocess
from pathlib import Path

import pytest

from app.settings import ROOT

TOOLS = ROOT / ".generators"
NODE = TOOLS / "node_modules" / ".bin"

needs_tools = [
    pytest.mark.slow,
    pytest.mark.skipif(not (TOOLS / ".done").exists(), reason="`make test-slow` installs the tools, if there is npm"),
]


def run(*command: str | Path, folder: Path) -> str:
    """Run a tool and return what it prints. Its environment's own programs come first."""
    path = f"{TOOLS / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
