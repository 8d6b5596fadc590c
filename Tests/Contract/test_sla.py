"""Calendars, previews, policies and timers."""
import datetime

import pytest

from desk import Refused, wait_for

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
ATHENS = {
    "name": "Athens", "time_zone": "Europe/Athens",
    "hours": {day: [["09:00", "12:30"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": [{"date": "2026-01-06", "name": "Epiphany"}]}


def preview(desk, **asked) -> dict:
    return desk.api("POST", "/calendars/preview", asked)


def test_a_calendar_is_as_it_was_given_and_changes(desk):
    calendar = desk.api("POST", "/calendars", ATHENS)
    assert {name: calendar[name] for name in ATHENS} == ATHENS
    assert desk.api("GET", f"/calendars/{calendar['id']}") == calendar
    changed = desk.api("PATCH", f"/calendars/{calendar['id']}", {"name": "Athina", "holidays": []})
    assert changed["name"] == "Athina" and changed["holidays"] == [] and changed["hours"] == ATHENS["hours"]
    assert desk.request("DELETE", f"/api/v1/calendars/{calendar['id']}").status == 204
    assert desk.request("GET", f"/api/v1/calendars/{calendar['id']}").status == 404
    assert desk.request("DELETE", "/api/v1/calendars/1").status == 409


@pytest.mark.parametrize("change", [
    {"time_zone": "Europe/Nowhere"}, {"hours": {"mon": [["17:00", "09:00"]]}}, {"hours": {"mon": [["09:00", "25:00"]]}},
    {"hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, {"holidays": [{"date": "2026-02-30"}]}, {"hours": {"mon": [["09:00"]]}},
])
def test_a_calendar_that_makes_no_sense_is_refused(desk, change):
    assert desk.request("POST", "/api/v1/calendars", {**ATHENS, **change}).status == 422


@pytest.mark.parametrize("start, business, due", [
    # Monday morning in Athens is two hours before UTC in winter; lunch does not count; Tuesday is a holiday.
    ("2026-01-05T07:00:00Z", "PT4H", "2026-01-05T11:30:00.000Z"),
    ("2026-01-05T07:00:00Z", "PT3H30M", "2026-01-05T10:30:00.000Z"),
    ("2026-01-05T14:00:00Z", "PT2H", "2026-01-07T08:00:00.000Z"),
    ("2026-01-10T00:00:00Z", "PT30M", "2026-01-12T07:30:00.000Z"),
    # Summer time begins on Sunday, 29 March 2026.
    ("2026-03-27T14:00:00Z", "PT2H", "2026-03-30T07:00:00.000Z"),
])
def test_previews_count_business_time_in_the_calendars_zone(desk, start, business, due):
    answer = preview(desk, calendar=ATHENS, **{"from": start}, business=business)
    assert answer["due_at"] == due
    parts = answer["explanation"]
    assert parts[0]["from"] == start.replace("Z", ".000Z") and parts[-1]["to"] == due and parts[-1]["counted"]
    assert all(one["to"] == two["from"] for one, two in zip(parts, parts[1:])) and all(part["why"] for part in parts)
    counted = sum((
        datetime.datetime.fromisoformat(part["to"]) - datetime.datetime.fromisoformat(part["from"]) for part in parts if part["counted"]),
        datetime.timedelta())
    hours, _, minutes = business.removeprefix("PT").partition("H") if "H" in business else ("0", "", business.removeprefix("PT"))
    assert counted == datetime.timedelta(hours=int(hours), minutes=int(minutes.rstrip("M") or 0))
    until = preview(desk, calendar=ATHENS, **{"from": start}, until=due)
    assert until["business"] == business


def test_previews_take_a_stored_calendar_a_whole_day_and_a_repeated_hour(desk):
    answer = preview(desk, calendar_id=1, **{"from": "2026-01-05T09:00:00Z"}, business="PT8H")
    assert answer["due_at"] == "2026-01-05T17:00:00.000Z"
    always = {"name": "Always", "time_zone": "Europe/Berlin", "hours": ALWAYS}
    # 25 hours long: 25 October 2026.
    assert preview(desk, calendar=always, **{"from": "2026-10-24T22:00:00Z"}, until="2026-10-25T23:00:00Z")["business"] == "PT25H"
    assert preview(desk, calendar=always, **{"from": "2026-10-24T22:00:00Z"}, business="PT24H")["due_at"] == "2026-10-25T22:00:00.000Z"


@pytest.mark.parametrize("asked", [
    {"calendar_id": 1, "from": "2026-01-05T09:00:00Z"}, {"calendar_id": 1, "from": "2026-01-05T09:00:00Z", "business": "4 hours"},
    {"from": "2026-01-05T09:00:00Z", "business": "PT4H"}, {"calendar_id": 1, "from": "Monday", "business": "PT4H"},
    {"calendar": {**ATHENS, "hours": {}}, "from": "2026-01-05T09:00:00Z", "business": "PT4H"},
])
def test_a_preview_that_cannot_be_counted_is_refused(desk, asked):
    assert desk.request("POST", "/api/v1/calendars/preview", asked).status == 422


@pytest.fixture(scope="module")
def always(desk):
    return desk.api("POST", "/calendars", {"name": "Always", "time_zone": "UTC", "hours": ALWAYS})


def policy(desk, calendar, tag: str, position: int = 0, **more) -> dict:
    return desk.api("POST", "/sla_policies", {
        "name": f"For {tag}", "position": position, "calendar_id": calendar["id"],
        "conditions": {"all": [{"field": "tags", "op": "contains", "value": tag}]},
        "targets": {"normal": {"first_response": "PT1H", "next_response": "PT2H", "resolution": "PT8H"}}, **more})


def timers(desk, ticket_id: int) -> dict:
    return {timer["metric"]: timer for timer in desk.api("GET", f"/tickets/{ticket_id}/sla")["timers"]}


def due(instant: str, **more) -> str:
    later = datetime.datetime.fromisoformat(instant) + datetime.timedelta(**more)
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")


TIMER = {"metric", "state", "started_at", "due_at", "remaining", "policy_id", "calendar_id", "explanation"}


def test_the_first_policy_by_position_counts(desk, always):
    later = policy(desk, always, "ordered", 5)
    earlier = policy(desk, always, "ordered", 3, targets={"normal": {"first_response": "PT30M", "resolution": "PT1H30M"}})
    listed = [p["id"] for p in desk.all("/sla_policies")]
    assert listed.index(earlier["id"]) < listed.index(later["id"])
    # The one that the first start makes matches everything, and comes last.
    assert desk.all("/sla_policies")[-1]["name"] == "Standard"
    pages = [desk.api("GET", "/sla_policies?limit=1")]
    while pages[-1]["next_cursor"]:
        pages.append(desk.api("GET", f"/sla_policies?limit=1&cursor={pages[-1]['next_cursor']}"))
    assert [page["items"][0]["id"] for page in pages] == listed
    ticket = desk.ticket(tags=["ordered"])
    found = wait_for(lambda: timers(desk, ticket["id"]))
    assert TIMER <= set(found["first_response"]) and found["first_response"]["policy_id"] == earlier["id"]
    assert found["first_response"]["calendar_id"] == always["id"] and found["first_response"]["state"] == "running"
    assert found["first_response"]["due_at"] == due(ticket["created_at"], minutes=30)
    assert found["resolution"]["due_at"] == due(ticket["created_at"], minutes=90)
    assert found["resolution"]["remaining"].startswith("PT1H")
    read = desk.api("GET", f"/tickets/{ticket['id']}")["sla"]
    assert read["first_response_due_at"] == found["first_response"]["due_at"]
    assert read["resolution_due_at"] == found["resolution"]["due_at"] and read["breached"] is False and read["paused"] is False


def test_pending_and_on_hold_pause_the_resolution_alone_and_resuming_moves_it(desk, always, agent_token):
    policy(desk, always, "pausing", 1)
    ticket = desk.ticket(tags=["pausing"])
    path = f"/tickets/{ticket['id']}"
    before = wait_for(lambda: timers(desk, ticket["id"]).get("resolution"))
    for status in ("pending", "on_hold"):
        paused = desk.patch(path, {"status": status})
        wait_for(lambda: timers(desk, ticket["id"])["resolution"]["state"] == "paused")
        assert timers(desk, ticket["id"])["first_response"]["state"] == "running"
        assert desk.api("GET", path)["sla"]["paused"] is True
        open_again = desk.patch(path, {"status": "open"})
        running = wait_for(lambda: (t := timers(desk, ticket["id"])["resolution"])["state"] == "running" and t)
        moved = datetime.datetime.fromisoformat(running["due_at"]) - datetime.datetime.fromisoformat(before["due_at"])
        stood = datetime.datetime.fromisoformat(open_again["updated_at"]) - datetime.datetime.fromisoformat(paused["updated_at"])
        assert moved == stood, (moved, stood)
        before = running
    assert any(part["why"] == "paused" and not part["counted"] for part in running["explanation"]), running["explanation"]
    desk.api("POST", path + "/messages", {"body": "Like this.", "visibility": "public"}, token=agent_token)
    wait_for(lambda: timers(desk, ticket["id"])["first_response"]["state"] == "met")
    desk.patch(path, {"status": "solved"})
    wait_for(lambda: timers(desk, ticket["id"])["resolution"]["state"] == "met")
    desk.patch(path, {"status": "open"})
    wait_for(lambda: timers(desk, ticket["id"])["resolution"]["state"] == "running")


def test_an_internal_note_meets_no_promise_and_a_requesters_answer_starts_the_next(desk, always, agent_token, annas_token):
    policy(desk, always, "answers", 1)
    ticket = desk.ticket(tags=["answers"])
    path = f"/tickets/{ticket['id']}/messages"
    wait_for(lambda: timers(desk, ticket["id"]))
    desk.api("POST", path, {"body": "n", "visibility": "internal"}, token=agent_token)
    desk.api("POST", path, {"body": "r", "visibility": "public"}, token=agent_token)
    wait_for(lambda: timers(desk, ticket["id"])["first_response"]["state"] == "met")
    assert "next_response" not in timers(desk, ticket["id"])
    asked = desk.api("POST", path, {"body": "And now?", "visibility": "public"}, token=annas_token)
    following = wait_for(lambda: timers(desk, ticket["id"]).get("next_response"))
    assert following["state"] == "running" and following["due_at"] == due(asked["created_at"], hours=2)
    assert desk.api("GET", f"/tickets/{ticket['id']}")["sla"]["next_response_due_at"] == following["due_at"]
    desk.api("POST", path, {"body": "Now.", "visibility": "public"}, token=agent_token)
    wait_for(lambda: timers(desk, ticket["id"])["next_response"]["state"] == "met")


def test_a_promise_warns_and_breaks_on_time(desk, always):
    policy(desk, always, "short", 1, warn_at=0.5, targets={"normal": {"first_response": "PT1S", "resolution": "PT1H"}})
    live = desk.events()
    ticket = desk.ticket(tags=["short"])
    broken = wait_for(lambda: (t := timers(desk, ticket["id"]).get("first_response")) and t["state"] == "breached" and t, 5)
    assert broken["due_at"] == due(ticket["created_at"], seconds=1)
    wait_for(lambda: "sla.breached" in desk.history_kinds(ticket["id"]))
    history = {event["kind"]: event for event in desk.all(f"/tickets/{ticket['id']}/history")}
    assert history["sla.warned"]["metric"] == history["sla.breached"]["metric"] == "first_response"
    assert history["sla.warned"]["id"] < history["sla.breached"]["id"]
    # Never before it is due, and soon after.
    late = datetime.datetime.fromisoformat(history["sla.breached"]["at"]) - datetime.datetime.fromisoformat(broken["due_at"])
    assert datetime.timedelta() <= late < datetime.timedelta(seconds=2), late
    assert desk.api("GET", f"/tickets/{ticket['id']}")["sla"]["breached"] is True
    wait_for(lambda: {"sla.warned", "sla.breached"} <= set(live.kinds(ticket["id"])) or None, 5)
    live.close()
    assert timers(desk, ticket["id"])["resolution"]["state"] == "running"


def test_a_policy_changes_and_goes(desk, always):
    made = policy(desk, always, "gone", 7)
    assert made["warn_at"] == 0.8 and made["position"] == 7 and made["calendar_id"] == always["id"]
    assert made["targets"]["normal"] == {"first_response": "PT1H", "next_response": "PT2H", "resolution": "PT8H"}
    assert made["conditions"]["all"] == [{"field": "tags", "op": "contains", "value": "gone"}]
    assert desk.api("PATCH", f"/sla_policies/{made['id']}", {"warn_at": 0.5})["warn_at"] == 0.5
    assert desk.request("DELETE", f"/api/v1/sla_policies/{made['id']}").status == 204
    with pytest.raises(Refused):
        desk.api("GET", f"/sla_policies/{made['id']}")
    for wrong in ({"calendar_id": 9999}, {"warn_at": 2}, {"targets": {"normal": {"resolution": "8 hours"}}},
                  {"conditions": {"all": [{"field": "nonsense", "op": "is", "value": "x"}]}}):
        answer = desk.request("POST", "/api/v1/sla_policies", {"name": "w", "calendar_id": always["id"], "targets": {}, **wrong})
        assert answer.status == 422, wrong
