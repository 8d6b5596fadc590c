"""The five services as processes of the harness's own, so that each can be started with a fault and without it."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).parent
sys.path[:0] = [str(FOLDER.parent / "System"), str(FOLDER.parent / "Security"), str(FOLDER)]

from desk import PROGRAMS, SERVICES, Desk, wait_for  # noqa: E402
from ports import free_ports  # noqa: E402
from rpc import Client, Peer  # noqa: E402

PEERS = {
    "intake": ["routing", "sla-timer", "notification", "gateway"],
    "routing": ["intake", "gateway"],
    "sla-timer": ["intake"],
    "notification": ["intake", "sla-timer", "gateway"],
    "gateway": ["intake", "routing", "sla-timer", "notification"],
}


class PlainPeer(Peer):
    """A connection without TLS, which counts as the operator's."""

    def __init__(self, address: str):
        self.client = Client(address)

    def __enter__(self) -> "PlainPeer":
        return self

    def __exit__(self, *_):
        self.close()


def compile_library(made: pathlib.Path) -> pathlib.Path:
    """The library of faults, in `disk/`."""
    compiler = shutil.which("cc") or shutil.which("clang")
    sources = sorted((FOLDER / "disk").glob("*.c"))
    subprocess.run([compiler, "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", made, *sources, "-lsqlite3",
                    "-lpthread"], check=True)
    return made


class Fault:
    """What one life of a service is given: a fault of the library, or of strace."""

    def __init__(self, plan: str = "", *, disk: bool = False, lies: bool = False, seed: int = 0, clock: pathlib.Path | None = None,
                 strace: list[str] | None = None):
        self.plan, self.disk, self.lies, self.seed, self.clock, self.strace = plan, disk, lies, seed, clock, strace

    def __str__(self):
        parts = [self.plan, "strace " + " ".join(self.strace) if self.strace else "", "disk" if self.disk else ""]
        return " ".join(part for part in parts if part) + f" seed {self.seed}"

    def environment(self, library: pathlib.Path, data: pathlib.Path, calls: pathlib.Path) -> dict:
        if self.strace:
            return {}
        given = {
            "LD_PRELOAD": str(library), "FIRSTLINE_TEST_FOLDER": str(data), "FIRSTLINE_TEST_SEED": str(self.seed),
            "FIRSTLINE_TEST_CALLS": str(calls)}
        if self.plan:
            given["FIRSTLINE_TEST_FAULT"] = self.plan
        if self.disk:
            given["FIRSTLINE_TEST_DISK"] = "1"
        if self.lies:
            given["FIRSTLINE_TEST_LIES"] = "1"
        if self.clock:
            given["FIRSTLINE_TEST_CLOCK"] = str(self.clock)
        return given


class Service:
    """One executable; may be started and killed again and again on the same data and the same ports."""

    def __init__(self, house: "House", name: str, ports: list[int]):
        self.house, self.name = house, name
        self.rpc, self.admin, self.extra = (f"127.0.0.1:{port}" for port in ports)
        self.process: subprocess.Popen | None = None
        self.codes: list[int] = []
        self.calls = house.data.parent / f"{name}.calls"

    def own_arguments(self) -> list[str]:
        """What only this service takes."""
        data = self.house.data
        match self.name:
            case "intake": return ["--lmtp-listen", self.extra]
            case "notification": return ["--outbox", f"{data}/outbox"]
            case "gateway":
                return ["--http-listen", self.extra, "--admin-token-file", f"{data}/admin.token", "--principal-signing-key",
                        f"{data}/gateway/principal.key"]
        return []

    def arguments(self) -> list[str]:
        data = self.house.data
        peers = [word for peer in PEERS[self.name] for word in (f"--peer-{peer}", self.house.route(self.name, peer))]
        return [
            str(PROGRAMS / f"firstline-{self.name}"), "--listen", self.rpc, "--admin-listen", self.admin, "--data", f"{data}/{self.name}",
            "--principal-key", f"{data}/certs/principal.pub", "--insecure-loopback", "--log-format", "json", *peers, *self.own_arguments()]

    def start(self, fault: Fault | None = None):
        fault = fault or self.house.usual
        self.calls.unlink(missing_ok=True)
        command = self.arguments()
        if fault and fault.strace:
            command = ["strace", "-f", "-qq", "-o", "/dev/null", *fault.strace, "--", *command]
        given = fault.environment(self.house.library, self.house.data, self.calls) if fault else {}
        with open(self.house.data.parent / f"{self.name}.log", "ab") as log:
            # Its standard input ends when this process does, and so does the service.
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
                env={**os.environ, **given, "FIRSTLINE_SUPERVISED": "1"})

    @property
    def runs(self) -> bool:
        if self.process is None:
            return False
        code = self.process.poll()
        if code is not None:
            self.codes.append(code)
            self.process.stdin.close()
            self.process = None
        return code is None

    def is_up(self) -> bool:
        """Whether it listens; true too when it has ended."""
        if not self.runs:
            return True
        addresses = [self.rpc, self.admin] + ([self.extra] if self.name in ("intake", "gateway") else [])
        try:
            for address in addresses:
                host, port = address.rsplit(":", 1)
                socket.create_connection((host, int(port)), 1).close()
            return True
        except OSError:
            return False

    def await_up(self, seconds: float = 20) -> bool:
        wait_for(self.is_up, seconds, 0.01)
        return self.runs

    def fired(self) -> int:
        """How many faults this life has met."""
        return self.counts()[5]

    def counts(self) -> tuple:
        try:
            return struct.unpack("6Q", self.calls.read_bytes())
        except (FileNotFoundError, struct.error):
            return (0,) * 6

    def kill(self):
        """SIGKILL to the service and whoever traces it."""
        if self.runs:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.runs

    def stop(self, seconds: float = 15) -> int:
        """SIGTERM; the exit code."""
        assert self.runs, f"{self.name} has ended with {self.codes}"
        os.killpg(self.process.pid, signal.SIGTERM)
        code = self.process.wait(seconds)
        self.runs
        return code

    def pause(self):
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.killpg(self.process.pid, signal.SIGCONT)

    def log(self) -> str:
        path = self.house.data.parent / f"{self.name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


