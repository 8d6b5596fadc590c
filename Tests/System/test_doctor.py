"""`firstline doctor` on a healthy installation, and on copies of it that are broken one by one."""
import hashlib
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import time

import pytest

from desk import PROGRAMS, ROOT, SERVICES, Desk, wait_for
from older import with_small_files
from ports import free_ports

DAMAGED, BROKEN_MACHINE, BAD_SETTINGS, NO_INPUT = 65, 70, 78, 66
DAY = 24 * 3600


class Doctor:
    """One examination."""

    def __init__(self, data: pathlib.Path, *options: str, environment: dict | None = None):
        done = subprocess.run(
            [PROGRAMS / "firstline", "doctor", "--data", data, "--json", *options], capture_output=True, text=True, timeout=120,
            env={**os.environ, **(environment or {})})
        self.code, self.said = done.returncode, done.stderr
        self.report = json.loads(done.stdout) if done.stdout else {"checks": []}
        self.findings = [finding for check in self.report["checks"] for finding in check["findings"]]

    def worse_than(self, *severities: str) -> list:
        return [one for one in self.findings if one["severity"] not in severities]

    def one(self, code: str) -> dict:
        found = [one for one in self.findings if one["code"] == code]
        assert len(found) == 1, (code, self.findings)
        return found[0]


def stopped(data: pathlib.Path, *options: str, environment: dict | None = None) -> Doctor:
    """Of an installation that does not run, whose usual ports are not our affair."""
    return Doctor(data, "--base-port", "0", "--http", "127.0.0.1:0", *options, environment=environment)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory) -> pathlib.Path:
    """A stopped desk with a ticket of each kind, mail, and files."""
    desk = Desk(tmp_path_factory.mktemp("furnished") / "data").start()
    desk.agent()
    upload = desk.request("POST", "/api/v1/attachments?filename=a.bin", raw=b"the very bytes" * 10_000,
                          headers={"Content-Type": "application/octet-stream"})
    unsent = desk.request("POST", "/api/v1/attachments?filename=b.bin", raw=b"nobody's yet", headers={"Content-Type": "application/octet-stream"})
    assert unsent.status == 201
    ticket = desk.api("POST", "/tickets", {
        "subject": "With a file", "body": "See it.", "requester": {"email": "file@example.org"}, "attachments": [upload.json["id"]]})
    desk.lmtp(b"From: anna@example.org\r\nTo: support@localhost\r\nSubject: Stuck\r\nMessage-ID: <a@example.org>\r\n\r\nThe door.")
    wait_for(lambda: desk.api("GET", f"/tickets/{ticket['id']}")["assignee_id"])
    wait_for(lambda: desk.mail_to("anna@example.org"))
    wait_for(lambda: all(follow["lag"] == 0 for one in desk.status().values() for follow in one["follows"]))
    assert desk.stop() == 0
    return desk.data


@pytest.fixture
def data(furnished, tmp_path) -> pathlib.Path:
    """A copy to be broken."""
    return pathlib.Path(shutil.copytree(furnished, tmp_path / "data"))


def change(path: pathlib.Path, *statements: str):
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def large_blob(data: pathlib.Path) -> pathlib.Path:
    path, = (data / "intake" / "blobs").glob("*/*")
    return path


def small_blobs(data: pathlib.Path) -> list[str]:
    database = sqlite3.connect(data / "intake" / "store.sqlite")
    try:
        return [name for name, in database.execute("SELECT hash FROM store_blob ORDER BY hash")]
    finally:
        database.close()


#: Makes the content of a small blob another, of the same length.
SPOIL = ("UPDATE store_blob_part SET bytes = CAST('!' || substr(CAST(bytes AS TEXT), 2) AS BLOB) "
         "WHERE content_id = (SELECT content_id FROM store_blob WHERE hash = '{}')")


# Healthy

