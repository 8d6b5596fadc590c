"""Reads the five stores, read-only, after everything has stopped: laws that hold in one store, and between stores."""
import collections
import email
import email.policy
import hashlib
import sqlite3
import time

from desk import SERVICES
from house import PEERS
from wire import fields, inner, number, text

STATUS = ["", "new", "open", "pending", "on_hold", "solved", "closed"]
PRIORITY = ["", "low", "normal", "high", "urgent"]
ACKNOWLEDGEMENT, ASSIGNMENT, REPLY, WARNING, BREACH, SOLVED = "acknowledgement", "assignment", "reply", "sla_warning", "sla_breach", "solved"


class Journaled:
    """One entry of a journal. `body` holds the fields of the one body that it has, `kind` is that body's name."""

    def __init__(self, row: sqlite3.Row):
        self.offset, self.term, self.at, self.kind = row["entry_offset"], row["term"], row["at_ms"], row["kind"]
        self.cause = (row["cause_service"], row["cause_offset"])
        self.ticket, self.version = row["ticket_id"], row["version"]
        held = fields(row["body"])
        self.body = fields(next(iter(held.values()))[-1]) if held else {}
        self.actor = fields(row["actor"])


class Stores:
    """All rows that the checks look at."""

    def __init__(self, data):
        self.data = data
        self.databases = {name: open_store(data / name / "store.sqlite") for name in SERVICES}
        self.load()

    def load(self):
        self.journals = {
            name: [Journaled(row) for row in self.rows(name, "SELECT * FROM journal_entry ORDER BY entry_offset")] for name in SERVICES}

    def rows(self, service: str, sql: str, *values) -> list[sqlite3.Row]:
        return self.databases[service].execute(sql, values).fetchall()

    def damage(self, service: str) -> list[str]:
        """What the engine itself finds wrong."""
        found = []
        whole = self.rows(service, "PRAGMA integrity_check")[0][0]
        if whole != "ok":
            found.append(f"integrity: {whole}")
        if broken := self.rows(service, "PRAGMA foreign_key_check"):
            found.append(f"{len(broken)} foreign keys lead nowhere")
        return found

    def blob(self, name: str) -> bytes | None:
        """The content of one of Intake's blobs; None when it is not there."""
        for row in self.rows("intake", "SELECT content_id FROM store_blob WHERE hash = ?", name):
            parts = self.rows("intake", "SELECT bytes FROM store_blob_part WHERE content_id = ? ORDER BY entry_offset", row["content_id"])
            return b"".join(part["bytes"] for part in parts)
        # Beside SQLite, what is large is a file.
        path = self.data / "intake" / "blobs" / name[:2] / name
        return path.read_bytes() if path.exists() else None

    def of_kind(self, service: str, kind: str) -> list[Journaled]:
        return [entry for entry in self.journals[service] if entry.kind == kind]

    def close(self):
        for database in self.databases.values():
            database.close()


def open_store(path) -> sqlite3.Connection:
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    return database


def problems_of(data, ledger=None, in_the_end: bool = True, make=Stores) -> list[str]:
    """Everything that is wrong. `in_the_end`: every follower has had the time to catch up. `make` opens the stores."""
    stores = make(data)
    try:
        found = []
        for service in SERVICES:
            found += [f"{service}: {problem}" for problem in journal_problems(stores, service)]
        found += cursor_problems(stores)
        found += ticket_problems(stores) + blob_problems(stores)
        found += routing_problems(stores, in_the_end) + timer_problems(stores, in_the_end)
        found += delivery_problems(stores, in_the_end)
        if ledger:
            found += ledger_problems(stores, ledger)
        return found
    finally:
        stores.close()


def journal_problems(stores: Stores, service: str) -> list[str]:
    found = stores.damage(service)
    entries = stores.journals[service]
    meta = stores.rows(service, "SELECT * FROM store_meta")[0]
    if [entry.offset for entry in entries] != list(range(1, len(entries) + 1)):
        found.append("the journal's offsets have gaps")
    if meta["journal_head"] != len(entries):
        found.append(f"the head is {meta['journal_head']} and the journal has {len(entries)} entries")
    for before, after in zip(entries, entries[1:]):
        if after.at < before.at:
            found.append(f"entry {after.offset} is {before.at - after.at} ms earlier than the one before")
        if after.term < before.term:
            found.append(f"entry {after.offset} is of an older term than the one before")
    return found


