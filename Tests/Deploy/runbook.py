"""deploy/README.md as something to run: its shell blocks, a shell that keeps its environment, and what stands in for a machine's systemd."""
import dataclasses
import json
import os
import pathlib
import re
import signal
import socketserver
import subprocess
import threading
import time

from desk import PROGRAMS, ROOT, SERVICES

RUNBOOK = ROOT / "deploy" / "README.md"
UNIT = ROOT / "deploy" / "systemd" / "firstline@.service"


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block: the heading above it, its number there, its text."""
    section: str
    number: int
    text: str


def blocks() -> list[Block]:
    found: list[Block] = []
    section, fence, lines = "", None, []
    for line in RUNBOOK.read_text().splitlines():
        if fence is None and (match := re.match(r"#+ (.+)", line)):
            section = match[1]
        elif fence is None and line.startswith("```"):
            fence, lines = line[3:], []
            assert fence == "sh", f"{section}: a block of {fence!r} is run by nobody"
        elif fence is not None and line == "```":
            found.append(Block(section, sum(one.section == section for one in found), "\n".join(lines)))
            fence = None
        elif fence is not None:
            lines.append(line)
    assert fence is None, "the last block does not end"
    return found


class Unit:
    """One service of a machine, kept running as its unit says."""

    def __init__(self, machine: "Machine", name: str):
        self.machine, self.name = machine, name
        self.text = machine.rooted(UNIT.read_text().replace("%i", name))
        self.hopeless = {int(code) for code in self.setting("RestartPreventExitStatus").split()}
        self.log = machine.root / f"{name}.log"
        self.process: subprocess.Popen | None = None
        self.codes: list[int] = []

    def setting(self, key: str) -> str:
        return re.search(rf"^{key}=(.*)$", self.text, re.MULTILINE)[1]

    def environment(self) -> dict[str, str]:
        found = dict(self.machine.usual[self.name])
        for line in self.text.splitlines():
            if line.startswith("Environment="):
                found |= dict(pair.split("=", 1) for pair in line.removeprefix("Environment=").split())
        for line in self.text.splitlines():
            path = pathlib.Path(line.removeprefix("EnvironmentFile=-"))
            if line.startswith("EnvironmentFile=-") and path.exists():
                found |= dict(pair.split("=", 1) for pair in path.read_text().split("\n") if pair)
        return found

    def start(self):
        if self.process and self.process.poll() is None:
            return
        (self.machine.root / "var/lib" / self.setting("StateDirectory")).mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = process = subprocess.Popen(
                [self.setting("ExecStart")], env={"PATH": os.environ["PATH"], **self.environment()}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, cwd="/")
        threading.Thread(target=self.keep, args=(process,), daemon=True).start()

    def keep(self, process: subprocess.Popen):
        code = process.wait()
        self.codes.append(code)
        if process is self.process and code and code not in self.hopeless:
            time.sleep(1)
            if process is self.process:
                self.start()

    def stop(self):
        process, self.process = self.process, None
        if process and process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def kill(self, name: str):
        self.process.send_signal(signal.Signals[f"SIG{name}"])


class Machine:
    """A machine's folders below `root`, and its units. `usual` has each service's settings where the ports are not the usual ones."""

    def __init__(self, root: pathlib.Path, usual: dict[str, dict[str, str]]):
        self.root, self.usual = root, usual
        (root / "usr/local/bin").mkdir(parents=True)
        (root / "etc").mkdir()
        (root / "var/lib").mkdir(parents=True)
        self.units = {name: Unit(self, name) for name in SERVICES}

    def rooted(self, text: str) -> str:
        """The machine's own places instead of the real ones."""
        return re.sub(r"(?<![\w./])/(etc|var/lib|var/backups|usr/local/bin)\b", rf"{self.root}/\1", text)

    def named(self, unit: str) -> list[Unit]:
        return list(self.units.values()) if unit == "firstline.target" else [self.units[unit.removeprefix("firstline@")]]

    def systemctl(self, *words: str) -> str:
        """What the runbook asks of it, and nothing else."""
        match words:
            case ["daemon-reload"]: pass
            case ["enable", "--now", unit] | ["start", unit]:
                installed = {path.name for path in (self.root / "etc/systemd/system").iterdir()}
                assert installed == {"firstline.target", "firstline@.service"}
                for one in self.named(unit): one.start()
            case ["stop", unit]:
                for one in self.named(unit): one.stop()
            case ["restart", unit]:
                for one in self.named(unit): one.stop()
                for one in self.named(unit): one.start()
            case ["kill", how, unit]:
                for one in self.named(unit): one.kill(how.removeprefix("--signal="))
            case _: raise AssertionError(f"systemctl {words}")
        return ""

    def stop(self):
        for unit in self.units.values():
            unit.stop()


