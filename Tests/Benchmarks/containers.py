"""The containers: how much a registry has to carry, how fast one starts, and what all five need while nothing happens."""
import http.client
import json
import pathlib
import statistics
import subprocess
import sys
import time

for folder in ("System", "Deploy"):
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / folder))

import peers  # noqa: E402
from container_desk import ContainerDesk  # noqa: E402
from desk import SERVICES  # noqa: E402
from engine import Engine  # noqa: E402
from figures import figure  # noqa: E402
from footprint import resident_megabytes  # noqa: E402
from images import TAG, build_images  # noqa: E402
from plan import ROOT, Plan  # noqa: E402

MEGABYTE = 1_000_000
IDLE_SECONDS = 3
READY_SECONDS = 30


def measure(plan: Plan) -> list[dict]:
    peers.install("buildah", "catatonit", "mmdebstrap", "podman", "runc")
    # The programs as containers get them: what is shared between the images is linked otherwise.
    programs = plan.folder / "programs"
    subprocess.run([ROOT / "deploy" / "containers" / "compile", programs], check=True)
    engine = Engine(plan.folder)
    try:
        build_images(engine, programs)
        image, together = _sizes(engine, plan.folder / "gzip", "--compression-format=gzip")
        zstd_image, zstd_together = _sizes(engine, plan.folder / "zstd", "--compression-format=zstd", "--compression-level=19")
        seconds, megabytes = _run(engine, plan)
    finally:
        engine.remove()
    return [
        figure("containers.image", image, "MB", 60, at_most=True),
        figure("containers.images_together", together, "MB", 150, at_most=True),
        figure("containers.image_zstd", zstd_image, "MB", 60, at_most=True),
        figure("containers.images_together_zstd", zstd_together, "MB", 150, at_most=True),
        figure("containers.ready", seconds, "s", 1, at_most=True),
        figure("containers.idle_memory", megabytes, "MB", 200, at_most=True),
    ]


def _sizes(engine: Engine, folder: pathlib.Path, *compression: str) -> tuple[float, float]:
    """Megabytes of the largest image as a registry gets it, and of all five with the layers that they share counted once."""
    folder.mkdir()
    images = [_compressed_layers(engine, name, folder / name, compression) for name in SERVICES]
    together = {layer: size for layers in images for layer, size in layers.items()}
    return max(sum(layers.values()) for layers in images) / MEGABYTE, sum(together.values()) / MEGABYTE


def _compressed_layers(engine: Engine, name: str, folder: pathlib.Path, compression: tuple[str, ...]) -> dict[str, int]:
    """Each layer's bytes, by the layer's content."""
    engine.buildah("push", *compression, f"firstline-{name}:{TAG}", f"oci:{folder}")

    def blob(described: dict) -> pathlib.Path:
        return folder / "blobs" / described["digest"].replace(":", "/")

    (pushed,) = json.loads((folder / "index.json").read_text())["manifests"]
    manifest = json.loads(blob(pushed).read_text())
    contents = json.loads(blob(manifest["config"]).read_text())["rootfs"]["diff_ids"]
    return {content: layer["size"] for content, layer in zip(contents, manifest["layers"], strict=True)}


def _run(engine: Engine, plan: Plan) -> tuple[float, float]:
    """Seconds of the slowest service, from the command that starts its container to /readyz, and the memory of all five, idle."""
    (plan.folder / "desk").mkdir()
    desk = ContainerDesk(engine, plan.folder / "desk")
    try:
        # The first start makes the stores.
        desk.start()
        seconds: dict[str, list[float]] = {name: [] for name in SERVICES}
        for _ in range(plan.rounds):
            desk.stop()
            for name in SERVICES:
                began = time.monotonic()
                desk.run_service(name)
                _wait_until_ready(desk.addresses[name]["admin"])
                seconds[name].append(time.monotonic() - began)
        time.sleep(IDLE_SECONDS)
        megabytes = sum(resident_megabytes(pid) for pid in desk.pids())
        desk.stop()
    finally:
        desk.remove()
    return max(map(statistics.median, seconds.values())), megabytes


def _wait_until_ready(address: str):
    host, port = address.rsplit(":", 1)
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.005)
    raise RuntimeError(f"{address} did not become ready")