def cursor_problems(stores: Stores) -> list[str]:
    found = []
    for service in SERVICES:
        for row in stores.rows(service, "SELECT * FROM journal_cursor"):
            entries = stores.journals[row["source"]]
            place = row["entry_offset"]
            if place > len(entries):
                found.append(f"{service} has read {row['source']} to {place}, but it ends at {len(entries)}")
            elif place and entries[place - 1].term != row["term"]:
                found.append(f"{service} has read entry {place} of {row['source']} in term {row['term']}, which it is not of")
    return found


# Intake

def ticket_problems(stores: Stores) -> list[str]:
    found = []
    states: dict[int, dict] = {}
    counts: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for entry in stores.journals["intake"]:
        try:
            replay(entry, states, counts)
            if entry.kind == "TicketChanged" and entry.cause[0] == "routing":
                proposal = stores.journals["routing"][entry.cause[1] - 1]
                if number(proposal.body, 1) != states[entry.ticket]["epoch before"]:
                    raise ValueError(f"proposal {proposal.offset} of epoch {number(proposal.body, 1)} was applied in another")
        except ValueError as error:
            found.append(f"intake entry {entry.offset}: {error}")
    rows = stores.rows("intake", "SELECT * FROM tickets")
    if {row["id"] for row in rows} != set(states):
        found.append(f"tickets {sorted(set(states) ^ {row['id'] for row in rows})} stand only in the journal or only in the store")
    lines = collections.Counter((row["ticket_id"], row["kind"]) for row in stores.rows("intake", "SELECT ticket_id, kind FROM history"))
    messages = collections.Counter(row["ticket_id"] for row in stores.rows("intake", "SELECT ticket_id FROM messages"))
    search = collections.Counter(row["ticket_id"] for row in stores.rows("intake", "SELECT ticket_id FROM search_rows"))
    for row in rows:
        ticket, state = row["id"], states.get(row["id"], {})
        there = {
            "status": STATUS[row["status"]], "priority": PRIORITY[row["priority"]], "team_id": row["team_id"],
            "assignee_id": row["assignee_id"], "tier": row["tier"], "epoch": row["assignment_epoch"], "version": row["version"]}
        for name, value in there.items():
            if state and state[name] != value:
                found.append(f"ticket {ticket}: {name} is {value} in the store, {state[name]} in its journal")
        tallies = {
            "messages": (messages[ticket], row["message_count"], counts["messages"][ticket], lines[ticket, "message.added"]),
            "search rows": (search[ticket], row["message_count"] + 1),
            "creations": (1, lines[ticket, "ticket.created"]),
            "assignments": (counts["assignments"][ticket], lines[ticket, "ticket.assigned"])}
        for name, values in tallies.items():
            if len(set(values)) != 1:
                found.append(f"ticket {ticket}: {name} are {values} in state, history and journal")
    if repeated := stores.rows("intake", "SELECT entry, n FROM (SELECT cause_service || ':' || cause_offset AS entry, count(*) AS n "
                               "FROM journal_entry WHERE cause_service = 'routing' GROUP BY 1) AS counted WHERE n > 1"):
        found.append(f"intake answered a proposal more than once: {[row['entry'] for row in repeated]}")
    return found


