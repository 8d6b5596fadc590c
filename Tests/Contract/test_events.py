"""`GET /events`: live changes, resumable."""
from desk import wait_for


def test_events_have_rising_ids_and_resume_after_the_last_one_seen(desk):
    live = desk.events()
    ticket = desk.ticket()
    wait_for(lambda: {"ticket.created", "message.added", "ticket.queued", "timer.changed"} <= set(live.kinds(ticket["id"])))
    wait_for(lambda: "delivery.changed" in live.kinds(ticket["id"]))
    live.close()
    ids = [int(event["id"]) for event in live.events]
    assert ids == sorted(set(ids)) and all(event["event"] and event["at"] for event in live.events)
    desk.patch(f"/tickets/{ticket['id']}", {"status": "pending"})
    middle = len(ids) // 2
    again = desk.events(last_event_id=str(ids[middle]))
    wait_for(lambda: "ticket.status_changed" in again.kinds(ticket["id"]))
    again.close()
    assert [event for event in again.events if int(event["id"]) <= ids[-1]] == live.events[middle + 1:]


def test_events_resume_over_a_restart(desk):
    live = desk.events()
    first = desk.ticket()
    wait_for(lambda: "ticket.created" in live.kinds(first["id"]))
    last = live.events[-1]["id"]
    live.close()
    second = desk.ticket()
    assert desk.stop() == 0
    desk.start()
    again = desk.events(last_event_id=last)
    wait_for(lambda: {"ticket.created", "ticket.queued"} <= set(again.kinds(second["id"])))
    again.close()
    created = [event for event in again.events if event["event"] == "ticket.created"]
    assert [event["ticket_id"] for event in created] == [second["id"]]


def test_a_requester_sees_its_own_public_events_alone(desk, annas_token, agent_token):
    own, other = desk.ticket(), desk.ticket(requester={"email": "other@example.org"})
    desk.api("POST", f"/tickets/{own['id']}/messages", {"body": "n", "visibility": "internal"}, token=agent_token)
    reply = desk.api("POST", f"/tickets/{own['id']}/messages", {"body": "r", "visibility": "public"}, token=agent_token)
    live = desk.events(last_event_id="0")
    wait_for(lambda: [e for e in live.events if e.get("message_id") == reply["id"]])
    everything = list(live.events)
    live.close()
    token, desk_token = annas_token, desk.admin_token
    (desk.data / "admin.token").write_text(token + "\n")
    try:
        hers = desk.events(last_event_id="0")
    finally:
        (desk.data / "admin.token").write_text(desk_token + "\n")
    wait_for(lambda: [e for e in hers.events if e.get("message_id") == reply["id"]])
    hers.close()
    assert hers.kinds(other["id"]) == [] and len(hers.events) < len(everything)
    assert all(event.get("visibility", "public") == "public" for event in hers.events)


def test_events_want_a_token(desk):
    answer = desk.request("GET", "/api/v1/events", token="")
    assert answer.status == 401
