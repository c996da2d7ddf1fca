"""Settings of a run, from the environment."""

import os
import tempfile
from pathlib import Path

from app.settings import ROOT

FIGURES = int(os.environ.get("BENCH_FIGURES", "1_000_000"))
QUICK = FIGURES < 1_000_000  # a trial of the bench; its numbers mean nothing
DATA = Path(os.environ.get("BENCH_DATA") or Path(tempfile.gettempdir(), "shanhai-bench"))  # reused by later runs
PEERS = Path(os.environ.get("BENCH_PEERS") or ROOT / ".peers")  # where `make bench` installs them

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2" if QUICK else "5"))
SECONDS = 1 if QUICK else 2  # of one run
SERVER_CORE, CLIENT_CORE = 0, 1