def replay(entry: Journaled, states: dict, counts: dict):
    """Brings the ticket's state one entry further, and checks that the entry's old values are what the state has."""
    if entry.kind == "TicketCreated":
        if entry.ticket in states:
            raise ValueError(f"ticket {entry.ticket} is created twice")
        body = entry.body
        states[entry.ticket] = {
            "status": STATUS[number(body, 4)], "priority": PRIORITY[number(body, 5)], "team_id": number(body, 7),
            "assignee_id": number(body, 8), "tier": number(body, 9), "epoch": number(body, 12), "version": entry.version,
            "tags": ",".join(tag.decode() for tag in body.get(10, []))}
        counts["assignments"][entry.ticket] += number(body, 8) != 0
        return
    if entry.ticket not in states:
        if entry.ticket and entry.kind != "ProposalRefused":
            raise ValueError(f"{entry.kind} of a ticket that was never created")
        return
    state = states[entry.ticket]
    if entry.version < state["version"]:
        raise ValueError(f"version {entry.version} after {state['version']}")
    state["version"] = entry.version
    if entry.kind == "MessageAdded":
        counts["messages"][entry.ticket] += 1
    elif entry.kind == "TicketChanged":
        state["epoch before"], state["epoch"] = state["epoch"], number(entry.body, 2)
        for change in map(fields, entry.body.get(1, [])):
            name, old, new = text(change, 1), text(change, 2), text(change, 3)
            if name not in state:
                continue
            if name in ("team_id", "assignee_id", "tier"):
                old, new = int(old or 0), int(new or 0)
            if state[name] != old:
                raise ValueError(f"{name} changes from {old!r}, but was {state[name]!r}")
            state[name] = new
            counts["assignments"][entry.ticket] += name == "assignee_id" and new != 0


def blob_problems(stores: Stores) -> list[str]:
    found = []
    named = stores.rows("intake", "SELECT source_hash AS hash FROM messages WHERE source_hash IS NOT NULL "
                        "UNION SELECT blob_hash FROM attachments")
    for row in named:
        content = stores.blob(row["hash"])
        if content is None:
            found.append(f"blob {row['hash']} is named but not there")
        elif hashlib.sha256(content).hexdigest() != row["hash"]:
            found.append(f"blob {row['hash']} has other content than its name says")
    return found


# Routing

def routing_problems(stores: Stores, in_the_end: bool) -> list[str]:
    found = []
    proposals = stores.of_kind("routing", "AssignmentProposed")
    answers = {entry.cause[1]: entry for entry in stores.journals["intake"] if entry.cause[0] == "routing"}
    read = cursor(stores, "intake", "routing")
    decided: dict[tuple, Journaled] = {}
    for entry in proposals:
        place = (entry.ticket, number(entry.body, 1), number(entry.body, 3) != 0)
        before = decided.get(place)
        refused = before and answers.get(before.offset) and answers[before.offset].kind == "ProposalRefused"
        if before and not refused:
            found.append(f"ticket {entry.ticket} is decided on twice in epoch {place[1]}: {before.offset} and {entry.offset}")
        decided[place] = entry
        if entry.offset <= read and entry.offset not in answers:
            found.append(f"intake has read proposal {entry.offset}, and neither applied nor refused it")
        if entry.offset > read and in_the_end:
            found.append(f"proposal {entry.offset} was never read")
    rows = {row["id"]: row for row in stores.rows("routing", "SELECT * FROM tickets")}
    tickets = {row["id"]: row for row in stores.rows("intake", "SELECT * FROM tickets")}
    if in_the_end:
        for ticket, row in tickets.items():
            known = rows.get(ticket)
            same = known and all(known[a] == row[b] for a, b in [
                ("status", "status"), ("team_id", "team_id"), ("assignee_id", "assignee_id"), ("epoch", "assignment_epoch")])
            if not same:
                found.append(f"routing knows ticket {ticket} as {known and dict(known)}")
            elif not row["assignee_id"] and row["status"] < 5 and not known["queued_at_ms"] and not known["proposed_id"]:
                found.append(f"ticket {ticket} neither waits in the queue nor is given to anybody")
    load = collections.Counter(row["assignee_id"] for row in tickets.values() if row["status"] < 5)
    for agent in stores.rows("routing", "SELECT id, capacity FROM agents"):
        if load[agent["id"]] > agent["capacity"]:
            found.append(f"agent {agent['id']} has {load[agent['id']]} tickets, and room for {agent['capacity']}")
    return found


def cursor(stores: Stores, service: str, source: str) -> int:
    rows = stores.rows(service, "SELECT entry_offset FROM journal_cursor WHERE source = ?", source)
    return rows[0]["entry_offset"] if rows else 0


