"""Requesters, organizations, teams, agents, mailboxes, tokens and the caller, through the HTTP API."""
import pytest

from desk import Refused, wait_for


def test_a_requester_has_its_fields_and_they_change(desk):
    calendar = desk.api("GET", "/calendars")["items"][0]
    organization = desk.api("POST", "/organizations", {
        "name": "Example", "external_id": "crm-1", "language": "el", "calendar_id": calendar["id"], "domains": ["firm.example"]})
    assert (organization["external_id"], organization["language"], organization["calendar_id"]) == ("crm-1", "el", calendar["id"])
    requester = desk.api("POST", "/requesters", {
        "email": "kyriakos@elsewhere.example", "name": "Kyriakos", "external_id": "r-1", "language": "el",
        "calendar_id": calendar["id"], "organization_id": organization["id"]})
    assert {name: requester[name] for name in ("external_id", "language", "calendar_id", "organization_id")} == {
        "external_id": "r-1", "language": "el", "calendar_id": calendar["id"], "organization_id": organization["id"]}
    changed = desk.api("PATCH", f"/requesters/{requester['id']}", {"name": "K.", "language": None, "external_id": "r-2"})
    assert (changed["name"], changed["language"], changed["external_id"]) == ("K.", None, "r-2")
    assert desk.api("GET", f"/requesters/{requester['id']}") == changed
    assert [r["id"] for r in desk.all("/requesters?external_id=r-2")] == [requester["id"]]
    assert desk.all("/requesters?external_id=r-1") == []
    changed = desk.api("PATCH", f"/organizations/{organization['id']}", {"name": "Example AG", "language": "de"})
    assert (changed["name"], changed["language"], changed["external_id"]) == ("Example AG", "de", "crm-1")
    assert [o["id"] for o in desk.all("/organizations?external_id=crm-1")] == [organization["id"]]
    assert desk.request("POST", "/api/v1/requesters", {"email": "kyriakos@elsewhere.example"}).status == 409
    assert desk.request("POST", "/api/v1/organizations", {"name": "Two", "external_id": "crm-1"}).status == 409
    ticket = desk.ticket(requester={"email": "new@firm.example"})
    assert ticket["organization_id"] == organization["id"]


def test_teams_are_made_listed_read_and_renamed(desk):
    team = desk.api("POST", "/teams", {"name": "Software"})
    assert desk.api("PATCH", f"/teams/{team['id']}", {"name": "Firmware"})["name"] == "Firmware"
    assert desk.api("GET", f"/teams/{team['id']}")["name"] == "Firmware"
    assert team["id"] in [t["id"] for t in desk.all("/teams")]
    assert desk.request("GET", "/api/v1/teams/9999").status == 404


AGENT = {"id", "name", "email", "role", "team_ids", "tier", "skills", "capacity", "presence", "load"}


def test_routing_reacts_to_an_agents_team_tier_presence_and_capacity(desk):
    team = desk.api("POST", "/teams", {"name": "Reaction"})
    agent = desk.api("POST", "/agents", {
        "name": "Rea", "email": "rea@firstline.example", "role": "lead", "tier": 2, "team_ids": [team["id"]],
        "skills": ["greek"], "capacity": 1})
    assert AGENT <= set(agent) and (agent["role"], agent["tier"], agent["skills"], agent["capacity"], agent["team_ids"]) == (
        "lead", 2, ["greek"], 1, [team["id"]])
    assert agent["presence"] == "offline" and agent["load"] == 0
    for waiting in desk.all("/tickets?assignee_id=0&status=new,open"):
        desk.patch(f"/tickets/{waiting['id']}", {"status": "closed"})
    first, second = desk.ticket(team_id=team["id"]), desk.ticket(team_id=team["id"])
    wait_for(lambda: desk.history_kinds(second["id"]).count("ticket.queued"))
    places = [desk.api("GET", f"/tickets/{ticket['id']}/routing")["queue_position"] for ticket in (first, second)]
    assert places[1] == places[0] + 1
    desk.api("PATCH", f"/agents/{agent['id']}", {"presence": "away"})
    assert desk.api("PATCH", f"/agents/{agent['id']}", {"presence": "online"})["presence"] == "online"
    read = wait_for(lambda: (t := desk.api("GET", f"/tickets/{first['id']}"))["assignee_id"] and t)
    assert read["assignee_id"] == agent["id"] and read["status"] == "open"
    wait_for(lambda: desk.api("GET", f"/agents/{agent['id']}")["load"] == 1)
    assert desk.api("GET", f"/tickets/{second['id']}")["assignee_id"] is None
    decision = desk.api("GET", f"/tickets/{first['id']}/routing")["decisions"][-1]
    assert decision["assignee_id"] == agent["id"] and decision["candidates"]
    # Capacity frees: by more of it, and by a ticket that is solved.
    assert desk.api("PATCH", f"/agents/{agent['id']}", {"capacity": 2})["capacity"] == 2
    wait_for(lambda: desk.api("GET", f"/tickets/{second['id']}")["assignee_id"] == agent["id"])
    third = desk.ticket(team_id=team["id"])
    wait_for(lambda: "ticket.queued" in desk.history_kinds(third["id"]))
    desk.patch(f"/tickets/{first['id']}", {"status": "solved"})
    wait_for(lambda: desk.api("GET", f"/tickets/{third['id']}")["assignee_id"] == agent["id"])
    changed = desk.api("PATCH", f"/agents/{agent['id']}", {"skills": ["greek", "polish"], "tier": 3, "team_ids": [], "name": "Rea R."})
    assert (sorted(changed["skills"]), changed["tier"], changed["team_ids"], changed["name"]) == (["greek", "polish"], 3, [], "Rea R.")
    desk.api("PATCH", f"/agents/{agent['id']}", {"presence": "offline"})


