"""Stock gRPC clients (grpcio, stubs made of proto/) call the real executables on the same ports as our own."""
import concurrent.futures
import threading
import time

import grpc
import pytest

from desk import wait_for
from every_method import every_method
from grpc_peer import MAX_MESSAGE, detail_of


def metric(desk, service: str, name: str, **labels) -> float:
    """The value of one series on a service's admin page; 0 when it is not there."""
    import urllib.request
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    with urllib.request.urlopen(f"http://{desk.service(service)['admin']}/metrics", timeout=10) as page:
        for line in page.read().decode().splitlines():
            if line.startswith(name + "{") and wanted <= set(line[len(name) + 1:line.index("}")].split(",")):
                return float(line.rsplit(" ", 1)[1])
    return 0


def uploaded(call, content: bytes) -> int:
    """The id of an attachment."""
    stubs = call.stubs
    upload = call("Intake/BeginUpload")
    for offset in range(0, len(content), 1_000_000):
        call("Intake/AppendUpload", stubs.AppendUploadRequest(token=upload.token, offset=offset, data=content[offset:offset + 1_000_000]))
    return call("Intake/FinishAttachment", stubs.FinishAttachmentRequest(token=upload.token, filename="big.txt", content_type="text/plain")).id


@pytest.mark.parametrize("face", ["call", "plain_call"])
def test_every_method_of_every_service_answers(face, request):
    peers = request.getfixturevalue(face)
    assert every_method(peers.stubs, peers) == set(peers.stubs.methods)


def test_errors_carry_their_details_in_the_trailers(call):
    stubs, intake = call.stubs, call.stub("Intake")
    with pytest.raises(grpc.RpcError) as caught:
        intake.GetTicket(stubs.GetTicketRequest(id=999_999), timeout=10)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    assert detail_of(caught.value, stubs).code == "not_found"
    with pytest.raises(grpc.RpcError) as caught:
        intake.CreateTicket(stubs.CreateTicketRequest(body="No subject", requester=stubs.RequesterReference(email="nobody")), timeout=10)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    detail = detail_of(caught.value, stubs)
    assert detail.code == "invalid_field"
    assert {violation.field for violation in detail.violations} >= {"subject"}


def test_a_stale_write_brings_the_current_ticket(call):
    stubs, intake = call.stubs, call.stub("Intake")
    ticket = intake.CreateTicket(
        stubs.CreateTicketRequest(subject="Zażółć % ∑", body="b", requester=stubs.RequesterReference(email="stale@example.org")), timeout=10).ticket
    with pytest.raises(grpc.RpcError) as caught:
        intake.UpdateTicket(stubs.UpdateTicketRequest(id=ticket.id, expected_version=ticket.version + 7, subject="x"), timeout=10)
    assert caught.value.code() == grpc.StatusCode.ABORTED
    detail = detail_of(caught.value, stubs)
    assert detail.code == "stale_version"
    assert stubs.Ticket.FromString(detail.current).subject == "Zażółć % ∑"


def test_text_beyond_ascii_comes_through_the_message(call):
    with pytest.raises(grpc.RpcError) as caught:
        call.stub("Intake").GetRequester(call.stubs.GetRequesterRequest(email="ζητώ%20@παράδειγμα.ελ"), timeout=10)
    assert caught.value.code() in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)
    assert detail_of(caught.value, call.stubs) is not None


def test_a_key_makes_a_repeat_harmless(call):
    stubs, intake = call.stubs, call.stub("Intake")
    request = stubs.CreateTicketRequest(subject="Once", body="b", requester=stubs.RequesterReference(email="once@example.org"))
    metadata = (("idempotency-key", "grpc-once"), ("trace-bin", b"\x00\xff\x01"))
    first = intake.CreateTicket(request, timeout=10, metadata=metadata)
    assert intake.CreateTicket(request, timeout=10, metadata=metadata).ticket.id == first.ticket.id


def test_an_unknown_method_is_unimplemented(call):
    unknown = call.channel().unary_unary("/firstline.v1.Intake/Nothing", request_serializer=bytes, response_deserializer=bytes)
    with pytest.raises(grpc.RpcError) as caught:
        unknown(b"", timeout=10)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_compressed_request_is_refused_with_what_is_taken(call):
    with pytest.raises(grpc.RpcError) as caught:
        call.stub("Intake").GetTicket(call.stubs.GetTicketRequest(id=1), timeout=10, compression=grpc.Compression.Gzip)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_the_deadline_ends_a_stream(call):
    before = metric(call.desk, "intake", "firstline_rpc_calls_total", method="firstline.v1.Journal/Follow", code="deadline_exceeded")
    cancelled = metric(call.desk, "intake", "firstline_rpc_calls_total", method="firstline.v1.Journal/Follow", code="cancelled")
    began = time.monotonic()
    with pytest.raises(grpc.RpcError) as caught:
        for _ in call.stub("Journal", "intake").Follow(call.stubs.FollowRequest(follower="grpc"), timeout=0.7):
            pass
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert 0.5 < time.monotonic() - began < 5
    # Whose clock strikes first is a race: the client then cancels by itself.
    wait_for(lambda: metric(call.desk, "intake", "firstline_rpc_calls_total", method="firstline.v1.Journal/Follow", code="deadline_exceeded")
             + metric(call.desk, "intake", "firstline_rpc_calls_total", method="firstline.v1.Journal/Follow", code="cancelled")
             == before + cancelled + 1, 5)


