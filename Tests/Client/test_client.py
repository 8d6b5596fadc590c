"""A client that was written from proto/PROTOCOL.md does all that ours does, against the real executables."""
import concurrent.futures
import re
import ssl
import threading
import time

import pytest

import firstline_client as rpc
from callers import Callers
from desk import Desk, wait_for
from every_method import every_method
from firstline_client import Client, Connection, RPCError
from ports import free_ports
from schema import current


def refusal(callers: Callers, call) -> tuple[int, str]:
    """The status and the stable code of what `call` is refused with."""
    with pytest.raises(RPCError) as caught:
        call()
    return caught.value.code, callers.detail(caught.value).code


def uploaded(call: Callers, content: bytes) -> int:
    """The id of an attachment."""
    client, schema = call.client(), call.schema
    upload = client.call("firstline.v1.Intake/BeginUpload", b"", schema.Upload)
    for offset in range(0, len(content), 1_000_000):
        chunk = schema.AppendUploadRequest(token=upload.token, offset=offset, data=content[offset:offset + 1_000_000])
        client.call("firstline.v1.Intake/AppendUpload", chunk, schema.Upload)
    finish = schema.FinishAttachmentRequest(token=upload.token, filename="big.txt", content_type="text/plain")
    return client.call("firstline.v1.Intake/FinishAttachment", finish, schema.Attachment).id


def test_every_method_of_every_service_answers(call):
    assert every_method(call.schema, call) == set(call.schema.methods)


def test_reflection_tells_the_same_schema(call):
    described = call("Reflection/Describe")
    files = type(call.schema.files).FromString(described.file_descriptor_set)
    assert {method.name for method in type(call.schema)(files).methods.values()} == {method.name for method in call.schema.methods.values()}


def test_a_stream_waits_for_its_reader(call):
    """The server sends no more than the credit while nobody reads; all of it comes in the end."""
    content = b"".join(b"%07d\n" % number for number in range(500_000))
    attachment = uploaded(call, content)
    client = call.client(settings={rpc.STREAM_CREDIT: 100_000})
    stream = client.start("firstline.v1.Intake/DownloadAttachment", call.schema.GetAttachmentRequest(id=attachment))
    wait_for(lambda: stream.inbox.qsize() > 0)
    time.sleep(0.5)
    longest = 300_000  # The credit, and one message beyond it.
    waiting = stream.inbox.qsize()
    received, largest = b"", 0
    for body in stream:
        largest = max(largest, len(body))
        received += call.schema.Chunk.FromString(body).data
    assert waiting * largest <= longest
    assert received == content


def test_a_stream_may_be_left_early_and_its_slot_used_again(call):
    client, request = call.client(), call.schema.FollowRequest(follower="early")
    for _ in range(50):
        assert next(client.stream("firstline.v1.Journal/Follow", request, call.schema.FollowResponse)).term > 0
    assert len(client.connection.generations) <= 2


def test_refusals_come_with_their_details(call):
    schema = call.schema
    assert refusal(call, lambda: call("Intake/GetTicket", schema.GetTicketRequest(id=999_999))) == (rpc.NOT_FOUND, "not_found")
    with pytest.raises(RPCError) as caught:
        call("Intake/CreateTicket", schema.CreateTicketRequest(body="No subject", requester=schema.RequesterReference(email="nobody")))
    detail = call.detail(caught.value)
    assert (caught.value.code, detail.code) == (rpc.INVALID_ARGUMENT, "invalid_field")
    assert {violation.field for violation in detail.violations} >= {"subject"}
    ticket = call("Intake/CreateTicket", schema.CreateTicketRequest(subject="Stale", body="b", requester=schema.RequesterReference(email="s@example.org"))).ticket
    with pytest.raises(RPCError) as caught:
        call("Intake/UpdateTicket", schema.UpdateTicketRequest(id=ticket.id, expected_version=ticket.version + 7, subject="x"))
    detail = call.detail(caught.value)
    assert (caught.value.code, detail.code) == (rpc.ABORTED, "stale_version")
    assert schema.Ticket.FromString(detail.current).subject == "Stale"
    assert caught.value.text


