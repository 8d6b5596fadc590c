"""What an older release kept as small files is read after the upgrade, and what comes now is kept as rows."""
from desk import Desk
from older import with_small_files

MAIL = b"From: anna@example.org\r\nTo: support@localhost\r\nSubject: Stuck\r\nMessage-ID: <%s@example.org>\r\n\r\nThe door.\r\n"
FILE = b"the very bytes" * 100


def test_small_files_of_an_older_release_are_read(tmp_path):
    desk = Desk(tmp_path / "data").start()
    said = desk.lmtp(MAIL % b"one")
    upload = desk.request("POST", "/api/v1/attachments?filename=a.bin", raw=FILE, headers={"Content-Type": "application/octet-stream"}).json
    desk.api("POST", "/tickets", {
        "subject": "With a file", "body": "See it.", "requester": {"email": "file@example.org"}, "attachments": [upload["id"]]})
    assert desk.stop() == 0
    with_small_files(desk.data)
    files = blobs(desk)
    assert len(files) == 2

    desk = Desk(tmp_path / "data").start()
    try:
        ticket, message = said.split("ticket ")[1].split(" message ")
        source = desk.request("GET", f"/api/v1/tickets/{ticket}/messages/{message.split()[0]}/source")
        assert source.status == 200 and source.body == MAIL % b"one"
        assert desk.request("GET", f"/api/v1/attachments/{upload['id']}").body == FILE
        # The same mail again is the same ticket, and another one makes no file.
        assert desk.lmtp(MAIL % b"one") == said
        assert desk.lmtp(MAIL % b"two") != said
        assert blobs(desk) == files
        assert desk.stop() == 0
    finally:
        desk.kill_everything()


def blobs(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.data / "intake" / "blobs").glob("*/*"))
