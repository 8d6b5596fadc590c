"""Backup of a running desk under load, and what a restored desk knows."""
import itertools
import json
import pathlib
import sqlite3
import threading
import time

import pytest

from desk import SERVICES, Desk, Refused, wait_for

LONGEST_HOLD_MS = 1_000
WRITERS = 4


class Load:
    """Creates tickets and replies over HTTP until told to stop; `acked` holds what was acknowledged, with the time of each."""

    def __init__(self, desk: Desk):
        self.desk, self.stopping = desk, threading.Event()
        self.acked: list[tuple[float, float, int, str]] = []
        self.failures: list[str] = []
        self.slowest = 0.0
        self.threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def _run(self, writer: int):
        for number in itertools.count():
            if self.stopping.is_set():
                return
            subject = f"load-{writer}-{number}"
            began = time.monotonic()
            try:
                ticket = self.desk.api("POST", "/tickets", {
                    "subject": subject, "body": "It does not work.", "requester": {"email": f"w{writer}@example.org"}},
                    headers={"Idempotency-Key": subject})
            except (Refused, OSError) as error:
                self.failures.append(f"{subject}: {error}")
                continue
            ended = time.monotonic()
            self.slowest = max(self.slowest, ended - began)
            self.acked.append((began, ended, ticket["id"], subject))

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)


def rows(path: pathlib.Path, statement: str) -> list[tuple]:
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def test_backup_under_load_and_restore(folder):
    desk = Desk(folder / "data").start()
    restored = None
    try:
        agent = desk.agent()
        first = desk.api("POST", "/tickets", {
            "subject": "With a file", "body": "See the file.", "requester": {"email": "file@example.org"},
            "attachments": [upload(desk, b"the very bytes" * 10_000)]})
        load = Load(desk)
        wait_for(lambda: len(load.acked) > 30 or load.failures, 60)
        assert not load.failures
        began = time.monotonic()
        done = desk.firstline("backup", str(folder / "copy"), "--json")
        ended = time.monotonic()
        wait_for(lambda: load.acked[-1][0] > ended, 60)
        load.stop()
        terms = {name: service["journal"]["term"] for name, service in desk.status().items()}
        assert not load.failures
        assert desk.stop() == 0

        manifest = json.loads(done.stdout)
        assert [service["name"] for service in manifest["services"]] == SERVICES
        assert all(service["held_ms"] < LONGEST_HOLD_MS for service in manifest["services"]), manifest
        heads = {service["name"]: service["head"] for service in manifest["services"]}
        for service in manifest["services"]:
            for place in service["follows"]:
                assert place["offset"] <= heads[place["service"]]["offset"]
        for name in SERVICES:
            path = folder / "copy" / name / "store.sqlite"
            assert rows(path, "PRAGMA integrity_check") == [("ok",)]
            # What the manifest says is what the copies hold.
            cursors = {source: offset for source, offset in rows(path, "SELECT source, entry_offset FROM journal_cursor")}
            assert all(offset <= heads[source]["offset"] for source, offset in cursors.items())
            assert (rows(path, "SELECT max(entry_offset) FROM journal_entry")[0][0] or 0) == heads[name]["offset"]

        # Into a new place, as on a new machine.
        restored = Desk(folder / "elsewhere")
        assert "restored" in restored.firstline("restore", str(folder / "copy")).stdout.decode()
        restored.start()
        before = [ticket for ticket in load.acked if ticket[1] < began]
        after = [ticket for ticket in load.acked if ticket[0] > ended]
        assert before and after
        for _, _, ticket_id, subject in before:
            assert restored.api("GET", f"/tickets/{ticket_id}")["subject"] == subject
        for _, _, ticket_id, _ in after:
            with pytest.raises(Refused) as refused:
                restored.api("GET", f"/tickets/{ticket_id}")
            assert refused.value.status == 404
        status = wait_for(lambda: (s := restored.status()) and all(
            service["ready"] and all(follow["lag"] == 0 for follow in service["follows"]) for service in s.values()) and s)
        assert all(status[name]["journal"]["term"] > terms[name] for name in SERVICES)

        # Every ticket has its agent and its promises, once; the file is whole; the next ticket goes all the way.
        for _, _, ticket_id, _ in before:
            wait_for(lambda: restored.api("GET", f"/tickets/{ticket_id}")["assignee_id"] == agent["id"])
            kinds = restored.history_kinds(ticket_id)
            assert kinds.count("ticket.created") == 1 and kinds.count("ticket.assigned") == 1
        message = restored.all(f"/tickets/{first['id']}/messages")[0]
        assert restored.request("GET", f"/api/v1/attachments/{message['attachments'][0]['id']}").body == b"the very bytes" * 10_000
        new = restored.api("POST", "/tickets", {"subject": "After", "body": "New.", "requester": {"email": "new@example.org"}})
        assert new["id"] > max(ticket_id for _, _, ticket_id, _ in before)
        wait_for(lambda: restored.api("GET", f"/tickets/{new['id']}")["assignee_id"] == agent["id"])
        wait_for(lambda: restored.mail_to("new@example.org"))
        wait_for(lambda: len(restored.api("GET", f"/tickets/{new['id']}/sla")["timers"]) >= 2)

        # A repeated call that was acknowledged before the backup gets its first answer.
        _, _, ticket_id, subject = before[0]
        again = restored.api("POST", "/tickets", {
            "subject": subject, "body": "It does not work.", "requester": {"email": f"w{subject.split('-')[1]}@example.org"}},
            headers={"Idempotency-Key": subject})
        assert again["id"] == ticket_id

        running = restored.firstline("restore", str(folder / "copy"), "--replace", check=False)
        assert running.returncode == 75 and b"in use" in running.stderr
    finally:
        for one in (desk, restored):
            if one is not None and one.process is not None and one.process.poll() is None:
                one.stop()


