"""What lies about: files, stores, logs."""
import json
import os
import re
import stat
import time

from test_web import Browser, link


def test_nobody_else_on_the_machine_reads_the_data(desk):
    open_files = []
    for folder, folders, files in os.walk(desk.data):
        for name in [*folders, *files]:
            path = os.path.join(folder, name)
            mode = stat.S_IMODE(os.lstat(path).st_mode)
            if name.endswith((".key", ".token", ".sqlite", "-wal", "-shm")) and mode & 0o077:
                open_files.append((path, oct(mode)))
    assert not open_files
    # Whatever the modes inside, nobody else gets in.
    assert stat.S_IMODE(os.stat(desk.data).st_mode) & 0o077 == 0


def test_stores_hold_no_secret_in_the_clear(house, desk):
    browser = Browser(desk)
    path = link(desk, house.agent["id"])
    browser.send("POST", path, {})
    key = {"Idempotency-Key": "make-a-token"}
    made = desk.api("POST", "/tokens", {"name": "kept", "role": "agent", "agent_id": house.agent["id"]}, headers=key)
    assert desk.api("POST", "/tokens", {"name": "kept", "role": "agent", "agent_id": house.agent["id"]}, headers=key) == made
    secrets = [desk.admin_token, house.agent_token, house.eve_token, made["token"], path.rsplit("/", 1)[1], browser.cookies["firstline_session"]]
    secrets += [secret.removeprefix("flt_") for secret in secrets]
    for folder, _, files in os.walk(desk.data):
        for name in files:
            if name != "admin.token":
                content = open(os.path.join(folder, name), "rb").read()
                assert not [secret for secret in secrets if secret.encode() in content], name
    listed = desk.request("GET", "/api/v1/tokens?limit=200").body
    assert not [secret for secret in secrets if secret.encode() in listed]


def test_logs_name_no_secret_and_no_address(house, desk):
    house.ticket("logged-person@example.org", "Secret subject qwertz", "Secret body qwertz")
    for mail in (b"From: logged-mail@example.org\r\nSubject: qwertz\r\n\r\nqwertz", b"\xff\xfe broken logged-mail@example.org"):
        house.ticket_of(mail, sender="logged-mail@example.org")
    house.status("GET", "/tickets/1", token="flt_" + "x" * 43)
    desk.request("GET", "/sign-in/logged-link-secret", token="")
    time.sleep(0.5)
    text = desk.tail_of_log()
    whole = open(desk.log.name).read()
    for secret in (desk.admin_token, house.agent_token, "x" * 43, "logged-link-secret", "logged-person@", "logged-mail@", "qwertz", "swordfish42"):
        assert secret not in whole, text
    assert not re.search(r"flt_|sign-in/", whole)
