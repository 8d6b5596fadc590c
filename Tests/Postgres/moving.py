"""Help desks whose stores are moved: what one shows to the outside, and how the operator's command is run on it."""
import hashlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.parse

SYSTEM = pathlib.Path(__file__).resolve().parents[1] / "System"
sys.path[:0] = [str(SYSTEM)]

from desk import PROGRAMS, SERVICES, Desk, wait_for  # noqa: E402
from postgres import PostgresServer, binaries  # noqa: E402
from test_whole_way import customers_mail  # noqa: E402

QUERIES = ["принтер", "printer", "крышку", "status:open", "klappe", "\"paper jam\""]


class Places:
    """Databases of one server, each empty."""

    def __init__(self, server: PostgresServer):
        self.server, self.count = server, 0

    def fresh(self) -> "Place":
        self.count += 1
        return Place(self.server.database(f"moving_{self.count}"))


class Place(str):
    """The URL of a database."""

    def sql(self, statement: str) -> str:
        """What psql answers, without decoration."""
        command = [str(binaries() / "psql"), "-AtX", "-v", "ON_ERROR_STOP=1", str(self), "-c", statement]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def moving(data: pathlib.Path, *options: str) -> list[str]:
    return [str(PROGRAMS / "firstline"), "migrate-store", "--data", str(data), *options]


def move(data: pathlib.Path, *options: str) -> subprocess.CompletedProcess:
    return subprocess.run(moving(data, *options), capture_output=True, text=True, timeout=300)


def killed_move(data: pathlib.Path, seconds: float, *options: str) -> int:
    """Everything of it ends after `seconds` by SIGKILL, unless it was quicker; the exit code."""
    process = subprocess.Popen(
        moving(data, *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait(10)


def fill(desk: Desk):
    """Tickets by mail and by API, in two languages, with files, notes, people and promises."""
    agent = desk.agent()
    desk.api("POST", "/sla_policies", {
        "name": "Quick", "position": 1, "conditions": {"all": [{"field": "priority", "op": "is", "value": "urgent"}]}, "calendar_id": 1,
        "targets": {"urgent": {"first_response": "PT1H", "next_response": "PT2H", "resolution": "PT8H"}}, "warn_at": 0.8})
    desk.lmtp(customers_mail().as_bytes())
    large = desk.api("POST", "/attachments?filename=large.bin", raw=bytes(range(256)) * (36 << 10), headers={"Content-Type": "image/x-raw"})
    for number in range(30):
        desk.api("POST", "/tickets", {
            "subject": f"Printer {number}", "body": f"It shows a paper jam, number {number}.", "priority": ["low", "urgent"][number % 2],
            "requester": {"email": f"r{number % 7}@example.org", "name": f"Requester {number % 7}"}, "tags": ["printer", f"t{number % 3}"],
            **({"attachments": [large["id"]]} if number == 0 else {})})
    desk.api("POST", "/tickets/1/messages", {"body": "Откройте крышку.", "visibility": "public"})
    desk.api("POST", "/tickets/1/messages", {"body": "Die Klappe klemmt oft.", "visibility": "internal"})
    wait_for(lambda: all(ticket["assignee_id"] == agent["id"] for ticket in desk.all("/tickets")), 60)
    settle(desk)


def settle(desk: Desk):
    """Waits until every follower has everything, and every mail has gone."""
    def is_settled():
        services = desk.status()
        return all(follow["lag"] == 0 for one in services.values() for follow in one["follows"]) and not desk.api(
            "GET", "/deliveries?state=waiting&limit=50")["items"]
    wait_for(lambda: is_settled() and is_settled(), 60, 0.3)


def shown(desk: Desk) -> dict:
    """What a desk answers that no move may change."""
    tickets = desk.all("/tickets")
    files = {}
    messages = {}
    for ticket in tickets:
        messages[ticket["id"]] = desk.all(f"/tickets/{ticket['id']}/messages")
        for message in messages[ticket["id"]]:
            for attachment in message["attachments"]:
                body = desk.request("GET", f"/api/v1/attachments/{attachment['id']}").body
                files[attachment["id"]] = hashlib.sha256(body).hexdigest()
    hits = {}
    for query in QUERIES:
        found = desk.api("GET", f"/search?limit=200&q={urllib.parse.quote(query)}")["items"]
        hits[query] = sorted(hit["id"] if "id" in hit else hit["ticket"]["id"] for hit in found)
    timers = {ticket["id"]: [{name: timer[name] for name in ("metric", "state", "started_at", "due_at", "policy_id")}
                             for timer in desk.api("GET", f"/tickets/{ticket['id']}/sla")["timers"]] for ticket in tickets}
    agents = [{name: agent[name] for name in ("id", "name", "email", "tier", "capacity", "load")} for agent in desk.all("/agents")]
    return {
        "tickets": [{name: value for name, value in ticket.items() if name != "sla"} for ticket in tickets], "messages": messages,
        "files": files, "hits": hits, "timers": timers, "agents": agents, "requesters": desk.all("/requesters"),
        "history": {ticket["id"]: desk.all(f"/tickets/{ticket['id']}/history") for ticket in tickets},
        "requesters found": [one["id"] for one in desk.all("/requesters?q=req")],
        "policies": desk.all("/sla_policies"), "deliveries": desk.all("/deliveries")}


def journals(desk: Desk) -> dict:
    return {name: one["journal"] for name, one in desk.status().items()}


def stores(data: pathlib.Path) -> dict:
    """What the SQLite stores hold, as text."""
    found = {}
    for name in SERVICES:
        database = sqlite3.connect(f"file:{data}/{name}/store.sqlite?mode=ro", uri=True)
        found[name] = hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()
        database.close()
    return found


def fresh_data(old: pathlib.Path, new: pathlib.Path) -> pathlib.Path:
    """A data folder with what the old one holds beside its stores: certificates, keys, the administrator's token."""
    new.mkdir(mode=0o700, parents=True)
    shutil.copytree(old / "certs", new / "certs")
    shutil.copy2(old / "admin.token", new / "admin.token")
    (new / "gateway").mkdir(mode=0o700)
    shutil.copy2(old / "gateway" / "principal.key", new / "gateway" / "principal.key")
    return new