def test_a_stopped_desk_is_healthy(data):
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file()}
    for options in [(), ("--deep",)]:
        doctor = stopped(data, *options)
        assert doctor.code == 0, doctor.findings
        assert doctor.worse_than("note", "ok") == [] or {one["code"] for one in doctor.worse_than("note", "ok")} <= {
            "disk_low", "disk_memory", "disk_layer", "disk_network"}
        assert not doctor.report["running"]
    names = [check["name"] for check in doctor.report["checks"]]
    assert names == ["settings", "certificates", "permissions", "ports", "services", "disk", "folders", "clock", "database", "leaders", "stores",
                     "schema", "journals", "followers", "blobs", "outbox"]
    blobs_line = next(check["summary"] for check in doctor.report["checks"] if check["name"] == "blobs")
    assert blobs_line.startswith("3 named files")
    # It has changed nothing.
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal"))} == {
        path: at for path, at in before.items() if not path.name.endswith(("-shm", "-wal"))}


def test_a_running_desk_under_load_is_healthy(desk):
    agent = desk.agent()
    assert agent["id"]
    for number in range(20):
        desk.api("POST", "/tickets", {"subject": f"T{number}", "body": "b", "requester": {"email": "load@example.org"}})
    doctor = Doctor(desk.data)
    assert doctor.code == 0, doctor.findings
    assert doctor.report["running"]
    assert {one["code"] for one in doctor.worse_than("note", "ok")} <= {"disk_low", "disk_memory", "disk_layer", "disk_network"}
    text = desk.firstline("doctor").stdout.decode()
    assert "held by our services" in text and "5 ready" in text


def test_what_is_no_installation(tmp_path):
    for folder in [tmp_path / "nowhere", tmp_path]:
        doctor = Doctor(folder)
        assert doctor.code == NO_INPUT and doctor.said.startswith("firstline: ") and len(doctor.said.splitlines()) == 1


# Stored data