def test_unknown_methods_are_unimplemented(call):
    for method in ("firstline.v1.Intake/Nothing", "firstline.v9.Intake/GetTicket", "x", "", "firstline.v1.Routing/GetTeam"):
        with pytest.raises(RPCError) as caught:
            call.client().call(method)
        assert caught.value.code == rpc.UNIMPLEMENTED, method


def test_the_same_key_gives_the_same_answer(call):
    schema = call.schema
    request = schema.CreateTicketRequest(subject="Once", body="b", requester=schema.RequesterReference(email="once@example.org"))
    first, second = (call("Intake/CreateTicket", request, metadata={"idempotency-key": "once"}) for _ in range(2))
    assert first == second
    request.subject = "Twice"
    again = lambda: call("Intake/CreateTicket", request, metadata={"idempotency-key": "once"})  # noqa: E731
    assert refusal(call, again) == (rpc.INVALID_ARGUMENT, "idempotency_key_reused")
    with_no_key = lambda: call("Intake/CreateTicket", request, metadata={"idempotency-key": ""})  # noqa: E731
    assert refusal(call, with_no_key) == (rpc.INVALID_ARGUMENT, "invalid_field")


def test_the_server_ends_a_call_at_its_deadline(call):
    """A stream without an end, whose client does not look at the clock."""
    stream = call.client().start("firstline.v1.Journal/Follow", call.schema.FollowRequest(follower="late"), timeout=0.3)
    stream.deadline = None
    started = time.monotonic()
    with pytest.raises(RPCError) as caught:
        for _ in stream:
            pass
    assert caught.value.code == rpc.DEADLINE_EXCEEDED
    assert 0.25 < time.monotonic() - started < 5


def test_the_client_does_not_wait_beyond_the_deadline(call):
    started = time.monotonic()
    with pytest.raises(RPCError) as caught:
        for _ in call.client().stream("firstline.v1.Journal/Follow", call.schema.FollowRequest(follower="late"), timeout=0.3):
            pass
    assert caught.value.code == rpc.DEADLINE_EXCEEDED and time.monotonic() - started < 2


def test_cancelling_ends_the_handler(call, desk):
    """A cancelled stream is counted as ended by the server."""
    def cancelled() -> float:
        return metric(desk, "intake", 'firstline_rpc_calls_total{method="firstline.v1.Journal/Follow",code="cancelled"}')

    before = cancelled()
    client = call.client()
    streams = [client.start("firstline.v1.Journal/Follow", call.schema.FollowRequest(follower="cancel"), timeout=None) for _ in range(20)]
    for stream in streams:
        next(iter(stream))
        stream.cancel()
    wait_for(lambda: cancelled() >= before + 20)
    assert client.call("firstline.v1.Health/Check", b"", call.schema.HealthCheckResponse).ready


def metric(desk: Desk, service: str, name: str) -> float:
    import urllib.request
    with urllib.request.urlopen(f"http://{desk.service(service)['admin']}/metrics", timeout=10) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
    return 0


def test_messages_to_the_limit_arrive_and_longer_ones_are_refused(call):
    client, schema = call.client(), call.schema
    upload = client.call("firstline.v1.Intake/BeginUpload", b"", schema.Upload)
    room = rpc.DEFAULTS[rpc.MAX_MESSAGE] - len(schema.AppendUploadRequest(token=upload.token, data=b"x" * 4_000_000).SerializeToString()) + 4_000_000
    fits = schema.AppendUploadRequest(token=upload.token, data=b"x" * room)
    assert fits.ByteSize() == rpc.DEFAULTS[rpc.MAX_MESSAGE]
    assert client.call("firstline.v1.Intake/AppendUpload", fits, schema.Upload).size_bytes == room
    longer = schema.AppendUploadRequest(token=upload.token, offset=room, data=b"x" * (room + 1)).SerializeToString()
    with pytest.raises(RPCError) as caught:
        client.call("firstline.v1.Intake/AppendUpload", longer)
    assert caught.value.code == rpc.RESOURCE_EXHAUSTED
    # A client that does not know the limit hears it from the server, and the connection goes on.
    connection = client.connected()
    connection.peer[rpc.MAX_MESSAGE] *= 2
    with pytest.raises(RPCError) as caught:
        connection.start("firstline.v1.Intake/AppendUpload", longer, 10, {}).result()
    assert caught.value.code == rpc.RESOURCE_EXHAUSTED and not connection.is_closed
    connection.peer[rpc.MAX_MESSAGE] //= 2
    assert client.call("firstline.v1.Health/Check", b"", schema.HealthCheckResponse).ready


