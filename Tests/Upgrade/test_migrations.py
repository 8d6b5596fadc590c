"""A store of the first version of its schema is brought up to date, whatever cuts that short."""
import pathlib
import random
import shutil
import sqlite3

import pytest

from choices import LONG, SEED
from house import Fault

FIRST = pathlib.Path(__file__).parent / "first"
SERVICES = sorted(path.stem for path in FIRST.glob("*.sql"))
KILLED = -9
#: Deaths of one run in the short form.
SOME = 10


#: A row, by the names of its columns.
Rows = set[frozenset]


def rows(path: pathlib.Path) -> dict[str, Rows]:
    """What each table holds."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    try:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {
            name: {frozenset(dict(row).items()) for row in database.execute(f"SELECT * FROM {name}")}
            for name in names if not name.startswith("sqlite_")}
    finally:
        database.close()


def is_kept(held: Rows, after: Rows) -> bool:
    """Every row is still there, with whatever columns it has got since."""
    return all(any(row <= later for later in after) for row in held)


def schema(path: pathlib.Path) -> list:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return database.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name").fetchall()
    finally:
        database.close()


@pytest.fixture
def old(make_house, request):
    """An installation with one store of the first version, the rows in it, and the schema that it is to get."""
    service = request.getfixturevalue("service")
    new = make_house().services[service]
    new.start()
    assert new.await_up(), new.log()
    assert new.stop() == 0
    house = make_house()
    path = house.data / service / "store.sqlite"
    path.parent.mkdir(exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.executescript((FIRST / f"{service}.sql").read_text())
    database.close()
    return house, rows(path), schema(new.house.data / service / "store.sqlite")


def files(folder: pathlib.Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if "migration" in path.name)


def check(one, before: dict, wanted: list):
    """Everything well: it starts, stops, has the new schema, the old rows and the copy."""
    one.start()
    assert one.await_up(), one.log()
    assert one.stop() == 0
    folder = one.house.data / one.name
    assert schema(folder / "store.sqlite") == wanted
    after = rows(folder / "store.sqlite")
    for table, held in before.items():
        if table not in ("store_counter", "store_meta"):
            # Only the gateway adds anything by itself: the administrator's token.
            assert is_kept(held, after[table]), table
    assert files(folder) == ["before-migration-1.1.sqlite"]
    assert rows(folder / "before-migration-1.1.sqlite") == before


def life(one, fault: Fault) -> bool:
    """One life of a service, which ends at the fault or once it listens. Whether it met the fault."""
    one.start(fault)
    one.await_up()
    code = None if one.runs else one.codes[-1]
    one.kill()
    assert code in (None, KILLED), f"ended with {code} under {fault}:\n{one.log()}"
    return one.fired() > 0


@pytest.mark.parametrize("service", SERVICES)
def test_a_first_store_is_brought_up_to_date(old, service):
    house, before, wanted = old
    check(house.services[service], before, wanted)


@pytest.mark.parametrize("call, disk", [("write", False), ("any", False), ("any", True)])
@pytest.mark.parametrize("service", SERVICES)
def test_killed_at_a_call_and_started_again_it_finishes(old, service, call, disk, tmp_path):
    """`disk`: what was not synced is lost too, but for a random part of it."""
    house, before, wanted = old
    one = house.services[service]
    kept = tmp_path / "kept"
    shutil.copytree(house.data / service, kept)

    # A life without a fault tells how many calls there are.
    one.start(Fault("kill:any:1000000000"))
    assert one.await_up(), one.log()
    counts = one.counts()
    one.kill()
    total = counts[0] if call == "write" else sum(counts[:5])
    assert total > 10
    chance = random.Random(SEED)
    numbers = range(1, total + 1) if LONG else sorted(chance.sample(range(1, total + 1), min(SOME, total)))
    met = 0
    for number in numbers:
        shutil.rmtree(house.data / service)
        shutil.copytree(kept, house.data / service)
        fault = Fault(f"{'crash' if disk else 'kill'}:{call}:{number}", disk=disk, seed=chance.randrange(1 << 32))
        met += life(one, fault)
        print(fault, files(house.data / service))
        check(one, before, wanted)
    # The exact number of calls varies a little from life to life.
    assert met >= len(numbers) * 0.6, f"{met} of {len(numbers)} faults were met"


@pytest.mark.parametrize("service", ["intake"])
def test_killed_again_and_again_on_the_way_it_keeps_the_first_copy(old, service):
    house, before, wanted = old
    one = house.services[service]
    chance = random.Random(SEED)
    for _ in range(12):
        life(one, Fault(f"kill:any:{chance.randrange(1, 120)}"))
    check(one, before, wanted)


@pytest.mark.parametrize("service", ["intake"])
def test_without_room_for_the_copy_nothing_is_changed(old, service):
    house, before, wanted = old
    one = house.services[service]
    one.start(Fault("ENOSPC:write:10+1"))
    one.await_up()
    assert not one.runs and one.codes[-1] == 75, one.log()
    assert "no space left" in one.log()
    assert rows(house.data / service / "store.sqlite") == before
    check(one, before, wanted)
