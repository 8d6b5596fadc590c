"""One running desk for all attacks, with two requesters, an agent, and a ticket of each requester."""
import itertools
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "System"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from desk import Desk, wait_for  # noqa: E402

numbers = itertools.count(1)


class House:
    """The desk, who works there, and who asks."""

    def __init__(self, desk: Desk):
        self.desk = desk
        self.agent = desk.agent()
        self.agent_token = self.token(role="agent", agent_id=self.agent["id"])
        self.reader_token = self.token(role="agent", agent_id=self.agent["id"], scopes=["read"])
        self.eve_ticket = self.ticket("eve@example.org", "Eve's own")
        self.bob_ticket = self.ticket("bob@example.org", "Bob's printer", "My password is swordfish42.")
        self.eve, self.bob = (ticket["requester"]["id"] for ticket in (self.eve_ticket, self.bob_ticket))
        self.eve_token = self.token(role="requester", requester_id=self.eve)
        self.bob_token = self.token(role="requester", requester_id=self.bob)

    def token(self, **more) -> str:
        return self.desk.api("POST", "/tokens", {"name": f"token {next(numbers)}", **more})["token"]

    def ticket(self, email: str, subject: str, body: str = "Please help.", **more) -> dict:
        return self.desk.api("POST", "/tickets", {"subject": subject, "body": body, "requester": {"email": email}, **more})

    def note(self, ticket_id: int, body: str, **more) -> dict:
        return self.desk.api(
            "POST", f"/tickets/{ticket_id}/messages", {"body": body, "visibility": "internal", **more}, token=self.agent_token)

    def upload(self, token: str, content: bytes, name: str = "file.txt", kind: str = "text/plain") -> dict:
        import urllib.parse
        answer = self.desk.request(
            "POST", "/api/v1/attachments?filename=" + urllib.parse.quote(name), raw=content, token=token, headers={"Content-Type": kind})
        assert answer.status == 201, answer.body
        return answer.json

    def status(self, method: str, path: str, body=None, token: str | None = None, **more) -> int:
        return self.desk.request(method, "/api/v1" + path, body, token=token, **more).status

    def ticket_of(self, mail: bytes, **more) -> int:
        return int(self.desk.lmtp(mail, **more).split("ticket ")[1].split()[0])


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk") / "data").start()
    try:
        yield House(desk)
    finally:
        if desk.process.poll() is None:
            desk.stop()


@pytest.fixture
def desk(house):
    return house.desk


@pytest.fixture(autouse=True)
def nothing_crashed(house):
    """After each attack every service is the process that it was."""
    before = house.desk.pids()
    yield
    assert house.desk.pids() == before, "a service was restarted"
    wait_for(lambda: house.desk.request("GET", "/api/v1/me").status == 200, 5)
