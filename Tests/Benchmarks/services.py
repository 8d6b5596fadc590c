"""Single services of an installation of their own, run for a measurement."""
import json
import os
import pathlib
import subprocess
import time
import urllib.request

from plan import PROGRAMS

READY_SECONDS = 30
END_SECONDS = 15


class Installation:
    """A data folder with certificates; its services' folders may be filled before they run."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.certificates = folder / "certs"
        subprocess.run([PROGRAMS / "firstline", "certs", "init", "--data", folder], check=True, stdout=subprocess.DEVNULL)

    def certificate(self, name: str) -> list[pathlib.Path]:
        """Certificate, key and authority."""
        return [self.certificates / f"{name}.crt", self.certificates / f"{name}.key", self.certificates / "ca.crt"]

    def run(self, name: str, *, store: str | None = None, **peers: str) -> "RunningService":
        """`store`: the URL of a PostgreSQL database; None for SQLite."""
        return RunningService(name, self, peers, store)


class RunningService:
    """One service executable over mutual TLS, on free ports; ends with the `with` block."""

    def __init__(self, name: str, installation: Installation, peers: dict[str, str], store: str | None = None):
        self.data = installation.folder / name
        arguments = [PROGRAMS / f"firstline-{name}", "--data", self.data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
        if name == "intake":
            arguments += ["--lmtp-listen", "127.0.0.1:0"]
        for peer, address in peers.items():
            arguments += [f"--peer-{peer}", address]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FIRSTLINE_")}
        if store:
            environment["FIRSTLINE_STORE"] = store
        self.log = installation.folder / f"{name}.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, env=environment)

    def __enter__(self) -> "RunningService":
        deadline = time.monotonic() + READY_SECONDS
        while not (places := self._places()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"{self.process.args[0]} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)
        self.address = places["rpc"]
        self.lmtp = places.get("lmtp", "")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self) -> float:
        """The processor's time that the service has used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _places(self) -> dict | None:
        try:
            places = json.loads((self.data / "endpoints.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        # An instance that stands by has its places too, and does not serve yet.
        return places if {"rpc", "admin"} <= places.keys() and self._serves(places["admin"]) else None

    @staticmethod
    def _serves(admin: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://{admin}/readyz", timeout=1) as answer:
                return not json.loads(answer.read())["leader"]
        except (OSError, ValueError):
            return False
