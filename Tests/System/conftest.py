import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from desk import Desk  # noqa: E402
from postgres import PostgresServer  # noqa: E402


@pytest.fixture(scope="session")
def postgres_server():
    with PostgresServer() as server:
        yield server


@pytest.fixture
def fresh_desk(tmp_path):
    """A running desk of this test's own."""
    desk = Desk(tmp_path / "data").start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running desk that the tests of a module share."""
    desk = Desk(tmp_path_factory.mktemp("desk") / "data").start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()
