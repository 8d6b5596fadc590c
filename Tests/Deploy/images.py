"""The images of the services, built by the product's own script from programs that are already there."""
import pathlib
import subprocess

from desk import PROGRAMS, ROOT
from engine import BUILD, Engine

BUILDER = ROOT / "deploy" / "containers" / "build"
TAG = "test"


def suite() -> str:
    """This machine's distribution: the programs were built for its libraries."""
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise RuntimeError("/etc/os-release names no suite")


def build_images(engine: Engine, programs: pathlib.Path = PROGRAMS):
    """`firstline-SERVICE:test` of each service, and `firstline:test`."""
    options = [f"--build-option={option}" for option in BUILD]
    done = subprocess.run(
        [BUILDER, "--engine=podman", *options, f"--base-from-suite={suite()}", f"--programs={programs}", f"--tag={TAG}"],
        capture_output=True, text=True, timeout=500, env=engine.environment)
    if done.returncode != 0:
        raise RuntimeError(f"{BUILDER}: {done.returncode} {done.stdout[-2000:]} {done.stderr[-2000:]}")
