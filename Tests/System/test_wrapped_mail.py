"""Mail in wrappers: Outlook's is unpacked by `tnef`, signed and encrypted ones are named, and a mail whose reading ends the process is set aside."""
import base64
import hashlib
import shutil
import struct

import pytest

from desk import Desk

HEAD = b"From: Ann <ann@customer.example>\r\nTo: support@desk.example\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path / "data")
    yield desk
    if desk.process and desk.process.poll() is None:
        desk.stop()


def attribute(level: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def wrapper(files: dict[str, bytes]) -> bytes:
    """A TNEF stream (MS-OXTNEF) that holds files."""
    stream = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    for name, content in files.items():
        stream += attribute(2, 0x00069002, struct.pack("<HIHHI", 1, 0xFFFFFFFF, 0, 0, 0))
        stream += attribute(2, 0x00018010, name.encode("latin-1") + b"\0") + attribute(2, 0x0006800F, content)
    return stream


def mail(wrapped: bytes) -> bytes:
    return HEAD + (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the files.\r\n--b\r\n"
                   b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                   + base64.encodebytes(wrapped) + b"\r\n--b--\r\n")


def message(desk: Desk, raw: bytes) -> tuple[dict, dict]:
    answer = desk.request("POST", "/api/v1/mail", raw=raw, headers={"Content-Type": "message/rfc822"})
    assert answer.status in (200, 201), answer.body
    ticket = desk.api("GET", f"/tickets/{answer.json['ticket_id']}")
    return ticket, next(one for one in desk.all(f"/tickets/{ticket['id']}/messages") if one["id"] == answer.json["message_id"])


def test_files_in_outlooks_wrapper_become_attachments(desk, tmp_path):
    assert shutil.which("tnef"), "deploy/prepare --tests installs tnef"
    desk.start()
    files = {"plan.pdf": b"%PDF-1.4 plan", "../../climbing.txt": b"up and away", "plan.txt": b"words"}
    _, found = message(desk, mail(wrapper(files)))
    assert found["wrappers"] == ["winmail"] and found["new_text"] == "See the files."
    names = [one["filename"] for one in found["attachments"]]
    assert names[0] == "winmail.dat" and sorted(names[1:]) == ["climbing.txt", "plan.pdf", "plan.txt"]
    pdf = next(one for one in found["attachments"] if one["filename"] == "plan.pdf")
    assert pdf["content_type"] == "application/pdf"
    assert desk.request("GET", f"/api/v1/attachments/{pdf['id']}").body == files["plan.pdf"]
    assert not list((tmp_path / "data" / "intake").glob("winmail-*")), "a folder was left behind"
    # What is none, or is broken, is the file that it was.
    for rubbish in (b"not a wrapper at all", wrapper(files)[:60]):
        _, broken = message(desk, mail(rubbish))
        assert "winmail.dat" in [one["filename"] for one in broken["attachments"]]


def test_without_the_program_the_wrapper_is_a_file(desk, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    desk.start()
    _, found = message(desk, mail(wrapper({"plan.pdf": b"%PDF"})))
    assert [one["filename"] for one in found["attachments"]] == ["winmail.dat"] and found["wrappers"] == ["winmail"]


def test_a_signed_mail_is_named_so(desk):
    desk.start()
    _, found = message(desk, HEAD + b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nWords.\r\n--b\r\n"
                       b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--b--\r\n")
    assert found["wrappers"] == ["signed"] and found["new_text"] == "Words."


def test_a_mail_that_ended_the_process_twice_is_set_aside_unread(desk, tmp_path):
    desk.start()
    desk.stop()
    raw = HEAD + b"Content-Type: text/plain\r\n\r\nThe words that end the process.\r\n"
    mark = hashlib.sha256(raw).hexdigest().encode() + b"\2"
    (tmp_path / "data" / "intake" / "reading").write_bytes(mark)
    desk.start()
    ticket, found = message(desk, raw)
    assert ticket["quarantined"] and "failed each time" in found["text"]
    assert [one["filename"] for one in found["attachments"]] == ["message.eml"]
    assert desk.request("GET", f"/api/v1/tickets/{ticket['id']}/messages/{found['id']}/source").body == raw
    # Others are read as ever.
    ticket, found = message(desk, raw.replace(b"end the process", b"harm nobody"))
    assert not ticket["quarantined"] and found["new_text"] == "The words that harm nobody."
