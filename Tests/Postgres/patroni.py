"""A PostgreSQL primary and a synchronous standby under Patroni, with three etcd of its own, all on loopback."""
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import psycopg
import yaml
from desk import wait_for
from ports import free_ports
from postgres import ACCOUNT, as_account, binaries

PASSWORD = "loopback"


class Member:
    """One process group that can be killed, stopped and started again."""

    def __init__(self, command: list[str], log: pathlib.Path, environment: dict | None = None):
        self.command, self.log, self.environment = command, log, environment or {}
        self.process: subprocess.Popen | None = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                as_account(self.command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                env={**os.environ, **self.environment})

    def roots(self) -> list[int]:
        return [self.process.pid]

    def group(self) -> list[int]:
        """Every process below the roots."""
        found, wanted = [], self.roots()
        children: dict[int, list[int]] = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                words = path.read_text().rsplit(") ", 1)[1].split()
            except (OSError, IndexError):
                continue
            children.setdefault(int(words[1]), []).append(int(path.parent.name))
        while wanted:
            one = wanted.pop()
            found.append(one)
            wanted += children.get(one, [])
        return found

    def signal(self, number: signal.Signals):
        for pid in self.group():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def end(self):
        """Kills it and what it started."""
        if self.process:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGKILL)
            self.process.wait(10)


class Node(Member):
    """Patroni with its PostgreSQL."""

    def __init__(self, cluster: "Cluster", name: str):
        self.cluster, self.name = cluster, name
        self.api, self.port = free_ports(2)
        path = cluster.folder / f"{name}.yml"
        path.write_text(yaml.safe_dump(self.configuration()))
        super().__init__(["/usr/bin/patroni", str(path)], cluster.folder / f"{name}.log", {"PATH": f"{binaries()}:{os.environ['PATH']}"})

    def configuration(self) -> dict:
        users = {name: {"username": user, "password": PASSWORD} for name, user in [
            ("superuser", "firstline"), ("replication", "replicator"), ("rewind", "rewinder")]}
        return {
            "scope": "desk", "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self.api}", "connect_address": f"127.0.0.1:{self.api}"},
            "etcd3": {"hosts": [f"127.0.0.1:{one.client}" for one in self.cluster.etcds]},
            "bootstrap": {
                "dcs": {
                    "ttl": 10, "loop_wait": 2, "retry_timeout": 3, "maximum_lag_on_failover": 1_048_576,
                    "synchronous_mode": True, "synchronous_mode_strict": False,
                    "postgresql": {"use_pg_rewind": True, "parameters": {
                        "max_connections": 300, "max_worker_processes": 8, "wal_level": "replica", "hot_standby": "on",
                        "max_wal_senders": 10, "max_replication_slots": 10, "wal_log_hints": "on"}}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"]},
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}", "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": str(self.cluster.folder / f"{self.name}-data"), "bin_dir": str(binaries()), "authentication": users,
                "pgpass": str(self.cluster.folder / f"{self.name}.pgpass"),
                "pg_hba": ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
                "parameters": {"unix_socket_directories": str(self.cluster.folder), "shared_buffers": "32MB"}}}

    def roots(self) -> list[int]:
        """Patroni, and the postmaster, which is nobody's child."""
        try:
            postmaster = int((self.cluster.folder / f"{self.name}-data" / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return super().roots()
        return [*super().roots(), postmaster]

    def role(self) -> str | None:
        """"primary" or "replica", as Patroni tells; None while it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.api}/patroni", timeout=1) as answer:
                told = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            told = json.loads(error.read())
        except (OSError, ValueError):
            return None
        return {"master": "primary"}.get(told.get("role"), told.get("role")) if told.get("state") == "running" else None


class Etcd(Member):
    def __init__(self, cluster: "Cluster", name: str):
        self.cluster, self.name = cluster, name
        self.client, self.peer = free_ports(2)

    def prepare(self):
        peers = ",".join(f"{one.name}=http://127.0.0.1:{one.peer}" for one in self.cluster.etcds)
        super().__init__([
            "/usr/bin/etcd", "--name", self.name, "--data-dir", str(self.cluster.folder / self.name),
            "--listen-client-urls", f"http://127.0.0.1:{self.client}", "--advertise-client-urls", f"http://127.0.0.1:{self.client}",
            "--listen-peer-urls", f"http://127.0.0.1:{self.peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{self.peer}",
            "--initial-cluster", peers, "--heartbeat-interval", "100", "--election-timeout", "1000",
        ], self.cluster.folder / f"{self.name}.log")

    def leads(self) -> bool:
        try:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.client}/v3/maintenance/status", b"{}", {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=1) as answer:
                told = json.loads(answer.read())
            return told["leader"] == told["header"]["member_id"]
        except (OSError, ValueError, KeyError):
            return False


class Cluster:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="firstline-patroni-"))
        self.etcds = [Etcd(self, f"etcd{place}") for place in range(3)]
        for one in self.etcds:
            one.prepare()
        self.nodes = [Node(self, f"node{place}") for place in range(2)]
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            for path in [self.folder, *self.folder.iterdir()]:
                os.chown(path, account.pw_uid, account.pw_gid)

    def url(self, database: str = "postgres") -> str:
        """Both servers; a session goes to the one that takes writes."""
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.nodes)
        return f"postgres://firstline:{PASSWORD}@{hosts}/{database}?target_session_attrs=read-write"

    def __enter__(self) -> "Cluster":
        try:
            for one in self.etcds:
                one.start()
            wait_for(lambda: any(one.leads() for one in self.etcds), 20)
            for one in self.nodes:
                one.start()
                wait_for(lambda one=one: one.role() is not None, 60, 0.2)
            self.await_synchronous()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for one in [*self.nodes, *self.etcds]:
            one.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def primary(self) -> Node | None:
        return next((one for one in self.nodes if one.role() == "primary"), None)

    def sql(self, statement: str):
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=3) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else None

    def await_synchronous(self, seconds: float = 60):
        """Waits until the standby confirms each commit."""
        def is_synchronous():
            try:
                return self.sql("SELECT 1 FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')")
            except psycopg.Error:
                return False
        wait_for(is_synchronous, seconds, 0.2)
        time.sleep(0.5)