# SLA timer

def timer_problems(stores: Stores, in_the_end: bool) -> list[str]:
    found = []
    tickets = {entry.ticket: entry for entry in stores.of_kind("intake", "TicketCreated")}
    for kind in ("TimerWarned", "TimerBreached"):
        seen = collections.Counter()
        for entry in stores.of_kind("sla-timer", kind):
            seen[entry.ticket, number(entry.body, 1), number(entry.body, 2)] += 1
            if kind == "TimerBreached" and entry.at < number(entry.body, 2):
                found.append(f"{kind} of ticket {entry.ticket} came {number(entry.body, 2) - entry.at} ms early")
        for (ticket, metric, due), times in seen.items():
            if times != 1:
                found.append(f"{kind} of ticket {ticket}, metric {metric}, due {due} was announced {times} times")
    answered: dict[int, int] = {}
    for entry in stores.of_kind("intake", "MessageAdded"):
        by_agent = number(inner(entry.body, 2), 1) == 3
        if by_agent and number(entry.body, 3) == 1 and not number(entry.body, 6):
            answered.setdefault(entry.ticket, entry.at)
    for entry in stores.of_kind("sla-timer", "TimerBreached"):
        due = number(entry.body, 2)
        if number(entry.body, 1) == 1 and answered.get(entry.ticket, due + 1) < due:
            found.append(f"ticket {entry.ticket} breaches its first response of {due}, answered at {answered[entry.ticket]}")
    if in_the_end:
        known = {row["id"] for row in stores.rows("sla-timer", "SELECT id FROM ticket")}
        if missing := set(tickets) - known:
            found.append(f"tickets {sorted(missing)} have no timers")
        last = min([time.time() * 1000] + [entry.at for entry in stores.journals["sla-timer"][-1:]])
        for row in stores.rows("sla-timer", "SELECT * FROM timer WHERE state = 1 AND due_at_ms > 0 AND due_at_ms + 2000 < ?", last):
            found.append(f"timer {row['id']} of ticket {row['ticket_id']} was due at {row['due_at_ms']} and never fired")
    for kind, line in (("TimerWarned", "sla.warned"), ("TimerBreached", "sla.breached")):
        read = cursor(stores, "intake", "sla-timer")
        told = collections.Counter(entry.ticket for entry in stores.of_kind("sla-timer", kind) if entry.offset <= read)
        written = collections.Counter(row["ticket_id"] for row in stores.rows("intake", "SELECT ticket_id FROM history WHERE kind = ?", line))
        if told != written:
            found.append(f"{line} stands in the history {dict(written)}, and was told {dict(told)}")
    return found


# Notification

def wanted_deliveries(stores: Stores) -> collections.Counter:
    """What the journals ask for: (kind, ticket), as far as Notification has read them."""
    wanted = collections.Counter()
    read = cursor(stores, "notification", "intake")
    for entry in stores.journals["intake"]:
        if entry.offset > read:
            break
        if entry.kind == "TicketCreated" and not number(entry.body, 13) and not number(entry.body, 14) and number(entry.body, 3) != 4:
            wanted[ACKNOWLEDGEMENT, entry.ticket] += 1
        elif entry.kind == "TicketChanged":
            changes = [fields(change) for change in entry.body.get(1, [])]
            wanted[ASSIGNMENT, entry.ticket] += any(text(c, 1) == "assignee_id" and text(c, 3) not in ("", "0") for c in changes)
            wanted[SOLVED, entry.ticket] += any(text(c, 1) == "status" and text(c, 3) == "solved" for c in changes)
        elif entry.kind == "MessageAdded":
            by_agent = number(inner(entry.body, 2), 1) == 3
            wanted[REPLY, entry.ticket] += by_agent and number(entry.body, 3) == 1 and not number(entry.body, 6)
    read = cursor(stores, "notification", "sla-timer")
    for kind, delivery in (("TimerWarned", WARNING), ("TimerBreached", BREACH)):
        for entry in stores.of_kind("sla-timer", kind):
            wanted[delivery, entry.ticket] += entry.offset <= read
    return +wanted


