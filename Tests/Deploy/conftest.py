import os
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

from container_desk import ContainerDesk  # noqa: E402
from engine import Engine  # noqa: E402
from images import build_images  # noqa: E402


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """Podman with every image in it."""
    if os.geteuid() != 0 or not shutil.which("podman"):
        pytest.skip("containers are run by root's podman here")
    engine = Engine(tmp_path_factory.mktemp("podman"))
    try:
        build_images(engine)
        yield engine
    finally:
        engine.remove()


@pytest.fixture(scope="module")
def desk(engine, tmp_path_factory):
    """Five running containers that the tests of a module share."""
    desk = ContainerDesk(engine, tmp_path_factory.mktemp("desk"))
    try:
        yield desk.start()
    finally:
        desk.remove()


@pytest.fixture
def fresh_desk(desk):
    """For the steps of the system tests."""
    return desk