def test_a_damaged_page(data):
    path = data / "intake" / "store.sqlite"
    change(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    database = sqlite3.connect(path)
    page, = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'").fetchone()
    size, = database.execute("PRAGMA page_size").fetchone()
    database.close()
    with open(path, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(size))
    doctor = stopped(data)
    found = doctor.one("store_damaged")
    assert doctor.code == DAMAGED and found["service"] == "intake" and found["severity"] == "error"
    assert "restore" in found["advice"]


def test_a_store_that_is_none(data):
    (data / "routing" / "store.sqlite").write_bytes(b"no database at all" * 500)
    for name in ["store.sqlite-wal", "store.sqlite-shm"]:
        (data / "routing" / name).unlink(missing_ok=True)
    doctor = stopped(data)
    assert doctor.code == DAMAGED and doctor.one("store_unreadable")["service"] == "routing"


def test_a_reference_to_nothing(data):
    change(data / "intake" / "store.sqlite", "PRAGMA foreign_keys = OFF", "UPDATE messages SET ticket_id = 999 WHERE id = 1")
    found = stopped(data).one("store_damaged")
    assert "messages" in found["text"] and "tickets" in found["text"]


def test_an_index_that_disagrees_is_found_by_a_deep_look(data):
    path = data / "intake" / "store.sqlite"

    def schema(statement: str, values=()) -> list:
        database = sqlite3.connect(path)
        database.execute("PRAGMA writable_schema = ON")
        rows = database.execute(statement, values).fetchall()
        database.commit()
        database.close()
        return rows

    # The index is forgotten, misses a change, and is remembered.
    row, = schema("SELECT * FROM sqlite_schema WHERE name = 'tickets_team'")
    schema("DELETE FROM sqlite_schema WHERE name = 'tickets_team'")
    change(path, "UPDATE tickets SET team_id = 77 WHERE id = 1")
    schema("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", row)
    deep = stopped(data, "--deep")
    assert deep.code == DAMAGED and "tickets_team" in deep.one("store_damaged")["text"]


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_named_blob_that_is_gone(data, size):
    if size == "large":
        gone = large_blob(data).name
        large_blob(data).unlink()
    else:
        gone = small_blobs(data)[0]
        change(data / "intake" / "store.sqlite", f"DELETE FROM store_blob WHERE hash = '{gone}'")
    doctor = stopped(data)
    found = doctor.one("blob_missing")
    assert doctor.code == DAMAGED and gone in found["text"] and "backup" in found["advice"]
    # The parts of the row that is gone belong to nobody.
    assert ["belong to no blob" in one["text"] for one in doctor.findings if one["code"] == "blob_stranger"] == [True] * (size == "small")


def test_a_large_blob_cut_short_and_a_small_one_of_other_content(data):
    short, other = large_blob(data), small_blobs(data)[0]
    short.write_bytes(short.read_bytes()[:-1])
    change(data / "intake" / "store.sqlite", SPOIL.format(other))
    doctor = stopped(data)
    assert doctor.code == DAMAGED and str(short) in doctor.one("blob_size")["text"]
    assert not [one for one in doctor.findings if one["code"] == "blob_content"]
    deep = stopped(data, "--deep")
    assert other in deep.one("blob_content")["text"]


def test_a_small_blob_cut_short_and_a_large_one_of_other_content(data):
    short, other = small_blobs(data)[0], large_blob(data)
    change(data / "intake" / "store.sqlite", f"""UPDATE store_blob_part SET bytes = substr(bytes, 2)
        WHERE content_id = (SELECT content_id FROM store_blob WHERE hash = '{short}')""")
    content = other.read_bytes()
    other.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    doctor = stopped(data, "--deep")
    assert doctor.code == DAMAGED and short in doctor.one("blob_size")["text"] and str(other) in doctor.one("blob_content")["text"]


def test_small_files_of_an_older_release_are_where_they_were(data):
    with_small_files(data)
    doctor = stopped(data, "--deep")
    assert doctor.code == 0 and doctor.one("schema_pending")["service"] == "intake"


def test_orphans_and_uploads_left(data):
    old = time.time() - 3 * DAY
    for age, content in [(old, b"old"), (time.time(), b"young")]:
        name = hashlib.sha256(content).hexdigest()
        path = data / "intake" / "blobs" / name[:2] / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (age, age))
        change(data / "intake" / "store.sqlite",
               f"INSERT INTO store_blob VALUES ('{hashlib.sha256(content * 2).hexdigest()}', {900_000 + len(content)}, 0, {int(age * 1000)})")
    upload = data / "intake" / "uploads" / ("ab" * 16)
    upload.write_bytes(b"half")
    os.utime(upload, (old, old))
    doctor = stopped(data)
    assert doctor.code == 0
    orphan = doctor.one("blob_orphan")
    assert orphan["severity"] == "warning" and orphan["text"].startswith("2 files")
    assert any(hashlib.sha256(content).hexdigest() in orphan["text"] for content in [b"old", b"oldold"])
    assert doctor.one("upload_left")["severity"] == "note"


def test_a_cursor_beyond_the_head(data):
    change(data / "routing" / "store.sqlite", "UPDATE journal_cursor SET entry_offset = entry_offset + 1000 WHERE source = 'intake'")
    doctor = stopped(data)
    found = doctor.one("cursor_beyond_head")
    assert doctor.code == DAMAGED and found["service"] == "routing" and "restore all services" in found["advice"]


def test_a_cursor_of_another_term(data):
    change(data / "sla-timer" / "store.sqlite", "UPDATE journal_cursor SET term = term - 1")
    assert stopped(data).one("cursor_term")["service"] == "sla-timer"


def test_a_gap_in_a_journal(data):
    change(data / "intake" / "store.sqlite", "DELETE FROM journal_entry WHERE entry_offset = 3")
    doctor = stopped(data)
    assert doctor.code == DAMAGED and "entry 3" in doctor.one("journal_gap")["text"]


def test_a_move_that_was_not_finished(data):
    change(data / "routing" / "store.sqlite", "INSERT INTO store_counter VALUES ('store.moving', 5), ('store.moving.head', 7)")
    # What is only half there is not judged by what it lacks.
    change(data / "routing" / "store.sqlite", "DELETE FROM journal_entry WHERE entry_offset > 0")
    doctor = stopped(data)
    found = doctor.one("move_unfinished")
    assert doctor.code == DAMAGED and found["service"] == "routing" and "firstline migrate-store --from URL" in found["advice"]
    assert {one["code"] for one in doctor.findings if one["severity"] == "error"} == {"move_unfinished"}


