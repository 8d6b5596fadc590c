"""The programs that ours are compared with: installed or built when first asked for."""
import os
import pathlib
import subprocess
import sys

PEERS = pathlib.Path(__file__).resolve().parent / "Peers"
BUILT = PEERS / ".build"
C_FLAGS = ["-O2", "-g", "-Wall", "-Wextra", "-Werror"]


def sqlite() -> pathlib.Path:
    return _compiled("sqlite", ["cc", "-std=gnu17", *C_FLAGS], ["peer.c"], ["-lsqlite3"])


def install(*packages: str):
    """System packages that only a peer needs."""
    missing = [name for name in packages if _run_quietly(["dpkg-query", "-W", "-f", "${db:Status-Status}", name]) != "installed"]
    if not missing:
        return
    print("installing " + " ".join(missing), file=sys.stderr)
    elevate = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        subprocess.run([*elevate, "apt-get", *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)


def _compiled(name: str, compiler: list[str], sources: list[str], libraries: list[str]) -> pathlib.Path:
    """`Peers/NAME`, compiled unless it is newer than all that stands there."""
    folder = PEERS / name
    program = BUILT / f"{name}-peer"
    inputs = [path.stat().st_mtime for path in folder.iterdir()] + [pathlib.Path(__file__).stat().st_mtime]
    if not program.exists() or program.stat().st_mtime < max(inputs):
        BUILT.mkdir(exist_ok=True)
        subprocess.run([*compiler, "-o", program, *(folder / source for source in sources), *libraries], check=True)
    return program


def _run_quietly(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
