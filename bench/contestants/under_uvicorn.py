"""An application in the peers' environment, under uvicorn with the options that ours has."""

from app.settings import ROOT
from bench import settings
from bench.contestant import Command

OPTIONS = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header", "--no-proxy-headers")


def uvicorn(application: str, port: int, **environment: str) -> Command:
    """The command that serves it."""
    python = str(settings.PEERS / "bin" / "python")
    quiet = ("--log-level", "warning", "--port", str(port))
    return Command([python, "-m", "uvicorn", application, *OPTIONS, *quiet], environment | {"PYTHONPATH": str(ROOT)})