def test_tickets_go_to_the_least_loaded_and_lowest_tier(desk):
    team = desk.api("POST", "/teams", {"name": "Tiers"})
    makes = lambda name, tier: desk.agent(name, f"{name}@firstline.example", tier=tier, team_ids=[team["id"]])["id"]  # noqa: E731
    high, low, other = makes("high", 3), makes("low", 1), makes("other", 1)
    ids = [desk.ticket(team_id=team["id"])["id"] for _ in range(4)]
    takers = [wait_for(lambda i=i: desk.api("GET", f"/tickets/{i}")["assignee_id"]) for i in ids]
    assert sorted(takers) == sorted([low, low, other, other])
    ticket = desk.patch(f"/tickets/{ids[0]}", {"tier": 2, "assignee_id": None})
    assert ticket["tier"] == 2
    wait_for(lambda: desk.api("GET", f"/tickets/{ids[0]}")["assignee_id"] == high)
    for agent in (high, low, other):
        desk.api("PATCH", f"/agents/{agent}", {"presence": "offline"})


def test_an_agent_changes_its_own_presence_alone(desk, berta, agent_token):
    assert desk.api("PATCH", f"/agents/{berta['id']}", {"presence": "away"}, token=agent_token)["presence"] == "away"
    assert desk.request("PATCH", f"/api/v1/agents/{berta['id']}", {"role": "admin"}, token=agent_token).status == 403
    assert desk.request("PATCH", "/api/v1/agents/1", {"presence": "away"}, token=agent_token).status == 403


def test_a_deactivated_agent_can_do_nothing_more(desk):
    agent = desk.agent("Gone", "gone@firstline.example")
    token = desk.token("agent", agent_id=agent["id"])
    assert desk.request("GET", "/api/v1/me", token=token).status == 200
    assert desk.request("DELETE", f"/api/v1/agents/{agent['id']}").status == 204
    assert desk.request("GET", "/api/v1/me", token=token).status == 401
    ticket = desk.ticket()
    wait_for(lambda: "ticket.queued" in desk.history_kinds(ticket["id"]))


def test_a_token_is_told_once_read_by_admins_alone_and_revoked_at_once(desk, agent_token):
    created = desk.api("POST", "/tokens", {"name": "ci", "role": "lead", "scopes": ["read"]})
    assert created["token"].startswith("flt_") and created["role"] == "lead" and created["scopes"] == ["read"]
    assert desk.request("POST", "/api/v1/teams", {"name": "x"}, token=created["token"]).status == 403
    assert desk.request("GET", "/api/v1/tickets", token=created["token"]).status == 200
    assert "token" not in desk.api("GET", f"/tokens/{created['id']}")
    assert created["token"] not in str(desk.all("/tokens"))
    assert desk.request("GET", f"/api/v1/tokens/{created['id']}", token=agent_token).status == 403
    assert desk.request("DELETE", f"/api/v1/tokens/{created['id']}").status == 204
    assert desk.request("GET", "/api/v1/tickets", token=created["token"]).status == 401
    with pytest.raises(Refused) as refusal:
        desk.api("POST", "/tokens", {"name": "x", "role": "requester"})
    assert refusal.value.status == 422


def test_a_repeated_token_request_makes_no_second_token(desk):
    before = len(desk.all("/tokens"))
    for _ in range(2):
        desk.api("POST", "/tokens", {"name": "once", "role": "agent"}, headers={"Idempotency-Key": "token-once"})
    assert len(desk.all("/tokens")) == before + 1


def test_the_caller_reads_who_it_is(desk, berta, agent_token, anna, annas_token):
    assert desk.api("GET", "/me")["role"] == "admin"
    me = desk.api("GET", "/me", token=agent_token)
    assert (me["role"], me["user_id"], me["email"], me["name"]) == ("agent", berta["id"], berta["email"], berta["name"])
    me = desk.api("GET", "/me", token=annas_token)
    assert (me["role"], me["requester_id"], me["user_id"]) == ("requester", anna["id"], None)


def test_a_mailbox_takes_its_mail_to_its_team(desk):
    team = desk.api("POST", "/teams", {"name": "Sales"})
    mailbox = desk.api("POST", "/mailboxes", {"name": "sales", "address": "sales@localhost", "team_id": team["id"]})
    assert (mailbox["name"], mailbox["address"], mailbox["team_id"]) == ("sales", "sales@localhost", team["id"])
    text = desk.lmtp(b"From: c@example.org\r\nTo: sales@localhost\r\nSubject: Offer\r\n\r\nPlease.\r\n", recipient="sales@elsewhere.example")
    assert desk.api("GET", f"/tickets/{text.split()[-3]}")["team_id"] == team["id"]
    assert mailbox["id"] in [m["id"] for m in desk.all("/mailboxes")]
    assert desk.request("POST", "/api/v1/mailboxes", {"name": "sales", "address": "sales@localhost"}).status == 409