@pytest.mark.parametrize("method, answer", [("Reflection/Describe", "unary"), ("Intake/DownloadAttachment", "stream")])
def test_a_server_sends_nothing_longer_than_the_client_takes(call, method, answer):
    request = call.schema.GetAttachmentRequest(id=uploaded(call, b"x" * 400_000)) if answer == "stream" else b""
    client = call.client(settings={rpc.MAX_MESSAGE: 4_000})
    with pytest.raises(RPCError) as caught:
        for _ in client.start(f"firstline.v1.{method}", request):
            pass
    assert caught.value.code == rpc.RESOURCE_EXHAUSTED
    assert client.call("firstline.v1.Health/Check", b"", call.schema.HealthCheckResponse).ready


def test_many_calls_are_in_flight_on_one_connection(call):
    client, schema = call.client(), call.schema
    requests = [schema.CreateTicketRequest(subject=f"Many {n}", body="b", requester=schema.RequesterReference(email=f"m{n % 7}@example.org")) for n in range(500)]
    calls = [client.start("firstline.v1.Intake/CreateTicket", request) for request in requests]
    replies = [schema.TicketReply.FromString(one.result()) for one in calls]
    assert [reply.ticket.subject for reply in replies] == [request.subject for request in requests]
    assert len({reply.ticket.id for reply in replies}) == 500
    assert len(client.connection.generations) <= 500


def test_as_many_calls_as_the_server_says_are_open_at_once(call):
    client = call.client(name="gateway")
    head = call("Journal/Head")
    request = call.schema.FollowRequest(follower="many", term=head.term, after_offset=head.head)
    limit = client.connected().peer[rpc.MAX_STREAMS]
    streams = [client.start("firstline.v1.Journal/Follow", request, timeout=None) for _ in range(limit)]
    assert all(stream.inbox.get(timeout=30) for stream in streams)
    with pytest.raises(RPCError) as caught:
        client.start("firstline.v1.Health/Check")
    assert caught.value.code == rpc.RESOURCE_EXHAUSTED
    for stream in streams:
        stream.cancel()
    assert client.call("firstline.v1.Health/Check", b"", call.schema.HealthCheckResponse).ready


def test_threads_share_a_client(call):
    client, schema = call.client(), call.schema

    def check(_):
        return client.call("firstline.v1.Health/Check", b"", schema.HealthCheckResponse).ready

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(pool.map(check, range(2_000)))


# Who is there

def test_the_server_is_verified_by_its_name(call, desk):
    with pytest.raises(RPCError) as caught:
        Client(desk.service("intake")["rpc"], call.identity("operator"), service="gateway").call("firstline.v1.Health/Check")
    assert caught.value.code == rpc.UNAVAILABLE
    with Client(desk.service("intake")["rpc"], call.identity("operator")) as by_host:
        assert by_host.call("firstline.v1.Health/Check", b"", call.schema.HealthCheckResponse).ready


def test_a_certificate_of_another_authority_is_refused(call, desk, tmp_path):
    import subprocess
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", tmp_path / "x.key", "-out", tmp_path / "x.crt", "-subj", "/CN=x",
         "-addext", "subjectAltName=URI:spiffe://firstline/operator"], check=True, capture_output=True)
    stranger = rpc.identity(tmp_path / "x.crt", tmp_path / "x.key", desk.data / "certs" / "ca.crt")
    with pytest.raises(RPCError) as caught:
        Client(desk.service("intake")["rpc"], stranger, "intake").call("firstline.v1.Health/Check")
    assert caught.value.code == rpc.UNAVAILABLE


@pytest.mark.parametrize("change", ["no certificate", "TLS 1.2", "no ALPN", "another ALPN"])
def test_tls_is_mutual_and_new(call, desk, change):
    context = call.identity("operator")
    if change == "no certificate":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(desk.data / "certs" / "ca.crt")
        context.set_alpn_protocols(["firstline/1"])
    elif change == "TLS 1.2":
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    elif change == "no ALPN":
        folder = desk.data / "certs"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(folder / "operator.crt", folder / "operator.key")
        context.load_verify_locations(folder / "ca.crt")
    else:
        context.set_alpn_protocols(["spdy/1"])
    with pytest.raises(RPCError) as caught:
        Client(desk.service("intake")["rpc"], context, "intake").call("firstline.v1.Health/Check")
    assert caught.value.code == rpc.UNAVAILABLE


