"""The services of deploy/compose.yaml, run by podman-compose."""
import pathlib
import subprocess
import sys

import yaml

from container_desk import ContainerDesk
from desk import ROOT, SERVICES
from engine import Engine
from images import TAG

FILE = ROOT / "deploy" / "compose.yaml"
PROJECT = "firstline"


class ComposeDesk(ContainerDesk):
    """The file as it is; a second one puts addresses of the loopback in the place of networks and names. The certificates are made by the
    compose file's own service, and `data` is its volume of the operator."""

    def __init__(self, engine: Engine, folder: pathlib.Path):
        self.override = folder / "override.yaml"
        super().__init__(engine, folder)

    def prepare(self):
        services = {f"firstline-{name}": {"network_mode": "host", "environment": self.settings(name)} for name in SERVICES}
        services["operator"] = {"network_mode": "host"}
        self.override.write_text(yaml.safe_dump({"services": services}))

    def compose(self, *arguments: str) -> subprocess.CompletedProcess:
        program = pathlib.Path(sys.executable).with_name("podman-compose")
        done = subprocess.run(
            [program, "--file", FILE, "--file", self.override, *arguments], capture_output=True, text=True, timeout=300,
            env={**self.engine.environment, "FIRSTLINE_TAG": TAG})
        if done.returncode != 0:
            raise RuntimeError(f"podman-compose {arguments}: {done.returncode} {done.stdout} {done.stderr}")
        return done

    def run_services(self):
        self.compose("up", "--detach")
        self.data = pathlib.Path(self.engine.podman("volume", "inspect", "--format={{.Mountpoint}}", f"{PROJECT}_operator").stdout.strip())
        self.write_addresses()

    def container(self, name: str) -> str:
        return f"{PROJECT}_firstline-{name}_1"

    def volume_name(self, name: str) -> str:
        return f"{PROJECT}_{name}"

    def remove(self):
        self.compose("down", "--volumes")
