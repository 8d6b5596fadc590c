"""A furnished installation, made once and copied for each test; and the library of faults, compiled once."""
import pathlib
import random
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from choices import LONG, SEED  # noqa: E402
from house import FOLDER, Fault, House, compile_library  # noqa: E402
from desk import Desk  # noqa: E402
from ledger import Ledger  # noqa: E402
from stores import problems_of  # noqa: E402


def pytest_report_header():
    return f"FIRSTLINE_TEST_SEED={SEED}"


def pytest_collection_modifyitems(items):
    """The long forms take their time."""
    for item in items:
        if LONG and item.path.parent == FOLDER:
            item.add_marker(pytest.mark.timeout(7_200))


@pytest.fixture(scope="session")
def library(tmp_path_factory) -> pathlib.Path:
    return compile_library(tmp_path_factory.mktemp("disk") / "libfault.so")


@pytest.fixture(scope="session")
def furnished(tmp_path_factory) -> pathlib.Path:
    """Three agents, of whom one has room for little, and promises of seconds for tickets tagged `quick`."""
    desk = Desk(tmp_path_factory.mktemp("furnished") / "data", "--insecure-loopback").start()
    desk.agent("Wide", "wide@firstline.example", capacity=5_000)
    desk.agent("Open", "open@firstline.example", capacity=5_000)
    desk.agent("Narrow", "narrow@firstline.example", capacity=3)
    day = [["00:00", "24:00"]]
    hours = {name: day for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    calendar = desk.api("POST", "/calendars", {"name": "Always", "time_zone": "UTC", "hours": hours})
    target = {"first_response": "PT1S", "resolution": "PT2S"}
    desk.api("POST", "/sla_policies", {
        "name": "Quick", "position": 0, "conditions": {"all": [{"field": "tag", "op": "is", "value": "quick"}]},
        "calendar_id": calendar["id"], "targets": {name: target for name in ("low", "normal", "high", "urgent")}})
    desk.stop()
    return desk.data


class Case:
    """One installation of a test's own, with its ledger."""

    def __init__(self, house: House, seed: int):
        self.house, self.ledger, self.chance = house, Ledger(house, seed), random.Random(seed)

    def check(self):
        """Everything well again: what was cut off is repeated, all come to rest and stop, and the stores are read."""
        self.house.usual = None
        self.house.start()
        self.ledger.work(["mail", "web", "reply", "patch", "token", "team"], 12, lambda: True, clients=2)
        self.ledger.repeat_everything()
        self.house.settle()
        self.house.stop()
        problems = problems_of(self.house.data, self.ledger)
        assert not problems, f"seed {SEED}:\n" + "\n".join(problems[:40])
        assert self.ledger.acknowledged(*Ledger.KINDS), "nothing was acknowledged at all"


@pytest.fixture
def make_case(tmp_path, library, furnished, request):
    houses = []

    def make(usual: Fault | None = None) -> Case:
        data = tmp_path / f"house{len(houses)}" / "data"
        shutil.copytree(furnished, data)
        house = House(data, library, usual)
        houses.append(house)
        return Case(house, SEED ^ hash_of(request.node.name))

    yield make
    for house in houses:
        house.kill_everything()


def hash_of(name: str) -> int:
    """The same in every run, as Python's own is not."""
    import zlib
    return zlib.crc32(name.encode())
