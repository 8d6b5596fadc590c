"""One ticket's way through the real executables, from a customer's mail to the solved ticket."""
import base64
import email.message
import email.utils
import uuid

import pytest
from desk import Desk, wait_for

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_desk(request, tmp_path):
    """A running desk of this test's own, on each engine."""
    environment = {}
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        environment = {"FIRSTLINE_STORE": server.database(f"desk{uuid.uuid4().hex}")}
    desk = Desk(tmp_path / "data", environment=environment).start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


def customers_mail() -> email.message.EmailMessage:
    mail = email.message.EmailMessage()
    mail["From"] = "Анна Петрова <anna@example.org>"
    mail["To"] = "support@localhost"
    mail["Subject"] = "Не печатает принтер – помогите"
    mail["Message-ID"] = email.utils.make_msgid(domain="example.org")
    mail["Date"] = email.utils.formatdate()
    mail.set_content("Здравствуйте!\n\nПринтер мигает красным.\n\n-- \nАнна\n")
    mail.add_alternative("<p>Здравствуйте!</p><p>Принтер мигает <b>красным</b>.</p>", subtype="html")
    mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="принтер.png")
    return mail


def test_one_ticket_from_mail_to_solved(fresh_desk):
    desk = fresh_desk
    live = desk.events()
    agent = desk.agent()

    # In by LMTP.
    first = customers_mail()
    text = desk.lmtp(first.as_bytes())
    ticket_id, message_id = (int(word) for word in text.split("ticket ")[1].split(" message "))
    ticket = desk.api("GET", f"/tickets/{ticket_id}")
    assert ticket["subject"] == "Не печатает принтер – помогите"
    assert ticket["channel"] == "email"
    assert ticket["requester"]["email"] == "anna@example.org"
    assert ticket["requester"]["name"] == "Анна Петрова"

    messages = desk.all(f"/tickets/{ticket_id}/messages")
    assert [message["id"] for message in messages] == [message_id]
    assert "красным" in messages[0]["text"] and "Анна" not in messages[0]["new_text"]
    attachment = messages[0]["attachments"][0]
    assert attachment["filename"] == "принтер.png" and attachment["size"] == len(PICTURE)
    download = desk.request("GET", f"/api/v1/attachments/{attachment['id']}")
    assert download.body == PICTURE and download.headers["x-content-type-options"] == "nosniff"

    # Assigned, promised, acknowledged; the agent is told.
    ticket = wait_for(lambda: (t := desk.api("GET", f"/tickets/{ticket_id}"))["assignee_id"] and t)
    assert ticket["assignee_id"] == agent["id"] and ticket["status"] == "open"
    timers = wait_for(lambda: (t := desk.api("GET", f"/tickets/{ticket_id}/sla")["timers"]) and len(t) >= 2 and t)
    assert {timer["metric"] for timer in timers} >= {"first_response", "resolution"}
    assert all(timer["state"] == "running" and timer["explanation"] for timer in timers)
    acknowledgement = wait_for(lambda: desk.mail_to("anna@example.org"))[0]
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert first["Message-ID"] in acknowledgement["In-Reply-To"]
    assert acknowledgement["Return-Path"] == "<>"
    wait_for(lambda: desk.mail_to(agent["email"]))

    # Answered through the API, with the attachment sent back.
    token = desk.firstline("token", "create", "--role", "agent", "--agent-id", str(agent["id"])).stdout.decode().strip()
    upload = desk.api(
        "POST", "/attachments?filename=anleitung.txt", raw="Öffnen Sie die Klappe.".encode(), headers={"Content-Type": "text/plain"},
        token=token)
    reply = desk.api(
        "POST", f"/tickets/{ticket_id}/messages",
        {"body": "Откройте крышку.", "visibility": "public", "attachments": [upload["id"]], "status": "pending", "seen_message_count": 1},
        token=token)
    assert reply["author"]["id"] == agent["id"]
    sent = wait_for(lambda: [mail for mail in desk.mail_to("anna@example.org") if "Откройте крышку." in mail.get_body(("plain",)).get_content()])[0]
    assert sent["Subject"].endswith("Не печатает принтер – помогите")
    assert first["Message-ID"] in sent["References"]
    assert "Auto-Submitted" not in sent
    (sent_attachment,) = list(sent.iter_attachments())
    assert sent_attachment.get_filename() == "anleitung.txt"
    assert sent_attachment.get_payload(decode=True).decode() == "Öffnen Sie die Klappe."

    # The customer answers; it lands in the same ticket and reopens it.
    answer = email.message.EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = first["From"], sent["Reply-To"] or sent["From"], "Re: " + first["Subject"]
    answer["Message-ID"], answer["In-Reply-To"] = email.utils.make_msgid(domain="example.org"), sent["Message-ID"]
    answer.set_content("Теперь печатает, спасибо!\n\n> Откройте крышку.\n")
    recipient = email.utils.parseaddr(answer["To"])[1]
    assert f"ticket {ticket_id} " in desk.lmtp(answer.as_bytes(), recipient=recipient)
    assert desk.api("GET", f"/tickets/{ticket_id}")["status"] == "open"
    timers = wait_for(lambda: {t["metric"]: t["state"] for t in desk.api("GET", f"/tickets/{ticket_id}/sla")["timers"]} if len(
        desk.api("GET", f"/tickets/{ticket_id}/sla")["timers"]) == 3 else None)
    assert timers == {"first_response": "met", "next_response": "running", "resolution": "running"}

    # Solved; everything is in the history and was seen live.
    current = desk.request("GET", f"/api/v1/tickets/{ticket_id}")
    solved = desk.api("PATCH", f"/tickets/{ticket_id}", {"status": "solved"}, headers={"If-Match": current.headers["etag"]}, token=token)
    assert solved["status"] == "solved" and solved["solved_at"]
    history = desk.history_kinds(ticket_id)
    assert history[0] == "ticket.created"
    assert history.count("message.added") == 3 and history.count("ticket.assigned") == 1
    assert history.count("ticket.status_changed") >= 3
    wait_for(lambda: desk.api("GET", f"/tickets/{ticket_id}/sla")["timers"][-1]["state"] == "met")
    wait_for(lambda: "delivery.changed" in live.kinds(ticket_id) and live.kinds(ticket_id).count("ticket.status_changed") >= 3)
    assert {"ticket.created", "message.added", "ticket.assigned", "ticket.status_changed", "delivery.changed"} <= set(live.kinds(ticket_id))
    live.close()

    # It can be found, and the source is kept byte for byte.
    assert ticket_id in [hit["id"] if "id" in hit else hit["ticket"]["id"] for hit in desk.api("GET", "/search?q=%D0%BF%D1%80%D0%B8%D0%BD%D1%82%D0%B5%D1%80")["items"]]


def test_the_second_run_on_the_same_data_refuses(desk):
    from desk import PROGRAMS
    import subprocess
    second = subprocess.run(
        [PROGRAMS / "firstline", "up", "--data", desk.data, "--http", "127.0.0.1:0", "--base-port", "0"],
        capture_output=True, text=True, timeout=20)
    assert second.returncode != 0
    assert "in use" in second.stderr and len(second.stderr.strip().splitlines()) == 1


def test_ctrl_c_leaves_no_process(fresh_desk):
    pids = fresh_desk.pids()
    assert len(pids) == 5
    assert fresh_desk.stop() == 0


def test_mail_by_the_pipe_exits_0_only_once_it_is_stored(desk):
    mail = customers_mail()
    done = desk.firstline("mail", "--sender", "anna@example.org", stdin=mail.as_bytes())
    ticket_id = int(done.stdout.split()[1])
    assert desk.api("GET", f"/tickets/{ticket_id}")["channel"] == "email"
    again = desk.firstline("mail", "--sender", "anna@example.org", stdin=mail.as_bytes())
    assert again.stdout == done.stdout
