import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "System"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Client"))

from desk import Desk  # noqa: E402
from grpc_peer import Peers, Stubs  # noqa: E402


@pytest.fixture(scope="session")
def stubs(tmp_path_factory):
    return Stubs(tmp_path_factory.mktemp("stubs"))


def running(tmp_path_factory, *options):
    desk = Desk(tmp_path_factory.mktemp("desk") / "data", *options).start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.fixture(scope="session")
def desk(tmp_path_factory):
    """One running desk, over mutual TLS."""
    yield from running(tmp_path_factory)


@pytest.fixture(scope="session")
def plain_desk(tmp_path_factory):
    """One running desk, over plain TCP on loopback."""
    yield from running(tmp_path_factory, "--insecure-loopback")


@pytest.fixture(scope="session")
def call(desk, stubs):
    """Stock clients with the operator's certificate."""
    peers = Peers(desk, stubs)
    yield peers
    peers.close()


@pytest.fixture(scope="session")
def plain_call(plain_desk, stubs):
    peers = Peers(plain_desk, stubs, is_plain=True)
    yield peers
    peers.close()
