"""One sensible call of every method of every service, in an order in which each finds what it needs."""
import typing

from desk import SERVICES, wait_for
from firstline_client import FAILED_PRECONDITION, NOT_FOUND, RPCError
from schema import Schema

MAIL = b"From: dora@example.org\r\nTo: support@localhost\r\nSubject: By mail\r\nMessage-ID: <every-method@example.org>\r\n\r\nThe door is stuck."
HOUR_MS, MONDAY_MS = 3_600_000, 1_767_600_000_000  # 2026-01-05T08:00Z


def every_method(schema: Schema, call: typing.Callable) -> set[str]:
    """Calls with the messages of `schema`; `call(method, request, service)` answers with the response, or the list of a stream's first
    responses, and raises an error with `code`. The methods called."""
    called: set[str] = set()

    def send(method: str, request, service: str | None = None):
        called.add(method)
        return call(method, request, service)

    def ask(method: str, service: str | None = None, **fields):
        return send(method, schema.methods[method].request(**fields), service)

    for service in SERVICES:
        assert ask("Health/Check", service).ready
        assert "firstline.v1.Health" in ask("Reflection/Describe", service).services
        assert ask("Journal/Head", service).term > 0

    user = ask("Gateway/CreateUser", name="Cora Clark", email="cora@firstline.example", role=schema.number("Role", "AGENT"))
    assert ask("Gateway/GetUser", id=user.id) == user
    assert user in ask("Gateway/ListUsers", ids=[user.id]).users
    assert ask("Gateway/UpdateUser", id=user.id, name="Cora C.").name == "Cora C."
    token = ask("Gateway/CreateToken", name="every", role=schema.number("Role", "AGENT"), agent_id=user.id)
    assert token.info in ask("Gateway/ListTokens", limit=200).tokens
    assert ask("Gateway/RevokeToken", id=token.info.id).revoked_at_ms > 0
    assert ask("Gateway/CreateSignInLink", user_id=user.id).path.startswith("/sign-in/")

    team = ask("Routing/CreateTeam", name="Every team")
    assert ask("Routing/GetTeam", id=team.id) == team
    assert team in ask("Routing/ListTeams", limit=200).teams
    assert ask("Routing/UpdateTeam", id=team.id, name="Each team").name == "Each team"
    agent = ask("Routing/PutAgent", id=user.id, role=user.role, active=True, tier=2, capacity=3, team_ids=schema.IDList(ids=[team.id]))
    assert ask("Routing/GetAgent", id=user.id).team_ids == [team.id] == agent.team_ids
    assert user.id in [one.id for one in ask("Routing/ListAgents", ids=[user.id]).agents]
    away = schema.number("Presence", "AWAY")
    assert ask("Routing/SetPresence", agent_id=user.id, presence=away).presence == away

    organization = ask("Intake/CreateOrganization", name="Every Ltd", domains=["every.example"])
    assert ask("Intake/GetOrganization", id=organization.id) == organization
    assert organization in ask("Intake/ListOrganizations", limit=200).organizations
    assert ask("Intake/UpdateOrganization", id=organization.id, language="el").language == "el"
    requester = ask("Intake/CreateRequester", email="dan@every.example", name="Dan")
    assert ask("Intake/GetRequester", id=requester.id).organization_id == organization.id
    assert requester.id in [one.id for one in ask("Intake/ListRequesters", limit=200).requesters]
    assert ask("Intake/UpdateRequester", id=requester.id, name="Dan D.").name == "Dan D."
    mailbox = ask("Intake/CreateMailbox", name="every", address="every@desk.example")
    assert mailbox in ask("Intake/ListMailboxes").mailboxes
    if "Intake/GetMailbox" in schema.methods:
        assert ask("Intake/GetMailbox", id=mailbox.id) == mailbox
        assert ask("Intake/UpdateMailbox", id=mailbox.id, name="every one").name == "every one"

    upload = ask("Intake/BeginUpload")
    assert ask("Intake/AppendUpload", token=upload.token, data=b"every byte").size_bytes == 10
    attachment = ask("Intake/FinishAttachment", token=upload.token, filename="every.txt", content_type="text/plain")
    created = ask(
        "Intake/CreateTicket", subject="Every method", body="Quixotic question", requester=schema.RequesterReference(id=requester.id),
        attachment_ids=[attachment.id], custom_fields=[schema.CustomField(name="floor", value="3")], tags=["every"])
    ticket = created.ticket
    assert created.place.service == "intake" and created.place.offset > 0
    assert ask("Intake/GetTicket", id=ticket.id).subject == "Every method"
    assert ticket.id in [one.id for one in ask("Intake/ListTickets", tag="every").tickets]
    updated = ask("Intake/UpdateTicket", id=ticket.id, expected_version=ticket.version, priority=schema.number("Priority", "HIGH"))
    assert updated.ticket.version > ticket.version
    added = ask("Intake/AddMessage", ticket_id=ticket.id, body="Noted", visibility=schema.number("Visibility", "INTERNAL"))
    assert ask("Intake/GetMessage", id=added.message.id, ticket_id=ticket.id).text == "Noted"
    messages = ask("Intake/ListMessages", ticket_id=ticket.id).messages
    assert [message.text for message in messages] == ["Quixotic question", "Noted"]
    assert "ticket.created" in [event.kind for event in ask("Intake/ListHistory", ticket_id=ticket.id).events]
    assert ticket.id in [hit.ticket.id for hit in ask("Intake/Search", query="quixotic").hits]
    assert ask("Intake/GetAttachment", id=attachment.id).size_bytes == 10
    assert b"".join(chunk.data for chunk in ask("Intake/DownloadAttachment", id=attachment.id)) == b"every byte"
    mail = ask("Intake/AcceptMail", raw=MAIL, envelope_from="dora@example.org")
    context = ask("Intake/GetMailContext", ticket_id=mail.ticket_id, message_id=mail.message_id)
    assert context.ticket.id == mail.ticket_id
    source = b"".join(chunk.data for chunk in ask("Intake/DownloadSource", id=mail.message_id, ticket_id=mail.ticket_id))
    assert b"The door is stuck." in source
    if "Intake/MergeTicket" in schema.methods:
        participant = ask("Intake/AddParticipant", ticket_id=ticket.id, requester=schema.RequesterReference(email="pia@example.org"))
        assert participant in ask("Intake/ListParticipants", ticket_id=ticket.id).participants
        assert ask("Intake/RemoveParticipant", ticket_id=ticket.id, requester_id=participant.requester.id) == participant
        double = ask("Intake/CreateTicket", subject="Every double", body="Once more", requester=schema.RequesterReference(id=requester.id)).ticket
        merged = ask("Intake/MergeTicket", id=double.id, into_id=ticket.id, expected_version=double.version).ticket
        assert merged.merged_into_id == ticket.id and merged.status == schema.number("TicketStatus", "CLOSED")
        blocked = ask("Intake/CreateBlockedSender", sender="every-pest.example", reason="Every one")
        assert blocked in ask("Intake/ListBlockedSenders", limit=200).blocked_senders
        pest = b"From: a@every-pest.example\r\nSubject: Buy\r\n\r\nBuy."
        suspended = ask("Intake/AcceptMail", raw=pest).suspended_mail_id
        assert suspended in [one.id for one in ask("Intake/ListSuspendedMails", limit=200).mails]
        assert b"".join(chunk.data for chunk in ask("Intake/DownloadSuspendedMail", id=suspended)) == pest
        assert ask("Intake/DeleteBlockedSender", id=blocked.id) == blocked
    assert ask("Journal/Follow", follower="every")[0].entries[0].offset == 1

    assert ask("Routing/Explain", ticket_id=ticket.id).ticket_id == ticket.id
    assert ask("Routing/GetQueue", limit=10).total >= 0

    calendar = ask(
        "SLATimer/CreateCalendar", name="Every day", time_zone="Europe/Athens",
        hours=[schema.DayInterval(weekday=day, start_minute=0, end_minute=1440) for day in range(1, 8)])
    assert ask("SLATimer/GetCalendar", id=calendar.id) == calendar
    assert calendar in ask("SLATimer/ListCalendars", limit=200).calendars
    calendar.name = "Each day"
    calendar = send("SLATimer/UpdateCalendar", calendar)
    assert ask("SLATimer/PreviewCalendar", calendar_id=calendar.id, from_ms=MONDAY_MS, business_ms=HOUR_MS).due_at_ms == MONDAY_MS + HOUR_MS
    target = schema.SLATarget(priority=schema.number("Priority", "URGENT"), first_response_ms=HOUR_MS)
    only_urgent = schema.Condition(all=[schema.Comparison(field="priority", op=schema.number("ComparisonOperator", "IS"), value="urgent")])
    policy = ask("SLATimer/CreatePolicy", name="Every urgent one", position=9, calendar_id=calendar.id, targets=[target], conditions=only_urgent)
    assert ask("SLATimer/GetPolicy", id=policy.id) == policy
    assert policy in ask("SLATimer/ListPolicies", limit=200).policies
    policy.name = "Each urgent one"
    assert send("SLATimer/UpdatePolicy", policy).name == policy.name
    assert ask("SLATimer/GetTicketTimers", ticket_id=ticket.id).ticket_id == ticket.id
    assert ask("SLATimer/ListDeadlines", ticket_ids=[ticket.id]).deadlines[0].ticket_id == ticket.id
    ask("SLATimer/DeletePolicy", id=policy.id)
    ask("SLATimer/DeleteCalendar", id=calendar.id)

    delivery = wait_for(lambda: ask("Notification/ListDeliveries", ticket_id=mail.ticket_id).deliveries)[0]
    assert ask("Notification/GetDelivery", id=delivery.id).id == delivery.id
    try:
        ask("Notification/RetryDelivery", id=delivery.id)
    except RPCError as error:  # It is sent already.
        assert error.code == FAILED_PRECONDITION
    if "Notification/ListTemplates" in schema.methods:
        original = ask("Notification/ListTemplates", kind=schema.number("DeliveryKind", "REPLY"), language="pl").templates[0]
        assert ask("Notification/GetTemplate", id=original.id) == original
        original.subject = "Odp: {{ticket.subject}}"
        assert "{{" not in send("Notification/PreviewTemplate", original).subject
        changed = send("Notification/UpdateTemplate", original)
        assert changed.subject == original.subject and changed.version == 1
        own = send("Notification/CreateTemplate", schema.MailTemplate(
            kind=changed.kind, language="pl", mailbox_id=ask("Intake/ListMailboxes").mailboxes[0].id, subject="s", text="t"))
        ask("Notification/DeleteTemplate", id=own.id)
        assert ask("Notification/DeleteTemplate", id=original.id).is_original
    if "Notification/GetSurvey" in schema.methods:
        assert not ask("Notification/ListSuppressions").suppressions
        nobody = "0" * 32
        for method, fields in (("GetSurvey", {"token": nobody}), ("RemoveSuppression", {"id": 1}),
                               ("AnswerSurvey", {"token": nobody, "satisfaction": schema.number("Satisfaction", "GOOD")})):
            try:
                ask(f"Notification/{method}", **fields)
                raise AssertionError(f"{method} found what is not there")
            except RPCError as error:  # Nobody was asked, and no address has failed.
                assert error.code == NOT_FOUND
    if "Intake/DeleteMailbox" in schema.methods:
        ask("Intake/DeleteMailbox", id=mailbox.id)
        assert mailbox.id not in [one.id for one in ask("Intake/ListMailboxes").mailboxes]
    if "Backup/Take" in schema.methods:
        frozen = ask("Backup/Take", "routing")[0].frozen
        assert frozen.head.service == "routing" and frozen.head.offset > 0
        try:
            ask("Backup/Thaw", "routing", token=frozen.token)
        except RPCError as error:  # The stream was the backup's life.
            assert error.code == NOT_FOUND
    return called
