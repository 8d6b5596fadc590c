"""`firstline doctor` on stores in PostgreSQL: healthy ones, and copies of them that are broken one by one."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).parent)]

from moving import Place, fill, killed_move, move, settle  # noqa: E402
from desk import SERVICES, Desk, wait_for  # noqa: E402
from ports import free_ports  # noqa: E402
from test_doctor import BROKEN_MACHINE, DAMAGED, DAY, Doctor, stopped  # noqa: E402

#: What is true of any test's server and disk.
USUAL = {"disk_low", "disk_memory", "disk_layer", "disk_network", "standby_none", "database_checksums"}


@pytest.fixture(scope="module")
def examined(tmp_path_factory, server) -> tuple[pathlib.Path, str]:
    """A stopped desk with files, and the name of its database."""
    place = server.database("examined")
    desk = Desk(tmp_path_factory.mktemp("examined") / "data", environment={"FIRSTLINE_STORE": place}).start()
    fill(desk)
    assert desk.stop() == 0
    return desk.data, "examined"


@pytest.fixture
def place(server, examined, request) -> Place:
    """A copy of its database, to be broken."""
    name = f"doctor_{abs(hash(request.node.name))}"
    server.sql(f"CREATE DATABASE {name} TEMPLATE {examined[1]}")
    return Place(server.url.removesuffix("postgres") + name)


def look(examined, place: str, *options: str) -> Doctor:
    return stopped(examined[0], *options, environment={"FIRSTLINE_STORE": str(place)})


def test_a_stopped_desk_is_healthy(examined, place):
    doctor = look(examined, place)
    assert doctor.code == 0 and {one["code"] for one in doctor.findings} <= USUAL, doctor.findings
    checks = {check["name"]: check["summary"] for check in doctor.report["checks"]}
    assert "5 whole" in checks["stores"] and checks["database"].startswith("PostgreSQL") and "none leads" in checks["leaders"]
    assert checks["blobs"][0].isdigit() and not checks["blobs"].startswith("0 ") and "intake" in checks["schema"]


def test_a_deep_look_compares_indices_where_the_server_can(examined, place):
    doctor = look(examined, place, "--deep")
    assert doctor.code == 0 and "CREATE EXTENSION amcheck" in doctor.one("index_check_absent")["advice"]
    place.sql("CREATE EXTENSION amcheck")
    doctor = look(examined, place, "--deep")
    assert doctor.code == 0 and {one["code"] for one in doctor.findings} <= USUAL, doctor.findings


def test_a_running_desk_tells_who_leads_until_the_leader_is_silent(server, tmp_path):
    place = server.database("doctor_running")
    desk = Desk(tmp_path / "data", environment={"FIRSTLINE_STORE": place}).start()
    try:
        settle(desk)
        doctor = Doctor(desk.data)
        assert doctor.code == 0 and doctor.report["running"] and {one["code"] for one in doctor.findings} <= USUAL, doctor.findings
        leaders = next(check["summary"] for check in doctor.report["checks"] if check["name"] == "leaders")
        assert all(f"{name} by 127.0.0.1:" in leaders for name in SERVICES)
        pid = desk.pid_of("sla-timer")
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(7)
            silent = Doctor(desk.data).one("leader_silent")
            assert silent["service"] == "sla-timer" and "start another instance" in silent["advice"]
        finally:
            os.kill(pid, signal.SIGCONT)
    finally:
        desk.kill_everything()
    gone = wait_for(lambda: [one for one in stopped(desk.data, environment={"FIRSTLINE_STORE": place}).findings if one["code"] == "leader_gone"])
    assert {one["severity"] for one in gone} == {"warning"} and {one["service"] for one in gone} <= set(SERVICES)


def test_a_server_that_does_not_answer(examined):
    [port] = free_ports(1)
    doctor = look(examined, f"postgres://firstline@127.0.0.1:{port}/postgres")
    found = doctor.one("database_unreachable")
    assert doctor.code == BROKEN_MACHINE and str(port) in found["text"] and "pg_isready" in found["advice"]


def test_a_database_that_is_not_there_and_one_without_stores(examined, server):
    doctor = look(examined, server.url.removesuffix("postgres") + "nowhere")
    assert doctor.code == BROKEN_MACHINE and '"nowhere" does not exist' in doctor.one("database_unreachable")["text"]
    doctor = look(examined, server.database("doctor_empty"))
    absent = [one for one in doctor.findings if one["code"] == "store_absent"]
    assert doctor.code == 0 and {one["service"] for one in absent} == set(SERVICES) and {one["severity"] for one in absent} == {"note"}


def test_schemas_journals_and_places(examined, place):
    place.sql("INSERT INTO gateway.store_migration VALUES ('service', 99, 'from the future', 1)")
    place.sql("DELETE FROM notification.store_migration WHERE scope = 'service' AND place > 0")
    place.sql("DELETE FROM intake.journal_entry WHERE entry_offset = 3")
    place.sql("UPDATE routing.journal_cursor SET entry_offset = entry_offset + 100000 WHERE source = 'intake'")
    doctor = look(examined, place)
    assert doctor.code == DAMAGED and doctor.one("schema_newer")["service"] == "gateway"
    assert doctor.one("schema_pending")["service"] == "notification" and "copy" not in doctor.one("schema_pending")["text"]
    assert "entry 3" in doctor.one("journal_gap")["text"] and doctor.one("cursor_beyond_head")["service"] == "routing"


def test_blobs(examined, place):
    named = place.sql("SELECT blob_hash FROM intake.attachments UNION SELECT source_hash FROM intake.messages WHERE source_hash <> ''")
    missing, other = named.split("\n")[:2]
    old = int((time.time() - 3 * DAY) * 1000)
    place.sql(f"DELETE FROM intake.store_blob WHERE hash = '{missing}'")
    place.sql(
        "UPDATE intake.store_blob_part SET bytes = set_byte(bytes, 0, get_byte(bytes, 0) # 1) WHERE entry_offset = 0 "
        f"AND content_id = (SELECT content_id FROM intake.store_blob WHERE hash = '{other}')")
    place.sql(f"INSERT INTO intake.store_blob VALUES ('{'ab' * 32}', 900001, 3, {old})")
    place.sql("INSERT INTO intake.store_blob_part VALUES (900001, 0, 'abc')")
    place.sql(f"INSERT INTO intake.store_upload VALUES ('token', 900002, 0, {old})")
    doctor = look(examined, place)
    assert doctor.code == DAMAGED and missing in doctor.one("blob_missing")["text"] and "backup" in doctor.one("blob_missing")["advice"]
    assert "ab" * 32 in doctor.one("blob_orphan")["text"] and doctor.one("upload_left")["severity"] == "note"
    # The parts of the row that is gone belong to nobody.
    assert "belong to no blob" in doctor.one("blob_stranger")["text"]
    assert other in look(examined, place, "--deep").one("blob_content")["text"]
    place.sql(f"UPDATE intake.store_blob_part SET bytes = 'x' WHERE content_id = (SELECT content_id FROM intake.store_blob WHERE hash = '{other}')")
    assert other in look(examined, place).one("blob_size")["text"]


def test_an_index_that_is_not_valid_is_mended_by_the_advice(examined, place):
    place.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'intake.tickets_team'::regclass")
    doctor = look(examined, place)
    found = doctor.one("store_damaged")
    assert doctor.code == DAMAGED and found["service"] == "intake" and "tickets_team" in found["text"]
    place.sql('REINDEX INDEX "intake"."tickets_team"')
    assert 'REINDEX INDEX "intake"."tickets_team"' in found["advice"] and look(examined, place).code == 0


def test_a_deep_look_finds_rows_whose_ticket_is_gone(examined, place):
    place.sql("INSERT INTO intake.ticket_tags (tag, ticket_id) VALUES ('left', 900001)")
    place.sql("INSERT INTO intake.mail_ids (mail_id, message_id, ticket_id) SELECT 'left', 900001, max(id) FROM intake.tickets")
    assert look(examined, place).code == 0
    doctor = look(examined, place, "--deep")
    found = doctor.one("store_damaged")
    assert doctor.code == DAMAGED and found["service"] == "intake" and "and 1 more" in found["text"]
    assert "a row of ticket_tags names a row of tickets that is not there" in found["text"]


def test_what_the_server_keeps_back(examined, place, server):
    server.sql("SELECT pg_create_physical_replication_slot('left', true)")
    try:
        assert look(examined, place).code == 0
        server.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        server.sql("SELECT pg_reload_conf()")
        found = wait_for(lambda: [one for one in look(examined, place).findings if one["code"] == "standby_missing"])
        assert "nobody" in found[0]["text"] and "synchronous_standby_names" in found[0]["advice"]
    finally:
        server.sql("ALTER SYSTEM RESET synchronous_standby_names")
        server.sql("SELECT pg_reload_conf()")
        server.sql("SELECT pg_drop_replication_slot('left')")


def test_a_move_that_is_cut_short_is_told_and_healed_by_its_advice(tmp_path, server):
    desk = Desk(tmp_path / "data").start()
    fill(desk)
    assert desk.stop() == 0
    place, unfinished = None, []
    for attempt in range(20):
        place = Place(server.database(f"doctor_cut_{attempt}"))
        killed_move(desk.data, 0.1 + 0.05 * attempt, "--to", place)
        doctor = stopped(desk.data, environment={"FIRSTLINE_STORE": str(place)})
        unfinished = [one for one in doctor.findings if one["code"] == "move_unfinished"]
        if unfinished:
            break
    assert unfinished and doctor.code == DAMAGED and "firstline migrate-store --to URL" in unfinished[0]["advice"]
    # The old stores still serve: without the setting all is well.
    assert stopped(desk.data).code == 0
    assert move(desk.data, "--to", place).returncode == 0
    healed = stopped(desk.data, environment={"FIRSTLINE_STORE": str(place)})
    assert healed.code == 0 and {one["code"] for one in healed.findings} <= USUAL | {"store_left"}
    assert {one["service"] for one in healed.findings if one["code"] == "store_left"} == set(SERVICES)


def test_a_password_is_never_shown(examined, place):
    secret = str(place).replace("firstline@", "firstline:sesame@")
    doctor = look(examined, secret)
    assert doctor.code == 0 and "sesame" not in str(doctor.report) + doctor.said