def test_another_system_has_its_own_rights(call):
    schema, crm = call.schema, call.client(name="crm")
    request = schema.CreateTicketRequest(subject="By CRM", body="b", requester=schema.RequesterReference(email="crm@example.org"))
    assert crm.call("firstline.v1.Intake/CreateTicket", request, schema.TicketReply).ticket.id
    assert refusal(call, lambda: crm.call("firstline.v1.Intake/UpdateTicket", schema.UpdateTicketRequest(id=1))) == (rpc.PERMISSION_DENIED, "forbidden")


# Coming and going

def test_a_client_follows_a_server_that_drains_and_comes_again(tmp_path):
    """SIGTERM while calls are under way: none of those with a key is lost or done twice, and the client goes on by itself."""
    desk = Desk(tmp_path / "data").start()
    callers = Callers(desk, current())
    schema, client = callers.schema, callers.client()
    done, failures, stop = [], [], threading.Event()

    def work(worker: int):
        number = 0
        while not stop.is_set():
            number += 1
            subject = f"Worker {worker} number {number}"
            request = schema.CreateTicketRequest(subject=subject, body="b", requester=schema.RequesterReference(email="w@example.org"))
            while True:
                try:
                    client.call("firstline.v1.Intake/CreateTicket", request, schema.TicketReply, metadata={"idempotency-key": subject})
                    break
                except RPCError as error:
                    if error.code != rpc.UNAVAILABLE:
                        failures.append(error)
                    time.sleep(0.05)
            done.append(subject)

    workers = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    try:
        for worker in workers:
            worker.start()
        wait_for(lambda: len(done) > 50)
        first = client.connection
        stream = iter(client.start("firstline.v1.Journal/Follow", schema.FollowRequest(follower="drain"), timeout=None))
        # It has begun: else the drain would refuse it as not processed.
        next(stream)
        pid = desk.pid_of("intake")
        import os
        import signal
        os.kill(pid, signal.SIGTERM)
        with pytest.raises(RPCError) as caught:
            for _ in stream:
                pass
        assert caught.value.code == rpc.UNAVAILABLE and callers.detail(caught.value).code == "draining"
        wait_for(lambda: first.is_closed)
        assert first.goaway[0] == rpc.DRAIN
        before = len(done)
        wait_for(lambda: len(done) > before + 50, 40)
    finally:
        stop.set()
        for worker in workers:
            worker.join(30)
        found, cursor = [], ""
        while not failures:
            page = callers("Intake/ListTickets", schema.ListTicketsRequest(limit=200, cursor=cursor))
            found += [ticket.subject for ticket in page.tickets]
            cursor = page.next_cursor
            if not cursor:
                break
        callers.close()
        desk.stop()
    assert not failures
    assert sorted(found) == sorted(done)


def test_plain_tcp_needs_no_more_than_the_page_says(tmp_path):
    desk = Desk(tmp_path / "data", "--insecure-loopback").start()
    try:
        schema = current()
        with Client(desk.service("intake")["rpc"]) as client:
            assert client.call("firstline.v1.Health/Check", b"", schema.HealthCheckResponse).ready
            # Who says nothing is the operator; who says a name is that.
            assert client.call("firstline.v1.Intake/ListMailboxes", b"", schema.ListMailboxesResponse).mailboxes
            with pytest.raises(RPCError) as caught:
                client.call("firstline.v1.Intake/CreateMailbox", b"", metadata={"service": "crm"})
            assert caught.value.code == rpc.PERMISSION_DENIED
    finally:
        desk.stop()


def test_nobody_there_is_unavailable_and_attempts_wait_longer():
    client, started = Client(f"127.0.0.1:{free_ports(1)[0]}"), time.monotonic()
    for _ in range(4):
        with pytest.raises(RPCError) as caught:
            client.call("firstline.v1.Health/Check")
        assert caught.value.code == rpc.UNAVAILABLE
    assert 0.8 * (0.05 + 0.08 + 0.128) < time.monotonic() - started < 5
