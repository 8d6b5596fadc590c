import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
for folder in ("System", "Security", "Client"):
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / folder))

from desk import Desk  # noqa: E402
from described import DescribedDesk  # noqa: E402


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A running desk that the tests of a module share; each API answer is held against the OpenAPI document."""
    desk = DescribedDesk(tmp_path_factory.mktemp("desk") / "data").start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.fixture(scope="module")
def berta(desk):
    """An agent who is never assigned anything by routing."""
    return desk.api("POST", "/agents", {"name": "Berta Braun", "email": "berta@firstline.example", "capacity": 0})


@pytest.fixture(scope="module")
def agent_token(desk, berta):
    return desk.token("agent", agent_id=berta["id"])


@pytest.fixture(scope="module")
def anna(desk):
    return desk.ticket()["requester"]


@pytest.fixture(scope="module")
def annas_token(desk, anna):
    return desk.token("requester", requester_id=anna["id"])


@pytest.fixture
def stopped_desk(tmp_path):
    """An installation of this test's own, not started."""
    desk = Desk(tmp_path / "data")
    yield desk
    if desk.process is not None and desk.process.poll() is None:
        desk.stop()
