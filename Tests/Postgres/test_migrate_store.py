"""`firstline migrate-store`: the stores of a whole desk go from SQLite to PostgreSQL and back, and nothing of it changes."""
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parent)]

from moving import (  # noqa: E402
    PROGRAMS, SERVICES, Desk, Places, fill, fresh_data, journals, killed_move, move, settle, shown,
    stores)


@pytest.fixture(scope="module")
def places(server) -> Places:
    return Places(server)


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> dict:
    """A stopped desk on SQLite, and what it showed."""
    desk = Desk(tmp_path_factory.mktemp("old") / "data").start()
    fill(desk)
    facts = {"data": desk.data, "shown": shown(desk), "journals": journals(desk)}
    assert desk.stop() == 0
    return facts


@pytest.fixture
def data(old, tmp_path) -> pathlib.Path:
    """The stopped desk's data, for one test alone."""
    shutil.copytree(old["data"], tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def moved(old, places, tmp_path_factory) -> tuple[pathlib.Path, str]:
    """The desk's data, and the database that its stores were moved to."""
    data = tmp_path_factory.mktemp("moved") / "data"
    shutil.copytree(old["data"], data)
    place = places.fresh()
    done = move(data, "--to", place)
    assert done.returncode == 0, done.stderr
    return data, place


def run(data: pathlib.Path, place: str | None = None) -> Desk:
    return Desk(data, environment={"FIRSTLINE_STORE": place} if place else None)


def service(name: str, data: pathlib.Path, place: str, *options: str) -> subprocess.CompletedProcess:
    """One service that is expected to end by itself."""
    return subprocess.run(
        [PROGRAMS / f"firstline-{name}", "--data", data / name, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
         "--insecure-loopback", *options], env={**os.environ, "FIRSTLINE_STORE": place}, capture_output=True, text=True, timeout=30)


def test_a_desk_goes_to_postgresql_and_back(old, places, data, tmp_path):
    place = places.fresh()
    before = stores(data)
    done = move(data, "--to", place, "--json")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    there = {one["service"]: one for one in json.loads(done.stdout)["services"]}
    assert list(there) == SERVICES and {one["outcome"] for one in there.values()} == {"moved"}
    assert {name: {"term": one["term"], "head": one["head"]} for name, one in there.items()} == old["journals"]
    assert there["intake"]["blobs"] >= 3 and there["intake"]["rows"] > 100
    assert stores(data) == before, "the old stores have changed"

    desk = run(data, place).start()
    assert shown(desk) == old["shown"]
    added = desk.api("POST", "/tickets", {"subject": "On PostgreSQL", "body": "b", "requester": {"email": "r1@example.org"}})
    assert added["id"] == len(old["shown"]["tickets"]) + 1
    settle(desk)
    on_postgres, places_then = shown(desk), journals(desk)
    assert added["id"] in [ticket["id"] for ticket in on_postgres["tickets"]]
    assert desk.stop() == 0
    assert stores(data) == before, "a desk on PostgreSQL has written to SQLite"

    back = fresh_data(data, tmp_path / "back" / "data")
    done = move(back, "--from", place)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == len(SERVICES), done.stderr
    desk = run(back).start()
    assert journals(desk) == places_then
    assert shown(desk) == on_postgres
    assert desk.api("POST", "/tickets", {"subject": "s", "body": "b", "requester": {"email": "r1@example.org"}})["id"] == added["id"] + 1
    assert desk.stop() == 0


def test_a_move_that_is_killed_goes_on(data, places):
    place = places.fresh()
    codes = [killed_move(data, seconds, "--to", place) for seconds in (0.05, 0.15, 0.25, 0.35, 0.45, 0.6, 0.8, 1.1)]
    assert -9 in codes, "no run was cut short"
    assert set(codes) <= {-9, 0, 75}, codes
    done = move(data, "--to", place, "--json")
    assert done.returncode == 0, done.stderr
    assert place.sql("SELECT count(*) FROM intake.store_counter WHERE kind LIKE 'store.moving%'") == "0"
    # Once more: it is checked again, and nothing else.
    again = json.loads(move(data, "--to", place, "--json").stdout)["services"]
    assert {one["outcome"] for one in again} == {"moved_before"}


def test_a_place_with_a_store_of_its_own_is_refused(moved, tmp_path):
    _, place = moved
    desk = Desk(tmp_path / "data").start()
    assert desk.stop() == 0
    done = move(tmp_path / "data", "--to", place)
    assert done.returncode == 73 and "schema intake holds a store already" in done.stderr
    assert "intake was not moved" in done.stderr and done.stdout == ""
    # The other way: what is in the folder is not written over.
    done = move(tmp_path / "data", "--from", place)
    assert done.returncode == 73 and "holds a store already" in done.stderr


def test_the_check_names_what_differs(data, places):
    place = places.fresh()
    assert move(data, "--to", place).returncode == 0
    for tamper, mend, named in [
        ("UPDATE intake.messages SET text = text || '!' WHERE id = 2", "UPDATE intake.messages SET text = left(text, -1) WHERE id = 2",
         "messages id 2: differs in text"),
        ("UPDATE intake.journal_entry SET entry_offset = 1000000 WHERE entry_offset = 3",
         "UPDATE intake.journal_entry SET entry_offset = 3 WHERE entry_offset = 1000000", "journal_entry entry_offset 3: is missing"),
        ("INSERT INTO intake.ticket_tags VALUES ('a', 1)", "DELETE FROM intake.ticket_tags WHERE tag = 'a'",
         "ticket_tags tag 'a', ticket_id 1: is in the new store alone"),
        ("UPDATE intake.store_blob_part SET bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 1) WHERE content_id = 1",
         "UPDATE intake.store_blob_part SET bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 1) WHERE content_id = 1",
         "has another content in the new store"),
    ]:
        place.sql(tamper)
        done = move(data, "--to", place)
        assert done.returncode == 65 and named in done.stderr, done.stderr
        place.sql(mend)
    assert move(data, "--to", place).returncode == 0


def test_an_unfinished_move_is_served_by_nobody(old, data, places):
    place = places.fresh()
    assert move(data, "--to", place).returncode == 0
    # As it was before its last step.
    journal = old["journals"]["intake"]
    place.sql(f"INSERT INTO intake.store_counter VALUES ('store.moving', {journal['term']}), ('store.moving.head', {journal['head']})")
    place.sql("UPDATE intake.tickets SET subject = 'other' WHERE id = 1")
    for _ in range(2):
        done = move(data, "--to", place)
        assert done.returncode == 65 and "tickets id 1: differs in subject" in done.stderr
        refused = service("intake", data, place, "--lmtp-listen", "127.0.0.1:0")
        assert refused.returncode == 78 and "unfinished move" in refused.stderr
    back = fresh_data(data, data.parent / "back")
    done = move(back, "--from", place)
    assert done.returncode == 78 and "unfinished move" in done.stderr and not (back / "intake" / "store.sqlite").exists()


def test_a_desk_that_runs_is_refused(data, places):
    place = places.fresh()
    desk = run(data).start()
    done = move(data, "--to", place)
    assert done.returncode == 75 and "in use" in done.stderr
    assert desk.stop() == 0
    with open(data / "intake" / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = move(data, "--to", place)
        assert done.returncode == 75 and "in use by another process" in done.stderr
    desk = run(data).start()
    assert desk.stop() == 0


def test_a_desk_that_runs_on_postgresql_is_refused(moved, tmp_path):
    data, place = moved
    desk = run(data, place).start()
    done = move(fresh_data(data, tmp_path / "data"), "--from", place)
    assert done.returncode == 75 and "in use by another process" in done.stderr
    assert desk.stop() == 0


@pytest.mark.parametrize("options,code,named", [
    ((), 64, "postgres://"), (("--to", "mysql://x"), 64, "--to"), (("--to", "postgres://a", "--from", "postgres://b"), 64, "--from"),
    (("--to-file", "/nowhere/url"), 66, "--to-file"), (("--nonsense",), 64, "--nonsense")])
def test_a_wrong_command_line_changes_nothing(tmp_path, options, code, named):
    done = move(tmp_path / "data", *options)
    assert done.returncode == code and named in done.stderr and not (tmp_path / "data").exists()


def test_where_there_is_no_store_none_is_made(tmp_path, places):
    place = places.fresh()
    (tmp_path / "url").write_text(place + "\n")
    done = move(tmp_path / "data", "--to-file", str(tmp_path / "url"))
    assert done.returncode == 66 and "there is no store" in done.stderr
    done = move(tmp_path / "data", "--from-file", str(tmp_path / "url"))
    assert done.returncode == 66 and "there is no store in schema intake" in done.stderr
    assert place.sql("SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'intake'") == "0"