def test_a_journal_from_the_future(data):
    ahead = int((time.time() + 7200) * 1000)
    change(data / "intake" / "store.sqlite", f"UPDATE store_meta SET journal_at_ms = {ahead}")
    doctor = stopped(data)
    found = doctor.one("clock_behind")
    assert doctor.code == BROKEN_MACHINE and found["service"] == "intake" and "clock" in found["advice"]


def test_schemas_of_other_versions(data):
    change(data / "gateway" / "store.sqlite", "INSERT INTO store_migration VALUES ('service', 99, 'from the future', 1)")
    change(data / "notification" / "store.sqlite", "DELETE FROM store_migration WHERE scope = 'service' AND place > 0")
    doctor = stopped(data)
    assert doctor.code == DAMAGED and doctor.one("schema_newer")["service"] == "gateway"
    assert doctor.one("schema_pending")["service"] == "notification"


def test_a_folder_that_is_gone(data):
    shutil.rmtree(data / "routing")
    doctor = stopped(data)
    assert doctor.code == BAD_SETTINGS and "routing" in doctor.one("service_absent")["text"]


# Settings

def sign(data: pathlib.Path, name: str, days: int):
    """Another certificate of the same key, by the installation's authority."""
    certs = data / "certs"
    request = certs / "request"
    extension = certs / "extension"
    extension.write_text(f"subjectAltName=URI:spiffe://firstline/{name},DNS:localhost,IP:127.0.0.1\n")
    subprocess.run(["openssl", "req", "-new", "-key", certs / f"{name}.key", "-subj", f"/CN={name}", "-out", request],
                   check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", certs / "ca.crt", "-CAkey", certs / "ca.key", "-days", str(days),
                    "-extfile", extension, "-out", certs / f"{name}.crt"], check=True, capture_output=True)
    request.unlink()
    extension.unlink()


def test_a_certificate_that_ends_tomorrow(data):
    sign(data, "intake", 1)
    doctor = stopped(data)
    found = doctor.one("certificate_ends")
    assert doctor.code == BAD_SETTINGS and found["severity"] == "error" and found["service"] == "intake"
    assert "firstline certs rotate" in found["advice"]
    # Its own advice heals it.
    subprocess.run([PROGRAMS / "firstline", "certs", "rotate", "--data", data], check=True)
    assert stopped(data).code == 0


def test_a_certificate_that_ends_this_month(data):
    sign(data, "routing", 20)
    doctor = stopped(data)
    assert doctor.code == 0 and doctor.one("certificate_ends")["severity"] == "warning"


def test_a_key_of_another_and_a_strange_authority(data, tmp_path):
    shutil.copy(data / "certs" / "routing.key", data / "certs" / "intake.key")
    subprocess.run([PROGRAMS / "firstline", "certs", "init", "--data", tmp_path / "other"], check=True, capture_output=True)
    for ending in ["crt", "key"]:
        shutil.copy(tmp_path / "other" / "certs" / f"gateway.{ending}", data / "certs")
    doctor = stopped(data)
    assert doctor.code == BAD_SETTINGS
    assert doctor.one("certificate_key")["service"] == "intake" and doctor.one("certificate_untrusted")["service"] == "gateway"


def test_secrets_that_others_can_read(data):
    (data / "admin.token").chmod(0o644)
    (data / "certs" / "intake.key").chmod(0o640)
    doctor = stopped(data)
    found = [one for one in doctor.findings if one["code"] == "secret_readable"]
    assert doctor.code == BAD_SETTINGS and {one["severity"] for one in found} == {"error"}
    assert sorted(one["advice"].split()[2].rstrip(";") for one in found) == [str(data / "admin.token"), str(data / "certs" / "intake.key")]


