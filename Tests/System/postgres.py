"""A PostgreSQL server of the tests' own: a fresh cluster in a folder of its own, on a free port of loopback.

As a program it runs a command beside such a server, whose URL is in FIRSTLINE_TEST_POSTGRES: postgres.py COMMAND…
"""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from ports import free_ports

#: Who the server runs as when the tests run as root, whom it refuses; Debian's package makes this account.
ACCOUNT = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1", "max_connections": "1000", "log_min_messages": "fatal", "log_checkpoints": "off",
    "shared_buffers": "64MB", "fsync": "on", "synchronous_commit": "on", "superuser_reserved_connections": "5"}


def binaries() -> pathlib.Path:
    """The newest installed server's programs."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert found, "no PostgreSQL server is installed"
    return found[-1]


def as_account(command: list[str]) -> list[str]:
    """The command, run as somebody whom the server accepts."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups", *command]


class PostgresServer:
    """Started by `with`; gone, with all its data, afterwards."""

    def __init__(self, **settings: str):
        self.settings = {**SETTINGS, **settings}
        [self.port] = free_ports(1)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="firstline-postgres-"))
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"postgres://firstline@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> "PostgresServer":
        try:
            subprocess.run(
                as_account([
                    str(binaries() / "initdb"), "-D", str(self.folder / "data"), "-U", "firstline", "-A", "trust", "-E", "UTF8",
                    "--locale=C", "--no-sync"]), check=True, stdout=subprocess.DEVNULL, cwd="/")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # Its data goes with it: nothing needs to be written back first, which takes a busy disk its time.
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, seconds: float = 90):
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            as_account([
                str(binaries() / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder),
                *settings]), stdout=subprocess.DEVNULL, cwd="/", start_new_session=True)
        deadline = time.monotonic() + seconds
        while subprocess.run(
                [str(binaries() / "pg_isready"), "-q", "-d", self.url], check=False).returncode:
            assert self.process.poll() is None, "PostgreSQL has ended"
            assert time.monotonic() < deadline, "PostgreSQL did not start in time"
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT):
        """SIGINT is PostgreSQL's fast shutdown, SIGQUIT its crash."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(120)
            self.process = None

    def database(self, name: str) -> str:
        """The URL of a new, empty database."""
        self.sql(f"CREATE DATABASE {name}")
        return self.url.removesuffix("postgres") + name

    def sql(self, statement: str) -> str:
        """What psql answers, without decoration."""
        answer = subprocess.run(
            [str(binaries() / "psql"), "-AtX", "-v", "ON_ERROR_STOP=1", self.url, "-c", statement], check=True,
            capture_output=True, text=True)
        return answer.stdout.strip()


def main() -> int:
    with PostgresServer() as server:
        return subprocess.run(sys.argv[1:], env={**os.environ, "FIRSTLINE_TEST_POSTGRES": server.url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
