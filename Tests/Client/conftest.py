import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "System"))

import schema  # noqa: E402
from callers import Callers  # noqa: E402
from desk import Desk  # noqa: E402


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """One running desk, over mutual TLS."""
    desk = Desk(tmp_path_factory.mktemp("desk") / "data").start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.fixture
def fresh_desk(tmp_path):
    """A running desk of this test's own."""
    desk = Desk(tmp_path / "data").start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.fixture(scope="session")
def call(desk):
    """The operator's clients of every service."""
    callers = Callers(desk, schema.current())
    yield callers
    callers.close()
