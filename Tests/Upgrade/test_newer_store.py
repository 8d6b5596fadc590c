"""A program refuses a store that a newer one wrote: one clear line, an exit code of its own, and nothing touched."""
import json
import sqlite3
import subprocess

import pytest

from desk import PROGRAMS, SERVICES, Desk

NEWER = 65


def plant(folder, scope: str):
    """A migration that nobody knows yet."""
    with sqlite3.connect(folder / "store.sqlite") as database:
        place = database.execute("SELECT count(*) FROM store_migration WHERE scope = ?", (scope,)).fetchone()[0]
        database.execute("INSERT INTO store_migration VALUES (?, ?, 'from the future', 1)", (scope, place))
    database.close()


def content(folder) -> list[str]:
    database = sqlite3.connect(f"file:{folder}/store.sqlite?mode=ro", uri=True)
    try:
        return list(database.iterdump())
    finally:
        database.close()


@pytest.mark.parametrize("scope", ["service", "store"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_refuses_a_newer_store(make_house, service, scope):
    house = make_house()
    one = house.services[service]
    one.start()
    assert one.await_up(), one.log()
    assert one.stop() == 0
    plant(house.data / service, scope)
    before = content(house.data / service)

    done = subprocess.run(one.arguments(), capture_output=True, text=True, timeout=30)
    assert done.returncode == NEWER
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, lines
    said = json.loads(lines[0])
    assert "newer version" in said["error"] and "from the future" in said["error"]
    assert content(house.data / service) == before
    assert not list((house.data / service).glob("before-migration-*"))


@pytest.mark.parametrize("service", ["intake", "gateway"])
def test_the_supervisor_says_which_service_and_why(tmp_path, service):
    desk = Desk(tmp_path / "data").start()
    assert desk.stop() == 0
    plant(desk.data / service, "service")
    done = subprocess.run(
        [PROGRAMS / "firstline", "up", "--data", desk.data, "--http", "127.0.0.1:0", "--base-port", "0"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == NEWER
    said = [line for line in done.stderr.splitlines() if line.startswith("firstline:")]
    assert said == [f"firstline: {service} refuses its data, which a newer version wrote; run that version, or restore a backup (exit code 65)"]