def test_a_restore_that_cannot_be_refuses_and_changes_nothing(folder):
    desk = Desk(folder / "data").start()
    try:
        ticket = desk.api("POST", "/tickets", {"subject": "One", "body": "Text", "requester": {"email": "one@example.org"}})
        desk.firstline("backup", str(folder / "copy"))
        again = desk.firstline("backup", str(folder / "copy"), check=False)
        assert again.returncode == 73 and b"is not empty" in again.stderr
        second = desk.api("POST", "/tickets", {"subject": "Two", "body": "Text", "requester": {"email": "one@example.org"}})
    finally:
        desk.stop()

    there = desk.firstline("restore", str(folder / "copy"), check=False)
    assert there.returncode == 73 and b"--replace" in there.stderr
    unfinished = folder / "unfinished"
    unfinished.mkdir()
    nothing = desk.firstline("restore", str(unfinished), check=False)
    assert nothing.returncode == 65 and b"manifest.json" in nothing.stderr

    damaged = folder / "copy" / "intake" / "store.sqlite"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:5_000] + bytes([whole[5_000] ^ 1]) + whole[5_001:])
    refused = desk.firstline("restore", str(folder / "copy"), "--replace", check=False)
    assert refused.returncode == 65 and b"intake/store.sqlite" in refused.stderr
    damaged.write_bytes(whole)

    # Nothing was touched by the refusals; then the old state comes back, and the replaced data stays at hand.
    desk.start()
    assert desk.api("GET", f"/tickets/{second['id']}")["subject"] == "Two"
    desk.stop()
    done = desk.firstline("restore", str(folder / "copy"), "--replace")
    assert b"replaced-1" in done.stdout
    desk.start()
    try:
        assert desk.api("GET", f"/tickets/{ticket['id']}")["subject"] == "One"
        with pytest.raises(Refused):
            desk.api("GET", f"/tickets/{second['id']}")
    finally:
        desk.stop()
    assert (folder / "data" / "replaced-1" / "intake" / "store.sqlite").exists()

    # Half a restore keeps the services from starting.
    (folder / "data" / "restore.unfinished").touch()
    with pytest.raises(AssertionError, match="was not finished"):
        Desk(folder / "data").start(20)


def upload(desk: Desk, content: bytes) -> int:
    answer = desk.request("POST", "/api/v1/attachments?filename=file.bin", raw=content, headers={"Content-Type": "application/octet-stream"})
    assert answer.status == 201, answer.body
    return answer.json["id"]
