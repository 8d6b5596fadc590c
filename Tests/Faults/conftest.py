"""A furnished installation, made once and copied for each test; and the library of faults, compiled once."""
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from choices import LONG, SEED  # noqa: E402
from house import FOLDER, Fault, House, compile_library  # noqa: E402
from desk import Desk  # noqa: E402
from case import Case, furnish, hash_of  # noqa: E402


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
    desk = Desk(tmp_path_factory.mktemp("furnished") / "data", "--insecure-loopback")
    furnish(desk)
    return desk.data


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
