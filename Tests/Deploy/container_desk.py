"""A help desk whose services run in containers: a volume and a certificate each, a root that cannot be written to, no rights."""
import json
import os
import pathlib
import secrets
import subprocess

from desk import PROGRAMS, ROOT, SERVICES, Desk, wait_for
from engine import Engine
from images import TAG
from ports import free_ports

USER = 10001
PEERS = {
    "intake": ["routing", "sla-timer", "notification", "gateway"], "routing": ["intake", "gateway"], "sla-timer": ["intake"],
    "notification": ["intake", "sla-timer", "gateway"], "gateway": ["intake", "routing", "sla-timer", "notification"],
}
CONFINED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"]


class ContainerDesk(Desk):
    """`data` is the operator's folder; what the services write lies in their volumes."""

    def __init__(self, engine: Engine, folder: pathlib.Path):
        super().__init__(folder / "certificates" / "operator")
        self.engine, self.folder = engine, folder
        self.prefix = f"firstline-{secrets.token_hex(4)}-"
        ports = iter(free_ports(2 * len(SERVICES) + 2))
        self.addresses = {name: {"name": name, "rpc": f"127.0.0.1:{next(ports)}", "admin": f"127.0.0.1:{next(ports)}"} for name in SERVICES}
        self.addresses["intake"]["lmtp"] = f"127.0.0.1:{next(ports)}"
        self.addresses["gateway"]["http"] = f"127.0.0.1:{next(ports)}"
        self.prepare()

    def prepare(self):
        """Certificates and volumes."""
        subprocess.run(
            [ROOT / "deploy" / "certificates", self.folder / "certificates", "--owner", str(USER)], check=True,
            env={**os.environ, "FIRSTLINE": str(PROGRAMS / "firstline")})
        self.write_addresses()
        self.prepare_volumes()

    def write_addresses(self):
        """Tells the operator's command where the services listen."""
        (self.data / "run.json").write_text(
            json.dumps({"pid": 0, "insecure": False, "services": list(self.addresses.values())}))

    def prepare_volumes(self):
        for name in SERVICES:
            self.engine.podman("volume", "create", self.volume_name(name))

    def volume_name(self, name: str) -> str:
        return self.prefix + name

    def container(self, name: str) -> str:
        return self.prefix + name

    def settings(self, name: str) -> dict[str, str]:
        """The service's environment, beside what its image sets."""
        return {**self.listeners(name), **self.peers(PEERS[name])}

    def listeners(self, name: str) -> dict[str, str]:
        own = self.addresses[name]
        listeners = {"FIRSTLINE_LISTEN": own["rpc"], "FIRSTLINE_ADMIN_LISTEN": own["admin"]}
        return listeners | {f"FIRSTLINE_{key.upper()}_LISTEN": own[key] for key in ("lmtp", "http") if key in own}

    def peers(self, names: list[str]) -> dict[str, str]:
        return {f"FIRSTLINE_PEER_{name.upper().replace('-', '_')}": self.addresses[name]["rpc"] for name in names}

    def run_service(self, name: str):
        self.engine.podman(
            "run", "--detach", f"--name={self.container(name)}", *CONFINED, f"--volume={self.volume_name(name)}:/data",
            f"--volume={self.folder / 'certificates' / name}:/certs:ro",
            *(f"--env={key}={value}" for key, value in self.settings(name).items()), f"firstline-{name}:{TAG}")

    def run_services(self):
        for name in SERVICES:
            self.run_service(name)

    def is_ready(self) -> bool:
        done = self.firstline("status", "--json", check=False)
        return done.returncode == 0

    # Life

    def start(self, seconds: float = 60) -> "ContainerDesk":
        self.run_services()
        try:
            wait_for(self.is_ready, seconds)
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n" + "\n".join(f"{name}: {self.log_of(name)[-1500:]}" for name in SERVICES)) from None
        self.url = f"http://{self.addresses['gateway']['http']}"
        return self

    def stop(self, seconds: float = 10) -> int:
        """The first exit code that is not 0. The volumes stay."""
        containers = [self.container(name) for name in SERVICES]
        self.engine.podman("stop", f"--time={seconds:.0f}", *containers, check=False)
        codes = [self.inspected(name)["State"]["ExitCode"] for name in SERVICES]
        self.engine.podman("rm", "--force", *containers, check=False)
        return next((code for code in codes if code), 0)

    def remove(self):
        containers = [self.container(name) for name in SERVICES]
        self.engine.podman("rm", "--force", "--time=0", "--ignore", *containers, check=False)
        self.engine.podman("volume", "rm", "--force", *map(self.volume_name, SERVICES), check=False)

    # What is inside

    def inspected(self, name: str) -> dict:
        return json.loads(self.engine.podman("container", "inspect", self.container(name)).stdout)[0]

    def log_of(self, name: str) -> str:
        done = self.engine.podman("logs", self.container(name), check=False)
        return done.stdout + done.stderr

    def volume(self, name: str) -> pathlib.Path:
        """The volume's place on this machine."""
        return pathlib.Path(self.engine.podman("volume", "inspect", "--format={{.Mountpoint}}", self.volume_name(name)).stdout.strip())

    def pids(self) -> list[int]:
        return [self.inspected(name)["State"]["Pid"] for name in SERVICES]

    @property
    def admin_token(self) -> str:
        return (self.volume("gateway") / "admin.token").read_text().strip()

    @property
    def outbox_folder(self) -> pathlib.Path:
        return self.volume("notification") / "outbox" / "new"
