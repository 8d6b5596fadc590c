"""Bad input gets the refusal that the contract or the RFC names, and the services go on."""
import os
import smtplib
import socket
import ssl
import subprocess

import pytest

from desk import PROGRAMS, Desk, Refused, wait_for

PLAIN = b"From: <a@example.org>\r\nTo: support@localhost\r\nSubject: %s\r\n\r\nText.\r\n"


def still_works(desk: Desk):
    assert "ticket" in desk.lmtp(PLAIN % os.urandom(8).hex().encode())
    assert desk.api("GET", "/me")


def lmtp_socket(desk: Desk) -> socket.socket:
    host, port = desk.service("intake")["lmtp"].rsplit(":", 1)
    connection = socket.create_connection((host, int(port)), timeout=10)
    assert connection.recv(1024).startswith(b"220 ")
    return connection


@pytest.mark.parametrize("line, code", [
    (b"EHLO example.org\r\n", b"500"), (b"\x00\xff\xfe garbage\r\n", b"500"), (b"DATA\r\n", b"503"), (b"RCPT TO:<a@b>\r\n", b"503"),
    (b"MAIL FROM:<a@b\r\n", b"50"),
])
def test_lmtp_garbage_is_refused_by_its_code(desk, line, code):
    with lmtp_socket(desk) as connection:
        if code != b"500":
            connection.sendall(b"LHLO example.org\r\n")
            connection.recv(4096)
        connection.sendall(line)
        assert connection.recv(4096).startswith(code)
    still_works(desk)


def test_endless_garbage_ends_the_connection(desk):
    with lmtp_socket(desk) as connection:
        answer = b""
        try:
            for _ in range(2000):
                connection.sendall(os.urandom(64).replace(b"\n", b"x") + b"\r\n")
            while chunk := connection.recv(65536):
                answer += chunk
        except OSError:
            pass
    still_works(desk)


def test_a_30_mb_message_is_refused_and_named_too_large(desk):
    with pytest.raises(smtplib.SMTPResponseException) as refusal:
        desk.lmtp(PLAIN % b"large" + b"x" * 76 + b"\r\n" + (b"y" * 76 + b"\r\n") * (30 * 1024 * 1024 // 78), timeout=60)
    assert refusal.value.smtp_code == 552
    still_works(desk)


@pytest.mark.parametrize("mail", [
    b"", b"\r\n", b"no headers at all", b"\xff\xfe\x00\x01" * 100, b"From: \r\nSubject: =?broken?q?=\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y",
], ids=["empty", "blank", "text", "binary", "broken headers", "unclosed"])
def test_broken_mail_becomes_a_ticket_all_the_same(desk, mail):
    text = desk.lmtp(mail + os.urandom(4).hex().encode())
    ticket_id = int(text.split("ticket ")[1].split()[0])
    assert desk.api("GET", f"/tickets/{ticket_id}")["id"] == ticket_id
    still_works(desk)


@pytest.mark.parametrize("body, status", [
    (b"{", 400), (b"[]", 422), (b'{"subject": "s"}', 422), (b"\xff\xfe", 400), (b'{"subject":"s","body":"b","requester":{"email":"a@b.example"},"nonsense":1}', 422),
    (b'{"subject":7,"body":"b","requester":{"email":"a@b.example"}}', 422), (b'{"subject":"s","body":"b","requester":{"email":"no address"}}', 422),
    (b'{"subject":"a\\u0000b","body":"b","requester":{"email":"a@b.example"}}', 422),
])
def test_wrong_json_is_named(desk, body, status):
    answer = desk.request("POST", "/api/v1/tickets", raw=body, headers={"Content-Type": "application/json"})
    assert answer.status == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json["code"]
    if b"nonsense" in body:
        assert "nonsense" in str(answer.json)
    still_works(desk)


def test_no_token_a_wrong_token_and_a_wrong_method(desk):
    assert desk.request("GET", "/api/v1/tickets", token="").status == 401
    assert desk.request("GET", "/api/v1/tickets", token="flt_wrong").status == 401
    assert desk.request("DELETE", "/api/v1/tickets").status == 405
    assert desk.request("GET", "/api/v1/nothing").status == 404
    assert desk.request("GET", "/api/v1/tickets/999999").status == 404


def test_a_foreign_certificate_is_refused(desk, tmp_path):
    (tmp_path / "foreign").mkdir()
    subprocess.run([PROGRAMS / "firstline", "certs", "init", "--data", tmp_path / "foreign"], check=True, capture_output=True)
    subprocess.run(
        [PROGRAMS / "firstline", "certs", "issue", "intruder", "--out", tmp_path, "--data", tmp_path / "foreign"],
        check=True, capture_output=True)
    host, port = desk.service("intake")["rpc"].rsplit(":", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(desk.data / "certs" / "ca.crt")
    context.load_cert_chain(tmp_path / "intruder.crt", tmp_path / "intruder.key")
    context.set_alpn_protocols(["firstline/1"])
    with pytest.raises((ssl.SSLError, ConnectionError)):
        with context.wrap_socket(socket.create_connection((host, int(port)), 10), server_hostname="localhost") as connection:
            # TLS 1.3 tells of a refused client certificate with the first read.
            connection.sendall(b"x")
            if connection.recv(1) == b"":
                raise ConnectionResetError("closed")
    still_works(desk)


def test_garbage_on_the_rpc_port_harms_nobody(desk):
    for service in ("intake", "routing", "sla-timer", "notification", "gateway"):
        host, port = desk.service(service)["rpc"].rsplit(":", 1)
        for _ in range(20):
            with socket.create_connection((host, int(port)), 10) as connection:
                try:
                    connection.sendall(os.urandom(512))
                    connection.recv(64)
                except OSError:
                    pass
    still_works(desk)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB."""
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("mounting a tmpfs needs root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_refuses_for_now_and_loses_nothing(small_disk):
    desk = Desk(small_disk / "data").start()
    try:
        stored, refused = [], None
        filler = (b"z" * 76 + b"\r\n") * 6000
        for count in range(200):
            try:
                stored.append(int(desk.lmtp(PLAIN % f"fill {count}".encode() + os.urandom(8).hex().encode() + b"\r\n" + filler).split("ticket ")[1].split()[0]))
            except smtplib.SMTPResponseException as error:
                refused = error
                break
        assert refused is not None and 400 <= refused.smtp_code < 500, refused
        with pytest.raises(Refused) as problem:
            for count in range(200):
                desk.api("POST", "/tickets", {"subject": f"s{count}", "body": "b" * 200_000, "requester": {"email": "a@example.org"}})
        assert problem.value.status in (429, 503, 507), problem.value
        assert problem.value.problem["code"] == "storage_full"
        assert desk.api("GET", f"/tickets/{stored[-1]}")["id"] == stored[-1]
        subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
        wait_for(lambda: try_mail(desk), 30, 0.5)
        for ticket_id in stored:
            assert desk.api("GET", f"/tickets/{ticket_id}")["id"] == ticket_id
    finally:
        desk.stop()


def try_mail(desk: Desk) -> bool:
    try:
        return "ticket" in desk.lmtp(PLAIN % b"there is room again")
    except (OSError, smtplib.SMTPException):
        return False
