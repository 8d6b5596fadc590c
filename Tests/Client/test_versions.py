"""Old clients work against the new server, newer ones against it as far as it goes; the schema only grows."""
import copy

import pytest
from google.protobuf import descriptor_pb2

import firstline_client as rpc
from callers import Callers
from compatibility import breaking_changes
from every_method import every_method
from firstline_client import RPCError
from schema import ROOT, Schema, compiled

GOLDEN = ROOT / "Tests" / "Golden"
RELEASES = sorted(path.name for path in GOLDEN.glob("proto-*"))
FUTURE = 5_000  # A field's number that no message has.


def file(files: descriptor_pb2.FileDescriptorSet, name: str) -> descriptor_pb2.FileDescriptorProto:
    return next(one for one in files.file if one.name == f"firstline/v1/{name}.proto")


def message(files: descriptor_pb2.FileDescriptorSet, name: str) -> descriptor_pb2.DescriptorProto:
    return next(one for part in files.file for one in part.message_type if one.name == name)


def enum(files: descriptor_pb2.FileDescriptorSet, name: str) -> descriptor_pb2.EnumDescriptorProto:
    return next(one for part in files.file for one in part.enum_type if one.name == name)


def take(items, name: str):
    """Takes one out of a repeated field, by name."""
    items.remove(next(item for item in items if item.name == name))


def next_schema() -> descriptor_pb2.FileDescriptorSet:
    """What a later version may be: a field more in every message, one of text and one of messages; values, a message, a service, methods more."""
    files = compiled()
    common = file(files, "common")
    common.message_type.add(name="Novelty").field.add(name="text", number=1, type=9, label=1)
    for part in files.file:
        if common.name not in part.dependency and part is not common:
            part.dependency.append(common.name)
        for one in part.message_type:
            if one.name != "Novelty":
                one.field.add(name="from_the_future", number=FUTURE, type=9, label=1)
                one.field.add(name="novelties", number=FUTURE + 1, type=11, type_name=".firstline.v1.Novelty", label=3)
        for one in part.enum_type:
            one.value.add(name=one.value[0].name.replace("UNSPECIFIED", "NOVEL"), number=99)
        for service in part.service:
            service.method.add(name="Foresee", input_type=".firstline.v1.Novelty", output_type=".firstline.v1.Novelty")
    common.service.add(name="Oracle").method.add(name="Ask", input_type=".firstline.v1.Novelty", output_type=".firstline.v1.Novelty", server_streaming=True)
    return files


@pytest.fixture(scope="module")
def newer(desk):
    callers = Callers(desk, Schema(next_schema()))
    yield callers
    callers.close()


# The schema only grows

@pytest.mark.parametrize("release", RELEASES)
def test_nothing_that_an_older_client_knows_has_changed(release):
    assert breaking_changes(compiled(GOLDEN / release), compiled()) == []


def test_there_is_a_release_to_compare_with():
    assert RELEASES


def test_a_later_version_that_only_adds_is_fine():
    assert breaking_changes(compiled(), next_schema()) == []


def reserve(files):
    take(message(files, "Ticket").field, "language")
    message(files, "Ticket").reserved_range.add(start=20, end=21)
    message(files, "Ticket").reserved_name.append("language")


def test_a_field_may_go_when_its_number_and_name_are_reserved():
    files = compiled()
    reserve(files)
    assert breaking_changes(compiled(), files) == []
    message(later := copy.deepcopy(files), "Ticket").field.add(name="tongue", number=20, type=9, label=1)
    assert breaking_changes(files, later) == ["firstline.v1.Ticket.tongue = 20 takes a reserved number"]


def set_field(name: str, field: str, /, **aspects):
    def change(files):
        found = next(one for one in message(files, name).field if one.name == field)
        for aspect, value in aspects.items():
            setattr(found, aspect, value)
    return change


def set_method(name: str, /, **aspects):
    def change(files):
        found = next(one for one in file(files, "intake").service[0].method if one.name == name)
        for aspect, value in aspects.items():
            setattr(found, aspect, value)
    return change


def set_value(name: str, value: str, /, **aspects):
    def change(files):
        found = next(one for one in enum(files, name).value if one.name == value)
        for aspect, new in aspects.items():
            setattr(found, aspect, new)
    return change


