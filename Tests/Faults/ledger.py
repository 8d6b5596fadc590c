"""What was asked of the desk, and what it acknowledged. Each request can be sent again under its own key."""
import dataclasses
import http.client
import itertools
import random
import smtplib
import threading
import time
import uuid

from desk import Refused
from rpc import RPCError, field
from wire import fields, inner, number

#: A request that broke off promises nothing.
BROKEN = (OSError, smtplib.SMTPException, http.client.HTTPException, Refused, RPCError, IndexError, ValueError)


#: How long a client waits for an answer, in seconds.
TIMEOUT = 20


class NotTaken(ValueError):
    """The service refused, clearly."""


@dataclasses.dataclass
class Entry:
    """One request. `answer` is what was acknowledged first; later answers must be the same."""
    kind: str
    marker: str
    key: str
    arguments: dict
    answer: object = None
    refusals: list = dataclasses.field(default_factory=list)
    sent: int = 0


class Ledger:
    """Sends requests of every kind, and keeps their acknowledgements."""

    KINDS = ["mail", "ticket", "web", "reply", "note", "patch", "quick", "team", "calendar", "token"]

    def __init__(self, house, seed: int):
        self.house, self.chance = house, random.Random(seed)
        self.entries: list[Entry] = []
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.contradictions: list[str] = []

    # What is asked

    def make(self, kind: str) -> Entry | None:
        with self.lock:
            marker = f"{kind}{next(self.numbers)}x{self.chance.randrange(1 << 20):05x}"
            entry = Entry(kind, marker, str(uuid.UUID(int=self.chance.getrandbits(128))), {"email": f"{marker}@example.org"})
            if kind in ("reply", "note", "patch"):
                tickets = [e.answer for e in self.entries if e.kind in ("mail", "ticket", "web") and e.answer]
                if not tickets:
                    return None
                entry.arguments["ticket"] = self.chance.choice(tickets[-20:])
            self.entries.append(entry)
            return entry

    def send(self, entry: Entry):
        """Sends it, for the first time or again. Raises one of BROKEN when nothing was acknowledged."""
        entry.sent += 1
        answer = getattr(self, f"_{entry.kind}")(entry)
        with self.lock:
            if entry.answer is None:
                entry.answer = answer
            elif entry.answer != answer:
                self.contradictions.append(f"{entry} was answered {answer} when repeated")
        return answer

    def _mail(self, entry: Entry):
        # The source of a small mail is a row of the store, that of a large one a file: one in four is large.
        lines = 1_200 if int(entry.key[:2], 16) % 4 == 0 else 1
        raw = (f"From: <{entry.arguments['email']}>\r\nTo: support@localhost\r\nSubject: {entry.marker}\r\n"
               f"Message-ID: <{entry.key}@example.org>\r\n\r\n" + f"Please help with {entry.marker}, it burns, and the printer with it.\r\n" * lines).encode()
        try:
            said = self.house.lmtp(raw, sender=entry.arguments["email"], timeout=TIMEOUT)
        except AssertionError as error:  # MAIL was refused.
            raise NotTaken(*error.args) from error
        return int(said.split("ticket ")[1].split()[0])

    def _ticket(self, entry: Entry, tags: bytes = b""):
        body = (field(1, entry.marker) + field(2, "Please help.") + field(4, field(2, entry.arguments["email"])) + tags)
        return number(inner(fields(self._rpc("intake", "Intake/CreateTicket", body, entry.key)), 1), 1)

    def _quick(self, entry: Entry):
        """A ticket whose promises fall due within seconds."""
        return self._ticket(entry, field(7, "quick"))

    def _patch(self, entry: Entry):
        """One new tag. The version is asked for once: a repetition names the old one, and is answered by its key."""
        ticket = entry.arguments["ticket"]
        if "version" not in entry.arguments:
            found = fields(self._rpc("intake", "Intake/GetTicket", field(1, ticket), ""))
            entry.arguments["version"], entry.arguments["tags"] = number(found, 14), found.get(12, [])
        tags = b"".join(field(1, tag) for tag in entry.arguments["tags"] + [entry.marker.encode()])
        body = field(1, ticket) + field(2, entry.arguments["version"]) + field(7, tags)
        return self._rpc("intake", "Intake/UpdateTicket", body, entry.key)

    def assign(self, ticket: int, agent: int):
        """A person gives the ticket to an agent."""
        found = fields(self._rpc("intake", "Intake/GetTicket", field(1, ticket), ""))
        self._rpc("intake", "Intake/UpdateTicket", field(1, ticket) + field(2, number(found, 14)) + field(8, agent), "")

    def _web(self, entry: Entry):
        body = {"subject": entry.marker, "body": "Please help.", "requester": {"email": entry.arguments["email"]}}
        return self._post("/tickets", body, entry)["id"]

    def _reply(self, entry: Entry):
        body = {"body": f"See {entry.marker}.", "visibility": "public"}
        return self._post(f"/tickets/{entry.arguments['ticket']}/messages", body, entry)["id"]

    def _note(self, entry: Entry):
        body = {"body": f"See {entry.marker}.", "visibility": "internal"}
        return self._post(f"/tickets/{entry.arguments['ticket']}/messages", body, entry)["id"]

    def _team(self, entry: Entry):
        return self._post("/teams", {"name": entry.marker}, entry)["id"]

    def _calendar(self, entry: Entry):
        body = {"name": entry.marker, "time_zone": "UTC", "hours": {"mon": [["09:00", "17:00"]]}}
        return self._post("/calendars", body, entry)["id"]

    def _token(self, entry: Entry):
        return self._post("/tokens", {"name": entry.marker, "role": "agent", "agent_id": 2}, entry)["id"]

    def _post(self, path: str, body: dict, entry: Entry):
        try:
            answer = self.house.api("POST", path, body, headers={"Idempotency-Key": entry.key}, timeout=TIMEOUT)
            if not isinstance(answer, dict):
                raise NotTaken("the answer is cut off within its head")
            return answer
        except Refused as error:
            entry.refusals.append(str(error))
            raise

    def _rpc(self, service: str, method: str, body: bytes, key: str) -> bytes:
        with self.house.peer(service) as peer:
            code, answer = peer.call(method, body, **({"idempotency_key": key} if key else {}))
        if code != 0:
            raise NotTaken(f"{code} {answer}")
        return answer

    # Clients

    def work(self, kinds: list[str], requests: int, goes_on, clients: int = 3, again: float = 0.25):
        """Some clients at once, each with its share of the requests. What was cut off before is sent again first."""
        old = [entry for entry in self.entries if entry.answer is None and entry.sent < 4][-requests // 3:]

        def client(index: int):
            mine = [self.make(kinds[(index + clients * turn) % len(kinds)]) for turn in range(requests // clients)]
            for entry in old[index::clients] + [entry for entry in mine if entry]:
                if not goes_on():
                    return
                self.attempt(entry)
                if entry.answer is not None and self.chance.random() < again:
                    self.attempt(entry)

        threads = [threading.Thread(target=client, args=(index,)) for index in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive(), "a client hangs"

    def attempt(self, entry: Entry):
        try:
            self.send(entry)
        except BROKEN as error:
            entry.refusals.append(repr(error)[:200])
        except Exception as error:
            self.contradictions.append(f"{entry}: {error!r}")
            raise

    def repeat_everything(self, seconds: float = 30):
        """In the end, with every service well: each request is sent until it is answered, for some seconds at most, and each answer is the first one."""
        for entry in self.entries:
            deadline = time.monotonic() + seconds
            while True:
                try:
                    self.send(entry)
                    break
                except BROKEN as error:
                    if entry.kind == "patch" and str(error).startswith("10 "):
                        # Somebody else has changed the ticket since; fine, if this one was never taken.
                        assert entry.answer is None, f"{entry} was acknowledged, and is refused when repeated: {error}"
                        break
                    assert time.monotonic() < deadline, f"{entry} is not taken: {error!r}"
                    time.sleep(0.05)
        assert not self.contradictions, "\n".join(self.contradictions)

    def acknowledged(self, *kinds: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind in kinds and entry.answer is not None]
