"""Two instances of each service on one PostgreSQL: one leads, one stands by, and whichever ends is started again."""
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / name) for name in ("System", "Security", "Faults")]

import psycopg  # noqa: E402
import psycopg.rows  # noqa: E402
from desk import PROGRAMS, SERVICES, wait_for  # noqa: E402
from house import PEERS, House, Service  # noqa: E402
from ports import free_ports  # noqa: E402
from stores import Stores  # noqa: E402

#: Exit codes after which a service is not to be started again: usage, a newer schema, a bad setting.
HOPELESS = {64, 65, 78}


class Instance(Service):
    """One of a service's two processes. A keeper starts it again when it ends, as a supervisor would."""

    def __init__(self, pair: "Pair", place: int, ports: list[int]):
        super().__init__(pair.house, pair.name, ports)
        # Two addresses of loopback stand for two machines, on which a service has the same ports.
        self.rpc, self.admin, self.extra = (f"127.0.0.{place + 1}:{port}" for port in ports)
        self.pair, self.place = pair, place
        self.folder = pair.house.data if place == 0 else pair.house.data.parent / f"data-{place}"
        self.is_kept = False

    def arguments(self) -> list[str]:
        peers = [
            word for peer in PEERS[self.name] for word in
            (f"--peer-{peer}", ",".join(one.rpc for one in self.house.services[peer].instances))]
        return [
            str(PROGRAMS / f"firstline-{self.name}"), "--listen", self.rpc, "--admin-listen", self.admin,
            "--data", f"{self.folder}/{self.name}", "--principal-key", f"{self.house.data}/certs/principal.pub", "--insecure-loopback",
            "--log-format", "json", *peers, *self.own_arguments()]

    def start(self, fault=None):
        with open(self.house.data.parent / f"{self.name}-{self.place}.log", "ab") as log:
            self.process = subprocess.Popen(
                self.arguments(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
                env={**os.environ, "FIRSTLINE_SUPERVISED": "1", "FIRSTLINE_STORE": self.house.ways.get((self.name, self.place), self.house.store)})
        self.is_kept = True

    def keep(self):
        if self.is_kept and not self.runs and self.codes and self.codes[-1] not in HOPELESS:
            self.start()

    def readiness(self) -> dict | None:
        """What `/readyz` tells; None while nobody answers."""
        host, port = self.admin.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=1)
        try:
            connection.request("GET", "/readyz")
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    @property
    def leads(self) -> bool:
        state = self.readiness()
        return bool(state and state["ready"] and not state["leader"])

    def stop(self, seconds: float = 15) -> int:
        self.is_kept = False
        return super().stop(seconds)

    def kill(self):
        self.is_kept = False
        super().kill()

    def crash(self) -> int:
        """SIGKILL; the keeper starts it again. Returns the process's id."""
        pid = self.process.pid
        os.killpg(pid, signal.SIGKILL)
        return pid

    def log(self) -> str:
        path = self.house.data.parent / f"{self.name}-{self.place}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


class Pair:
    """A service's two instances, seen as the one that leads."""

    def __init__(self, house: "Pairs", name: str):
        self.house, self.name = house, name
        ports = free_ports(3)
        self.instances = [Instance(self, place, ports) for place in range(2)]
        self.last = self.instances[0]

    @property
    def leader(self) -> Instance | None:
        return next((one for one in self.instances if one.runs and one.leads), None)

    @property
    def standby(self) -> Instance:
        leader = self.leader
        return next(one for one in self.instances if one is not leader)

    def current(self) -> Instance:
        """The leader; while nobody leads, the last that did."""
        if not (self.last.runs and self.last.leads):
            self.last = self.leader or self.last
        return self.last

    rpc = property(lambda self: self.current().rpc)
    admin = property(lambda self: self.current().admin)
    extra = property(lambda self: self.current().extra)
    runs = property(lambda self: any(one.runs for one in self.instances))
    codes = property(lambda self: [code for one in self.instances for code in one.codes])

    def start(self, fault=None):
        for one in self.instances:
            if not one.runs:
                one.start()

    def await_up(self, seconds: float = 20) -> bool:
        wait_for(lambda: self.leader, seconds, 0.05)
        return True

    def stop(self, seconds: float = 15) -> int:
        return max(one.stop(seconds) for one in self.instances if one.runs)

    def kill(self):
        for one in self.instances:
            one.kill()

    def log(self) -> str:
        return "\n".join(one.log() for one in self.instances)


class Pairs(House):
    """An installation of pairs. `store` is the URL of their database."""

    def __init__(self, data: pathlib.Path, store: str):
        self.store = store
        #: URLs of the database for single instances, by service and place, that lead there through a proxy.
        self.ways: dict[tuple[str, int], str] = {}
        super().__init__(data, data)
        self.services = {name: Pair(self, name) for name in SERVICES}
        self.is_over = threading.Event()
        threading.Thread(target=self.keep, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.services['gateway'].extra}" if hasattr(self, "services") else ""

    @url.setter
    def url(self, _):
        pass

    def instances(self) -> list[Instance]:
        return [one for pair in self.services.values() for one in pair.instances]

    def keep(self):
        while not self.is_over.wait(0.1):
            for one in self.instances():
                one.keep()

    def start(self, seconds: float = 60) -> "Pairs":
        return super().start(seconds)

    def kill_everything(self):
        self.is_over.set()
        super().kill_everything()

    def service(self, name: str) -> dict:
        one = self.services[name].current()
        return {"rpc": one.rpc, "admin": one.admin, "lmtp": one.extra}

    def readiness(self, name: str) -> dict:
        return wait_for(lambda: self.services[name].current().readiness(), 10)

    def is_timer_near(self, seconds: float = 10) -> bool:
        with psycopg.connect(self.store) as database:
            near = database.execute(
                "SELECT count(*) FROM sla_timer.timer WHERE next_at_ms < %s", (int((time.time() + seconds) * 1000),))
            return near.fetchone()[0] > 0


def postgres_stores(store: str):
    """What `problems_of` makes its stores by."""

    class PostgresStores(Stores):
        def __init__(self, data):
            self.data = data
            self.database = psycopg.connect(store, row_factory=psycopg.rows.dict_row, autocommit=True)
            self.load()

        def rows(self, service: str, sql: str, *values) -> list[dict]:
            self.database.execute(f'SET search_path = "{service.replace("-", "_")}"')
            return self.database.execute(sql.replace("%", "%%").replace("?", "%s"), values or None).fetchall()

        def damage(self, service: str) -> list[str]:
            return []

        def close(self):
            self.database.close()

    return PostgresStores
