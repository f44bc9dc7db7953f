"""A PostgreSQL server of the tests' own: found, started, and ended with them."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

USER, PASSWORD = "clipperf", "secret: @/?#[]"
"""A password of all that a URL has to escape."""

_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Server:
    """A running server, reached by a socket in ``folder``."""

    folder: Path

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection as the owner of everything."""
        return psycopg.connect(host=str(self.folder), dbname=database, user=USER, password=PASSWORD, autocommit=True)


def programs() -> Path | None:
    """The folder of the newest server's programs, None where there is none; Debian keeps them out of PATH."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    in_path = shutil.which("initdb")
    if in_path:
        found.append(Path(in_path).resolve().parent)
    return max(
        found, key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()], default=None
    )


@contextmanager
def running_server(bin_folder: Path) -> Iterator[Server]:
    """A new server without network, killed at the end; its files are in a short path, as a socket's has to be."""
    folder = Path(tempfile.mkdtemp(prefix="clipperf-pg-"))
    # The server refuses root.
    owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    become = {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    password_file = folder / "password"
    password_file.write_text(PASSWORD)
    if become:
        for path in (folder, password_file):
            shutil.chown(path, owner)
    data = folder / "data"
    made = [bin_folder / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "--pwfile", password_file]
    subprocess.run(
        [*made, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, cwd=folder, **become
    )
    settings = ["listen_addresses=", "fsync=off", "shared_buffers=16MB", "max_connections=20", "lc_messages=C.UTF-8"]
    command = [bin_folder / "postgres", "-D", data, "-k", folder]
    for setting in settings:
        command += ["-c", setting]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **become)
    try:
        yield _ready(Server(folder), process)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(_PATIENCE_S)
        shutil.rmtree(folder, ignore_errors=True)


def _ready(server: Server, process: subprocess.Popen[bytes]) -> Server:
    give_up = time.monotonic() + _PATIENCE_S
    while True:
        try:
            server.connect().close()
            return server
        except psycopg.OperationalError:
            log = (server.folder / "log").read_text(errors="replace")
            assert process.poll() is None, log
            assert time.monotonic() < give_up, log
            time.sleep(0.02)
