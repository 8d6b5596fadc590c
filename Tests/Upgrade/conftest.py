import pathlib
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / name) for name in ("Upgrade", "Faults", "Client", "System")]

from house import House, compile_library  # noqa: E402


@pytest.fixture(scope="session")
def library(tmp_path_factory) -> pathlib.Path:
    return compile_library(tmp_path_factory.mktemp("disk") / "libfault.so")


@pytest.fixture
def make_house(tmp_path, library):
    """Installations with certificates and nothing else, whose services are started one by one."""
    houses = []

    def make() -> House:
        house = House(tmp_path / f"house{len(houses)}" / "data", library)
        house.data.parent.mkdir()
        house.firstline("certs", "init")
        houses.append(house)
        return house

    yield make
    for house in houses:
        house.kill_everything()
