"""A PostgreSQL server for the tests, if its programs are installed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USER = "spot"


def programs():
    """The folder of initdb and postgres; the test is skipped where there is none."""
    if os.name != "posix":
        pytest.skip("PostgreSQL is started and stopped by signals, which only POSIX systems have")
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else HOMES
    for folder in folders:
        if (folder / "postgres").exists():
            return folder
    pytest.skip("there is no PostgreSQL here: neither initdb on the path nor a server in /usr/lib/postgresql")


def _identity():
    """PostgreSQL refuses to run as root: run it as another user."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")


class Postgres:
    """One server, with its data in a separate folder."""

    def __init__(self):
        self.programs = programs()
        pytest.importorskip("psycopg", reason="psycopg, which connects to PostgreSQL, is not installed")
        self.identity = _identity()
        # A short path, because a socket is made in it; not below pytest's folder, which is root's alone.
        self.folder = Path(tempfile.mkdtemp(prefix="spot-pg-"))
        if self.identity:
            os.chown(self.folder, self.identity["user"], self.identity["group"])
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.process = None
        self.count = 0
        self.start()

    @property
    def data(self):
        return self.folder / "data"

    def _run(self, program, *options):
        command = [self.programs / program, *map(str, options)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, cwd=self.folder, check=False, **self.identity
        )
        assert done.returncode == 0, done.stderr

    def start(self):
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "max_connections": 50,
            "fsync": "off",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, "-p", str(self.port), *words],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.identity,
            )
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(Exception):
                self.ask("select 1")
                return
            assert time.monotonic() < deadline, (self.folder / "log").read_text("utf-8")
            time.sleep(0.05)

    def stop(self):
        """End it at once: SIGQUIT is PostgreSQL's immediate stop, as after a crash."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def close(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database="postgres", **options):
        import psycopg  # noqa: PLC0415 - not everywhere.

        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname=database, connect_timeout=3, **options
        )

    def ask(self, query, database="postgres"):
        with contextlib.closing(self.connect(database, autocommit=True)) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def database(self):
        """The name of a new, empty database."""
        self.count += 1
        self.ask(f"create database spot{self.count}")
        return f"spot{self.count}"

    def url(self, database):
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"