def test_a_setting_that_would_be_refused(data):
    done = subprocess.run(
        [PROGRAMS / "firstline", "doctor", "--data", data, "--json", "--base-port", "0"], capture_output=True, text=True,
        env={**os.environ, "FIRSTLINE_CONNECTION_AGE": "soon"}, timeout=60)
    assert done.returncode == BAD_SETTINGS
    findings = [one for check in json.loads(done.stdout)["checks"] for one in check["findings"] if one["code"] == "settings_refused"]
    assert {one["service"] for one in findings} == set(SERVICES)
    assert all("FIRSTLINE_CONNECTION_AGE" in one["text"] for one in findings)


def test_a_restore_that_was_not_finished(data):
    (data / "restore.unfinished").touch()
    doctor = stopped(data)
    assert doctor.code == BAD_SETTINGS and "firstline restore" in doctor.one("restore_unfinished")["advice"]


# Services that stand apart

class Apart:
    """The same desk as systemd has it: a folder, certificates and settings for each service, by the product's own unit."""

    def __init__(self, data: pathlib.Path, place: pathlib.Path):
        self.etc, self.var = place / "etc", place / "var"
        subprocess.run([ROOT / "deploy" / "certificates", self.etc, "--host", "127.0.0.1"], check=True, capture_output=True,
                       env={**os.environ, "FIRSTLINE": str(PROGRAMS / "firstline")})
        ports = iter(free_ports(2 * len(SERVICES)))
        self.services = [{"name": name, "rpc": f"127.0.0.1:{next(ports)}", "admin": f"127.0.0.1:{next(ports)}"} for name in SERVICES]
        (self.etc / "operator" / "run.json").write_text(json.dumps({"pid": 0, "insecure": False, "services": self.services}))
        self.var.mkdir(mode=0o700)
        for name in SERVICES:
            shutil.copytree(data / name, self.var / name)
        text = (ROOT / "deploy" / "systemd" / "firstline@.service").read_text()
        self.unit = place / "firstline@.service"
        self.unit.write_text(text.replace("/etc/firstline", str(self.etc)).replace("/var/lib/firstline", str(self.var)))

    def doctor(self, *options: str) -> Doctor:
        return Doctor(self.etc / "operator", "--unit", self.unit, *options)

    def start(self, name: str) -> subprocess.Popen:
        own = next(one for one in self.services if one["name"] == name)
        settings = {
            "FIRSTLINE_DATA": self.var / name, "FIRSTLINE_TLS_CERT": self.etc / name / f"{name}.crt",
            "FIRSTLINE_TLS_KEY": self.etc / name / f"{name}.key", "FIRSTLINE_TLS_CA": self.etc / name / "ca.crt",
            "FIRSTLINE_PRINCIPAL_KEY": self.etc / name / "principal.pub", "FIRSTLINE_LISTEN": own["rpc"], "FIRSTLINE_ADMIN_LISTEN": own["admin"]}
        return subprocess.Popen(
            [PROGRAMS / f"firstline-{name}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, **{key: str(value) for key, value in settings.items()}})


def listens(address: str) -> bool:
    host, port = address.rsplit(":", 1)
    with socket.socket() as caller:
        return caller.connect_ex((host, int(port))) == 0


@pytest.fixture
def apart(data, tmp_path) -> Apart:
    place = tmp_path / "apart"
    place.mkdir()
    return Apart(data, place)


def test_services_apart_are_found_by_their_unit(apart):
    doctor = apart.doctor()
    assert doctor.code == 0, doctor.findings
    assert {one["code"] for one in doctor.worse_than("note", "ok")} <= {"disk_low", "disk_memory", "disk_layer", "disk_network"}
    checks = {check["name"]: check["summary"] for check in doctor.report["checks"]}
    assert checks["settings"].startswith("5 services") and checks["blobs"].startswith("3 named files") and "5 whole" in checks["stores"]
    assert checks["services"] == "none runs"


def test_the_settings_and_certificates_of_services_apart(apart):
    (apart.etc / "routing.env").write_text("# ours\nFIRSTLINE_CONNECTION_AGE=soon\n")
    (apart.etc / "intake" / "intake.key").chmod(0o644)
    shutil.copy(apart.etc / "gateway" / "gateway.crt", apart.etc / "notification" / "notification.crt")
    doctor = apart.doctor()
    assert doctor.code == BAD_SETTINGS
    refused = doctor.one("settings_refused")
    assert refused["service"] == "routing" and "FIRSTLINE_CONNECTION_AGE" in refused["text"]
    assert str(apart.etc / "intake" / "intake.key") in doctor.one("secret_readable")["text"]
    assert doctor.one("certificate_key")["service"] == "notification"


def test_of_services_apart_some_run(apart):
    process = apart.start("sla-timer")
    try:
        wait_for(lambda: listens(apart.services[SERVICES.index("sla-timer")]["admin"]))
        doctor = apart.doctor()
        silent = [one for one in doctor.findings if one["code"] == "service_silent"]
        assert doctor.code == BROKEN_MACHINE and {one["service"] for one in silent} == set(SERVICES) - {"sla-timer"}
        assert all("systemctl start firstline@" in one["advice"] for one in silent)
    finally:
        process.terminate()
        process.wait(15)


def test_a_folder_elsewhere_is_named(data, tmp_path):
    shutil.move(data / "routing", tmp_path / "elsewhere")
    doctor = stopped(data, "--folder", f"routing={tmp_path / 'elsewhere'}")
    assert doctor.code == 0, doctor.findings
    change(tmp_path / "elsewhere" / "store.sqlite", "UPDATE journal_cursor SET entry_offset = entry_offset + 1000 WHERE source = 'intake'")
    assert stopped(data, "--folder", f"routing={tmp_path / 'elsewhere'}").one("cursor_beyond_head")["service"] == "routing"
    wrong = stopped(data, "--folder", "nobody=/tmp")
    assert wrong.code == 64 and "--folder" in wrong.said


# The machine

def test_an_occupied_port(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        doctor = Doctor(data, "--base-port", "0", "--http", f"127.0.0.1:{port}")
        found = doctor.one("port_taken")
        assert doctor.code == BROKEN_MACHINE and f":{port}" in found["text"] and str(os.getpid()) in found["text"]
        assert "--http" in found["advice"]


def test_a_service_that_is_gone(fresh_desk):
    # Stopped, it neither answers nor is started again.
    pid = fresh_desk.pid_of("routing")
    os.kill(pid, 19)
    try:
        doctor = Doctor(fresh_desk.data)
        assert doctor.code == BROKEN_MACHINE and doctor.one("service_silent")["service"] == "routing"
    finally:
        os.kill(pid, 18)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_full_disk(furnished, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", small], check=True)
    try:
        data = pathlib.Path(shutil.copytree(furnished, small / "data"))
        doctor = stopped(data)
        assert doctor.code == BROKEN_MACHINE and "make room" in doctor.one("disk_full")["advice"]
        assert doctor.one("disk_memory")["severity"] == "warning"
        with open(small / "fill", "wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
                    file.flush()
            except OSError:
                pass
            try:
                file.close()
            except OSError:
                pass
        full = stopped(data)
        found = [one for one in full.findings if one["code"] == "folder_unwritable"]
        assert found and all("No space left" in one["text"] and "make room" in one["advice"] for one in found)
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a disk without the right to write")
def test_a_disk_that_turned_read_only(furnished, tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", place], check=True)
    try:
        data = pathlib.Path(shutil.copytree(furnished, place / "data"))
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        doctor = stopped(data)
        found = [one for one in doctor.findings if one["code"] == "folder_unwritable"]
        assert doctor.code != 0 and found and all("Read-only" in one["text"] for one in found)
    finally:
        subprocess.run(["umount", place], check=True)


def test_an_outbox_without_its_parts(data):
    shutil.rmtree(data / "outbox" / "new")
    doctor = stopped(data)
    assert doctor.code == BROKEN_MACHINE and doctor.one("outbox_part")["service"] == "notification"