class Stand:
    """Programs that cannot be run here, in a folder for the PATH: each hands its arguments to a function of this process."""

    def __init__(self, folder: pathlib.Path):
        self.folder, self.does = folder, {}
        folder.mkdir()
        stand = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                name, *words = json.loads(self.rfile.readline())
                try:
                    said, code = stand.does[name](*words), 0
                except Exception as failure:
                    said, code = f"{name} {words}: {failure!r}\n", 1
                self.wfile.write(json.dumps([said, code]).encode())

        self.server = socketserver.ThreadingUnixStreamServer(str(folder / "socket"), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def provide(self, name: str, function):
        self.does[name] = function
        program = self.folder / name
        program.write_text(f"""#!/usr/bin/env python3
import json, socket, sys
with socket.socket(socket.AF_UNIX) as stand:
    stand.connect({str(self.folder / "socket")!r})
    stand.sendall(json.dumps([{name!r}, *sys.argv[1:]]).encode() + b"\\n")
    said, code = json.loads(stand.makefile().read())
print(said, end="", file=sys.stderr if code else sys.stdout)
sys.exit(code)
""")
        program.chmod(0o755)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Shell:
    """Runs blocks in one folder; what a block exports, the next one sees."""

    def __init__(self, folder: pathlib.Path, state: pathlib.Path, path: str):
        self.folder, self.state = folder, state
        self.state.write_text(f"export PATH={path}\n")
        self.started: list[subprocess.Popen] = []

    def script(self, text: str) -> list[str]:
        return ["bash", "-c", f"set -euo pipefail; . {self.state}; cd {self.folder}\n{text}\nexport -p >{self.state}\n"]

    def run(self, text: str, seconds: float = 120) -> str:
        done = subprocess.run(self.script(text), cwd=self.folder, capture_output=True, text=True, timeout=seconds)
        assert done.returncode == 0, f"exit code {done.returncode} of\n{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, text: str, ready: str, seconds: float = 60) -> subprocess.Popen:
        """Something that runs until Ctrl-C; returns once it has printed `ready`."""
        log = self.folder / "foreground.log"
        with open(log, "wb") as file:
            process = subprocess.Popen(self.script(text), cwd=self.folder, stdout=file, stderr=file)
        self.started.append(process)
        deadline = time.monotonic() + seconds
        while ready not in log.read_text(errors="replace"):
            said = log.read_text(errors="replace")[-3000:]
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"not ready:\n{text}\n{said}")
            time.sleep(0.05)
        return process

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.terminate()
                process.wait(30)


def checkout(folder: pathlib.Path) -> pathlib.Path:
    """The sources' folder after a release build, with the programs under test as that build."""
    for name in ("Services", "Shared", ".build"):
        (folder / name).mkdir(parents=True)
    (folder / "Package.swift").touch()
    (folder / "deploy").symlink_to(ROOT / "deploy")
    (folder / ".build" / "release").symlink_to(PROGRAMS.resolve())
    (folder / ".build" / "firstline-release.stamp").touch()
    return folder