class House(Desk):
    """An installation without a supervisor. `routes` may lead a service's calls to a peer through a proxy."""

    def __init__(self, data: pathlib.Path, library: pathlib.Path, usual: Fault | None = None):
        super().__init__(data)
        self.library, self.usual = library, usual
        self.routes: dict[tuple[str, str], str] = {}
        ports = free_ports(3 * len(SERVICES))
        self.services = {name: Service(self, name, ports[3 * index:3 * index + 3]) for index, name in enumerate(SERVICES)}
        self.url = f"http://{self.services['gateway'].extra}"

    def route(self, caller: str, peer: str) -> str:
        return self.routes.get((caller, peer)) or self.services[peer].rpc

    def service(self, name: str) -> dict:
        one = self.services[name]
        return {"rpc": one.rpc, "admin": one.admin, "lmtp": self.routes.get(("client", "lmtp")) or one.extra}

    def start(self, seconds: float = 30) -> "House":
        for one in self.services.values():
            if not one.runs:
                one.start()
        for one in self.services.values():
            assert one.await_up(seconds), f"{one.name} ended with {one.codes}:\n{one.log()}"
        return self

    def stop(self, seconds: float = 15) -> int:
        codes = {name: one.stop(seconds) for name, one in reversed(self.services.items())}
        assert set(codes.values()) == {0}, codes
        return 0

    def kill_everything(self):
        for one in self.services.values():
            one.kill()

    def peer(self, name: str) -> PlainPeer:
        return PlainPeer(self.routes.get(("client", name)) or self.services[name].rpc)

    def readiness(self, name: str) -> dict:
        """What `/readyz` tells."""
        host, port = self.services[name].admin.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        try:
            connection.request("GET", "/readyz")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def is_settled(self) -> bool:
        """Every follower has everything, and no delivery waits."""
        for one in self.services.values():
            assert one.runs, f"{one.name} ended with {one.codes}:\n{one.log()}"
        for _ in range(2):
            states = {name: self.readiness(name) for name in SERVICES}
            heads = {name: state["journal"]["head"] for name, state in states.items()}
            for state in states.values():
                for follows in state["follows"]:
                    if follows["offset"] != heads[follows["source"]] or follows["problem"]:
                        return False
        waiting = self.api("GET", "/deliveries?state=waiting&limit=50")["items"]
        for delivery in waiting:
            if delivery["attempts"]:
                self.api("POST", f"/deliveries/{delivery['id']}/retry")
        return not waiting

    def settle(self, seconds: float = 120):
        # What falls due within seconds is waited for, with what follows from it.
        wait_for(lambda: not self.is_timer_near() and self.is_settled(), seconds, 0.1)

    def is_timer_near(self, seconds: float = 10) -> bool:
        database = sqlite3.connect(f"file:{self.data}/sla-timer/store.sqlite?mode=ro", uri=True)
        try:
            near = database.execute("SELECT count(*) FROM timer WHERE next_at_ms < ?", ((time.time() + seconds) * 1000,))
            return near.fetchone()[0] > 0
        finally:
            database.close()