def test_a_deadline_that_has_passed_is_refused(plain_call):
    """Raw headers, since grpcio itself sends nothing then."""
    from h2_peer import Peer
    with Peer(plain_call.desk.service("intake")["rpc"]) as peer:
        stream = peer.call("/firstline.v1.Intake/ListTickets", more=[("grpc-timeout", "0m")])
        assert peer.answer(stream).status == 4


def test_cancelling_ends_the_handler(call):
    series = {"method": "firstline.v1.Journal/Follow", "code": "cancelled"}
    before = metric(call.desk, "routing", "firstline_rpc_calls_total", **series)
    stream = call.stub("Journal", "routing").Follow(call.stubs.FollowRequest(follower="grpc"), timeout=30)
    next(stream)
    stream.cancel()
    wait_for(lambda: metric(call.desk, "routing", "firstline_rpc_calls_total", **series) == before + 1, 5)


def test_a_stream_of_many_messages_comes_whole(call):
    content = b"".join(b"%07d\n" % number for number in range(1_000_000))
    attachment = uploaded(call, content)
    chunks = call.stub("Intake").DownloadAttachment(call.stubs.GetAttachmentRequest(id=attachment), timeout=60)
    assert b"".join(chunk.data for chunk in chunks) == content


def test_a_slow_reader_costs_the_server_no_memory(call):
    content = bytes(24_000_000)
    attachment = uploaded(call, content)
    pid = call.desk.pid_of("intake")

    def resident() -> int:
        with open(f"/proc/{pid}/statm") as statm:
            return int(statm.read().split()[1]) * 4096

    before = resident()
    # Each stream may send its window, and no more, while nobody reads.
    channel_options = {"grpc__http2__bdp_probe": 0, "grpc__http2__lookahead_bytes": 65_536, "grpc__max_receive_message_length": -1}
    stub = call.stub("Intake", **channel_options)
    streams = [stub.DownloadAttachment(call.stubs.GetAttachmentRequest(id=attachment), timeout=120) for _ in range(12)]
    first = [next(stream) for stream in streams]
    time.sleep(1)
    assert resident() - before < 40_000_000
    total = len(first[0].data) + sum(len(chunk.data) for chunk in streams[0])
    assert total == len(content)
    for stream in streams:
        stream.cancel()


def test_messages_up_to_the_limit_pass_and_longer_ones_do_not(call):
    stubs = call.stubs
    upload = call("Intake/BeginUpload")
    request = stubs.AppendUploadRequest(token=upload.token, offset=0)
    room = MAX_MESSAGE - len(stubs.AppendUploadRequest(token=upload.token, data=b"x" * 4_000_000).SerializeToString()) + 4_000_000
    request.data = b"x" * room
    assert len(request.SerializeToString()) == MAX_MESSAGE
    stub = call.stub("Intake", grpc__max_send_message_length=-1)
    try:
        stub.AppendUpload(request, timeout=30)
    except grpc.RpcError as error:  # The upload's own limit may be smaller: what counts is who says so.
        assert detail_of(error, stubs).code != "too_large", error
    request.data += b"x"
    with pytest.raises(grpc.RpcError) as caught:
        stub.AppendUpload(request, timeout=30)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert detail_of(caught.value, stubs).code == "too_large"
    assert call("Journal/Head").term > 0


def test_many_calls_at_once_on_one_connection(call):
    stubs, intake = call.stubs, call.stub("Intake")
    ticket = intake.CreateTicket(
        stubs.CreateTicketRequest(subject="Many", body="b", requester=stubs.RequesterReference(email="many@example.org")), timeout=10).ticket
    calls = [intake.GetTicket.future(stubs.GetTicketRequest(id=ticket.id), timeout=30) for _ in range(2_000)]
    assert {future.result().id for future in calls} == {ticket.id}


def test_native_and_grpc_clients_share_a_port(call, desk):
    """What one writes the other reads."""
    made = desk.firstline("rpc", "firstline.v1.Intake/CreateTicket", '{"subject":"Native","body":"b","requester":{"email":"n@example.org"}}')
    import json
    ticket = json.loads(made.stdout)["ticket"]
    assert call("Intake/GetTicket", call.stubs.GetTicketRequest(id=int(ticket["id"]))).subject == "Native"


def test_draining_lets_calls_end_and_tells_clients_to_go(tmp_path, stubs):
    from desk import Desk
    from grpc_peer import Peers
    desk = Desk(tmp_path / "data").start()
    peers = Peers(desk, stubs)
    try:
        stream = peers.stub("Journal", "intake").Follow(stubs.FollowRequest(follower="drain"), timeout=60)
        next(stream)
        outcome: list = []

        def follow():
            try:
                for _ in stream:
                    pass
            except grpc.RpcError as error:
                outcome.append(error.code())

        reader = threading.Thread(target=follow, daemon=True)
        reader.start()
        began = time.monotonic()
        assert desk.stop() == 0
        assert time.monotonic() - began < 12
        reader.join(10)
        assert outcome == [grpc.StatusCode.UNAVAILABLE]
    finally:
        peers.close()
        if desk.process.poll() is None:
            desk.kill_everything()


def test_concurrent_clients_of_both_protocols(call, desk):
    """Ten gRPC channels at once beside the system's own traffic."""
    def ask(number: int) -> int:
        return call.stub("Health", "intake", grpc__dummy=number).Check(call.stubs.HealthCheckRequest(), timeout=20).ready
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        assert all(pool.map(ask, range(10)))
