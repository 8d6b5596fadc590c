"""A furnished installation on PostgreSQL, made once; each test gets a copy of its database."""
import pathlib
import shutil
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from pairs import Pairs, postgres_stores  # noqa: E402
from case import Case, furnish, hash_of  # noqa: E402
from choices import SEED  # noqa: E402
from desk import Desk  # noqa: E402
from postgres import PostgresServer  # noqa: E402


@pytest.fixture(scope="session")
def server():
    with PostgresServer() as one:
        yield one


@pytest.fixture(scope="session")
def furnished(tmp_path_factory, server) -> pathlib.Path:
    data = tmp_path_factory.mktemp("furnished") / "data"
    furnish(Desk(data, "--insecure-loopback", environment={"FIRSTLINE_STORE": server.database("furnished")}))
    return data


@pytest.fixture
def make_pairs(tmp_path, server, furnished, request):
    made = []

    def make(store: str | None = None) -> Case:
        """`store`: a database that holds what `furnished` does; else a copy is made."""
        name = f"case{uuid.uuid4().hex}"
        if store is None:
            store = server.database(f"{name} TEMPLATE furnished").removesuffix(" TEMPLATE furnished")
        data = tmp_path / f"pairs{len(made)}" / "data"
        shutil.copytree(furnished, data)
        house = Pairs(data, store)
        made.append(house)
        return Case(house, SEED ^ hash_of(request.node.name), postgres_stores(store))

    yield make
    for house in made:
        house.kill_everything()