def delivery_problems(stores: Stores, in_the_end: bool) -> list[str]:
    found = []
    rows = stores.rows("notification", "SELECT * FROM deliveries")
    names = ["", ACKNOWLEDGEMENT, ASSIGNMENT, REPLY, WARNING, BREACH, SOLVED]
    there = collections.Counter((names[row["kind"]], row["ticket_id"]) for row in rows)
    wanted = wanted_deliveries(stores)
    if there != wanted:
        found.append(f"deliveries too many: {dict(there - wanted)}, missing: {dict(wanted - there)}")
    sent = collections.Counter(number(entry.body, 1) for entry in stores.of_kind("notification", "DeliveryChanged") if number(entry.body, 3) == 2)
    outbox = {}
    for path in (stores.data / "outbox" / "new").iterdir():
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        outbox.setdefault(mail["Message-ID"], []).append(path.name)
        if not mail["Message-ID"] or not mail.get_body():
            found.append(f"outbox mail {path.name} is torn")
    for identity, paths in outbox.items():
        if len(paths) != 1:
            found.append(f"{identity} stands in the outbox as {paths}")
    for row in rows:
        if row["state"] in (5, 6, 7) and in_the_end:
            found.append(f"delivery {row['id']} waits still: {row['last_error']}")
        if sent[row["id"]] != (row["state"] == 2):
            found.append(f"delivery {row['id']} in state {row['state']} was sent {sent[row['id']]} times")
        if row["state"] == 2 and row["message_id_header"] and row["message_id_header"] not in outbox:
            found.append(f"delivery {row['id']} was sent as {row['message_id_header']}, which is not in the outbox")
    if sum(row["state"] == 2 for row in rows) != len(outbox) and in_the_end:
        found.append(f"{sum(row['state'] == 2 for row in rows)} deliveries were sent, the outbox has {len(outbox)}")
    return found


# The ledger

#: Where what was asked for stands: service, and the SQL that lists (marker, id).
PLACES = {
    "ticket": ("intake", "SELECT subject AS marker, id FROM tickets"),
    "message": ("intake", "SELECT text AS marker, id FROM messages WHERE text LIKE 'See %'"),
    "team": ("routing", "SELECT name AS marker, id FROM teams"),
    "calendar": ("sla-timer", "SELECT name AS marker, id FROM calendar WHERE is_current = 1"),
    "token": ("gateway", "SELECT name AS marker, id FROM tokens"),
}
TABLE = {"mail": "ticket", "ticket": "ticket", "web": "ticket", "quick": "ticket", "reply": "message", "note": "message",
         "team": "team", "calendar": "calendar", "token": "token"}


def ledger_problems(stores: Stores, ledger) -> list[str]:
    found = list(ledger.contradictions)
    there: dict[str, dict] = {}
    for name, (service, sql) in PLACES.items():
        there[name] = collections.defaultdict(list)
        for row in stores.rows(service, sql):
            there[name][row["marker"].removeprefix("See ").strip().rstrip(".")].append(row["id"])
    tags = collections.defaultdict(int)
    for entry in stores.of_kind("intake", "TicketChanged"):
        for change in map(fields, entry.body.get(1, [])):
            if text(change, 1) == "tags":
                for tag in set(text(change, 3).split(",")) - set(text(change, 2).split(",")):
                    tags[tag] += 1
    for entry in ledger.entries:
        if entry.kind == "patch":
            times, wanted = tags[entry.marker], entry.answer is not None
            if times > 1 or (wanted and not times):
                found.append(f"{entry.marker} ({entry.refusals}) is in the journal {times} times, acknowledged: {wanted}")
            continue
        ids = there[TABLE[entry.kind]][entry.marker]
        if len(ids) > 1:
            found.append(f"{entry.marker} is there {len(ids)} times: {ids}")
        if entry.answer is not None and ids != [entry.answer]:
            found.append(f"{entry.marker} was acknowledged as {entry.answer}, and is there as {ids}")
    return found