VIOLATIONS = {
    "a field gone": lambda files: take(message(files, "Ticket").field, "subject"),
    "a field renumbered": set_field("Ticket", "subject", number=99),
    "two fields exchanged": lambda files: (set_field("Ticket", "team_id", number=10)(files), set_field("Ticket", "assignee_id", number=9)(files)),
    "a field renamed": set_field("Ticket", "subject", name="title"),
    "a field of another type": set_field("Ticket", "tier", type=9),
    "a field of another width": set_field("Ticket", "message_count", type=3),
    "a field of another message": set_field("Ticket", "requester", type_name=".firstline.v1.Organization"),
    "a field repeated": set_field("Ticket", "subject", label=3),
    "a field no longer optional": set_field("UpdateTicketRequest", "tier", proto3_optional=False),
    "a field out of its oneof": lambda files: next(one for one in message(files, "JournalEntry").field if one.name == "ticket_created").ClearField("oneof_index"),
    "a message gone": lambda files: take(file(files, "intake").message_type, "Mailbox"),
    "an enum gone": lambda files: take(file(files, "common").enum_type, "Presence"),
    "a value gone": lambda files: take(enum(files, "TicketStatus").value, "TICKET_STATUS_ON_HOLD"),
    "a value renumbered": set_value("TicketStatus", "TICKET_STATUS_ON_HOLD", number=44),
    "a value renamed": set_value("TicketStatus", "TICKET_STATUS_ON_HOLD", name="TICKET_STATUS_WAITING"),
    "a method gone": lambda files: take(file(files, "intake").service[0].method, "Search"),
    "a method with another request": set_method("GetTicket", input_type=".firstline.v1.GetMessageRequest"),
    "a method with another response": set_method("GetTicket", output_type=".firstline.v1.TicketReply"),
    "a method that streams": set_method("GetTicket", server_streaming=True),
    "a method that streams no more": set_method("DownloadSource", server_streaming=False),
    "a service gone": lambda files: file(files, "intake").service.pop(),
    "a package renamed": lambda files: setattr(file(files, "sla"), "package", "firstline.v2"),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_planted_violation_is_found(violation):
    files = compiled()
    VIOLATIONS[violation](files)
    assert breaking_changes(compiled(), files)


# An older client

@pytest.mark.parametrize("release", RELEASES)
def test_a_client_of_an_older_release_calls_every_method_it_knows(release, fresh_desk):
    schema = Schema(compiled(GOLDEN / release))
    callers = Callers(fresh_desk, schema)
    try:
        assert every_method(schema, callers) == set(schema.methods)
    finally:
        callers.close()


def test_an_older_client_keeps_what_it_does_not_know(call):
    """A response with fields and values that an older schema has not: they survive a round trip, and the rest is read."""
    schema = call.schema
    created = call("Intake/CreateTicket", schema.CreateTicketRequest(
        subject="Old", body="b", requester=schema.RequesterReference(email="old@example.org"), priority=schema.number("Priority", "URGENT"))).ticket
    files = compiled()
    take(enum(files, "Priority").value, "PRIORITY_URGENT")
    take(message(files, "Ticket").field, "assignment_epoch")
    take(message(files, "JournalEntry").field, "ticket_created")
    older = Schema(files)
    body = call.client().call("firstline.v1.Intake/GetTicket", schema.GetTicketRequest(id=created.id))
    ticket = older.Ticket.FromString(body)
    assert (ticket.subject, ticket.priority) == ("Old", schema.number("Priority", "URGENT"))
    assert schema.Ticket.FromString(ticket.SerializeToString()) == schema.Ticket.FromString(body)
    # A kind of journal entry that it does not know is an entry without a body.
    follow = older.FollowRequest(follower="older")
    entries = next(call.client().stream("firstline.v1.Journal/Follow", follow, older.FollowResponse)).entries
    assert [entry.offset for entry in entries] == list(range(1, len(entries) + 1))
    assert None in {entry.WhichOneof("body") for entry in entries} and len({entry.WhichOneof("body") for entry in entries}) > 1


# A newer client

def filled(newer: Callers, request):
    """The request with all that the server does not know, in it and in every message in it."""
    request = copy.deepcopy(request)
    for field, value in request.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for one in (value if field.is_repeated else [value]):
                one.CopyFrom(filled(newer, one))
    request.from_the_future = "x" * 100
    request.novelties.add(text="new")
    request.novelties.add()
    return request


def test_fields_of_a_newer_client_are_ignored(fresh_desk):
    newer = Callers(fresh_desk, Schema(next_schema()))
    try:
        asked = lambda method, request, service: newer(method, filled(newer, request), service)  # noqa: E731
        known = {name for name in newer.schema.methods if not name.endswith("/Foresee") and not name.startswith("Oracle/")}
        assert every_method(newer.schema, asked) == known
    finally:
        newer.close()


def test_methods_of_a_newer_client_are_unimplemented(newer):
    unknown = [name for name in newer.schema.methods if name.endswith("/Foresee") or name.startswith("Oracle/")]
    assert len(unknown) > 8
    for name in unknown:
        with pytest.raises(RPCError) as caught:
            newer(name)
        assert caught.value.code == rpc.UNIMPLEMENTED, name


@pytest.mark.parametrize("method, field, fill", [
    ("Intake/ListTickets", "statuses[1]", lambda s, r: r.statuses.extend([1, 99])),
    ("Intake/ListTickets", "channel", lambda s, r: setattr(r, "channel", 99)),
    ("Intake/CreateTicket", "priority", lambda s, r: setattr(r, "priority", 99)),
    ("Intake/UpdateTicket", "status", lambda s, r: setattr(r, "status", 99)),
    ("Intake/AddMessage", "visibility", lambda s, r: setattr(r, "visibility", 99)),
    ("Routing/SetPresence", "presence", lambda s, r: setattr(r, "presence", 99)),
    ("SLATimer/CreatePolicy", "targets[0].priority", lambda s, r: r.targets.add(priority=99)),
    ("SLATimer/CreatePolicy", "conditions.all[0].op", lambda s, r: r.conditions.all.add(op=99)),
    ("Gateway/CreateUser", "role", lambda s, r: setattr(r, "role", 99)),
])
def test_values_of_a_newer_client_are_refused_by_their_field(newer, method, field, fill):
    """Not taken for another value: the server cannot do what was asked."""
    request = newer.schema.methods[method].request()
    fill(newer.schema, request)
    with pytest.raises(RPCError) as caught:
        newer(method, request)
    detail = newer.detail(caught.value)
    assert (caught.value.code, detail.code, [one.field for one in detail.violations]) == (rpc.INVALID_ARGUMENT, "invalid_field", [field])
    assert "99" in caught.value.text
