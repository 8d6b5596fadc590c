"""HTTP/2 misused on the plain port: every flood is cut off with a reason, memory stays, and a good client is served all the while."""
import contextlib
import struct
import threading
import time

import grpc
import pytest
from hyperframe.frame import ContinuationFrame, DataFrame, HeadersFrame, PriorityFrame, RstStreamFrame, SettingsFrame

from grpc_peer import MAX_MESSAGE
from h2_peer import ENHANCE_YOUR_CALM, PREFACE, PROTOCOL_ERROR, Peer, message, ping, update

UNIMPLEMENTED, RESOURCE_EXHAUSTED, INTERNAL, INVALID_ARGUMENT = 12, 8, 13, 3
MEMORY_SLACK = 48_000_000


@pytest.fixture
def address(plain_desk) -> str:
    return plain_desk.service("intake")["rpc"]


@pytest.fixture(autouse=True)
def unharmed(plain_call):
    """While each attack runs a good client is answered, and the service is the same process afterwards, not much larger."""
    desk = plain_call.desk
    pid = desk.pid_of("intake")
    check = plain_call.stub("Health", "intake", grpc__use_local_subchannel_pool=1).Check
    request = plain_call.stubs.HealthCheckRequest()
    check(request, timeout=10)
    before = resident(pid)
    stop, slowest, failures = threading.Event(), [0.0], []

    def good_client():
        while not stop.is_set():
            began = time.monotonic()
            try:
                check(request, timeout=10)
            except grpc.RpcError as error:
                failures.append(error)
            slowest[0] = max(slowest[0], time.monotonic() - began)
            stop.wait(0.02)

    thread = threading.Thread(target=good_client, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(15)
    assert not failures, failures[:1]
    assert slowest[0] < 5
    assert desk.pid_of("intake") == pid
    assert resident(pid) - before < MEMORY_SLACK


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def pushed(peer: Peer, frames, rounds: int):
    """Sends `frames(round)` until the server has had enough."""
    for number in range(rounds):
        peer.send(*frames(number))
        if peer.closed:
            break


# What is refused on one stream

def test_the_plain_call(address):
    with Peer(address) as peer:
        answer = peer.answer(peer.call())
        assert (answer.headers[":status"], answer.status) == ("200", 0)
        assert answer.headers["content-type"] == "application/grpc"
        flag, length = struct.unpack(">BI", answer.body[:5])
        assert (flag, length) == (0, len(answer.body) - 5)


def test_bytes_may_come_one_by_one(address):
    with Peer(address) as peer:
        stream = peer.open()
        for byte in message(b"\x0a\x02hi"):
            peer.send(DataFrame(stream, bytes([byte])))
        peer.send(DataFrame(stream, b"", flags=["END_STREAM"]))
        assert peer.answer(stream).status == 0


@pytest.mark.parametrize("more, status, grpc_status", [
    ({"more": [(":method", "PUT")]}, "405", None),
    ({"more": [("content-type", "application/json")]}, "415", None),
    ({"more": [("content-type", "application/grpc-web")]}, "415", None),
    ({"more": [("content-type", "application/grpc+json")]}, "415", None),
    ({"without": ("content-type",)}, "415", None),
    ({"more": [("content-type", "application/grpc+proto")]}, "200", 0),
    ({"path": "/firstline.v1.Health/Nothing"}, "200", UNIMPLEMENTED),
    ({"path": "/"}, "200", UNIMPLEMENTED),
    ({"more": [("grpc-encoding", "gzip")]}, "200", UNIMPLEMENTED),
    ({"more": [("grpc-timeout", "soon")]}, "200", INVALID_ARGUMENT),
    ({"more": [("grpc-timeout", "123456789S")]}, "200", INVALID_ARGUMENT),
    ({"more": [("grpc-timeout", "99999999H")]}, "200", 0),
    ({"more": [("trace-bin", "not base64!")]}, "200", INVALID_ARGUMENT),
    ({"more": [("trace-bin", "AAE=")]}, "200", 0),
    ({"more": [("big", "x" * 17_000)]}, "200", RESOURCE_EXHAUSTED),
])
def test_headers(address, more, status, grpc_status):
    with Peer(address) as peer:
        peer.read()
        peer.acknowledge()  # Until then HTTP/2's own defaults count.
        answer = peer.answer(peer.call(**more))
        assert (answer.headers[":status"], answer.status) == (status, grpc_status)
        if grpc_status == UNIMPLEMENTED and "more" in more:
            assert answer.headers["grpc-accept-encoding"] == "identity"
        assert peer.answer(peer.call()).status == 0, "the connection goes on"


@pytest.mark.parametrize("bytes_sent, grpc_status", [
    (b"", UNIMPLEMENTED),  # No request.
    (message() + message(), UNIMPLEMENTED),  # Two.
    (message(b"\x0a\x05hi"), INVALID_ARGUMENT),  # Not decodable.
    (message()[:3], INTERNAL),  # Cut short.
    (message(b"x" * 10)[:9], INTERNAL),
    (message(flag=1), INTERNAL),  # Compressed, with no encoding said.
    (message(flag=7), INTERNAL),
    (struct.pack(">BI", 0, MAX_MESSAGE + 1), RESOURCE_EXHAUSTED),
    (struct.pack(">BI", 0, 0xFFFFFFFF), RESOURCE_EXHAUSTED),
])
def test_bodies(address, bytes_sent, grpc_status):
    path = "/firstline.v1.Intake/GetTicket"
    with Peer(address) as peer:
        stream = peer.open(path)
        peer.send(DataFrame(stream, bytes_sent, flags=["END_STREAM"]))
        assert peer.answer(stream).status == grpc_status
        assert peer.answer(peer.call()).status == 0


def test_a_refused_request_need_not_be_sent_whole(address):
    """The status comes at once, then a reset without error; late bytes do no harm."""
    with Peer(address) as peer:
        stream = peer.open("/firstline.v1.Intake/AppendUpload")
        peer.send(DataFrame(stream, struct.pack(">BI", 0, 50_000_000) + b"x" * 1000))
        assert peer.answer(stream).status == RESOURCE_EXHAUSTED
        for _ in range(20):
            peer.send(DataFrame(stream, b"x" * 1000))
        assert peer.answer(peer.call()).status == 0


def test_an_abandoned_request_costs_nothing(address):
    with Peer(address) as peer:
        for _ in range(100):
            stream = peer.open()
            peer.send(DataFrame(stream, message(b"x" * 100)[:50]), RstStreamFrame(stream, 8))
        assert peer.answer(peer.call()).status == 0


# Floods

def test_rapid_resets(address):
    """CVE-2023-44487: open and reset, for ever."""
    with Peer(address) as peer:
        peer.read()
        pushed(peer, lambda _: [peer.open_and_reset() for _ in range(50)], 200)
        assert peer.error() == ENHANCE_YOUR_CALM


def test_streams_that_make_the_server_reset(address):
    """CVE-2025-8671: a legal request, then a frame that forces the server to reset the stream."""
    with Peer(address) as peer:
        peer.read()

        def frames(_):
            stream = peer.open("/firstline.v1.Intake/ListTickets")
            return [DataFrame(stream, message(), flags=["END_STREAM"]), update(stream, 0x7FFFFFFF), update(stream, 0x7FFFFFFF)]

        pushed(peer, frames, 5_000)
        # On a busy machine the GOAWAY may be lost: a system that closes with bytes unread resets the connection.
        assert peer.error() is not None or peer.closed


def test_settings_flood(address):
    with Peer(address) as peer:
        pushed(peer, lambda n: [SettingsFrame(0, {4: 65_535 + n % 7}).serialize() * 50], 200)
        assert peer.error() == ENHANCE_YOUR_CALM


def test_ping_flood(address):
    with Peer(address) as peer:
        pushed(peer, lambda n: [b"".join(ping(k).serialize() for k in range(50))], 200)
        assert peer.error() == ENHANCE_YOUR_CALM


def test_priority_flood(address):
    with Peer(address) as peer:
        pushed(peer, lambda n: [PriorityFrame(2 * n + 1, depends_on=0, stream_weight=7).serialize() * 50], 200)
        assert peer.error() == ENHANCE_YOUR_CALM


def test_empty_data_flood(address):
    with Peer(address) as peer:
        stream = peer.open()
        pushed(peer, lambda _: [DataFrame(stream, b"").serialize() * 50], 200)
        assert peer.error() == ENHANCE_YOUR_CALM


def test_continuation_flood(address):
    """CVE-2024-27316: header blocks that never end."""
    with Peer(address) as peer:
        block = peer.encoder.encode(peer.headers())
        peer.send(HeadersFrame(1, block))
        pushed(peer, lambda n: [ContinuationFrame(1, b"").serialize() * 20], 200)
        assert peer.error() == ENHANCE_YOUR_CALM


def test_a_header_list_beyond_all_bounds(address):
    """The bomb: one long entry in the table, named over and over."""
    with Peer(address) as peer:
        first = [(":method", "POST"), ("bomb", "x" * 3_000)]
        block = peer.encoder.encode(first)
        index = peer.encoder.encode([("bomb", "x" * 3_000)])
        assert len(index) < 3
        peer.send(HeadersFrame(1, block + index * 4_000, flags=["END_HEADERS"]))
        assert peer.error() is not None


def test_window_updates_byte_by_byte(address):
    """A response that may only leave in single bytes would cost a frame for each."""
    with Peer(address, {4: 0}) as peer:
        stream = peer.call("/firstline.v1.Reflection/Describe")
        pushed(peer, lambda _: [update(stream, 1).serialize() * 100], 400)
        assert peer.error() == ENHANCE_YOUR_CALM


def test_windows_that_overflow(address):
    with Peer(address) as peer:
        peer.send(update(0, 0x7FFFFFFF), update(0, 0x7FFFFFFF))
        assert peer.error() == 3  # FLOW_CONTROL_ERROR


def test_more_streams_than_are_allowed(address):
    """As many as were announced may be open; one more ends the connection."""
    with Peer(address) as peer:
        peer.read()
        peer.acknowledge()
        streams = [peer.open() for _ in range(1_024)]
        for stream in (streams[0], streams[-1]):
            peer.send(DataFrame(stream, message(), flags=["END_STREAM"]))
            assert peer.answer(stream).status == 0
        for _ in range(3):
            peer.open()
        assert peer.error() == PROTOCOL_ERROR


def test_many_unfinished_requests_are_bounded(address):
    """1,000 requests of 4 MiB, none of which ends."""
    with Peer(address) as peer, contextlib.suppress(AssertionError):
        filler = b"x" * 16_000
        for _ in range(1_000):
            stream = peer.open("/firstline.v1.Intake/AppendUpload")
            peer.send(DataFrame(stream, struct.pack(">BI", 0, MAX_MESSAGE) + filler))
            for _ in range(6):
                peer.send(DataFrame(stream, filler))
            while peer.read(0) is not None:
                pass
            if peer.closed:
                break


def test_a_client_that_reads_nothing(address):
    """Windows are shut, and requests for long answers keep coming."""
    with Peer(address, {4: 0}) as peer:
        for _ in range(20):
            for _ in range(200):
                peer.call("/firstline.v1.Reflection/Describe")
            while peer.read(0.05) is not None:
                pass
            if peer.closed:
                break


def test_garbage(address):
    for junk in [b"P" * 1_000, b"PRI * HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n\r\n", PREFACE[:20] + b"\0" * 500,
                 PREFACE + b"\0\0\5\1\1\0\0\0\1\xff\xff\xff\xff\xff", PREFACE + b"\xff" * 1_000, PREFACE + DataFrame(1, b"x").serialize()]:
        with Peer(address) as peer:
            peer.socket.close()
        import socket
        host, port = address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=15) as raw:
            raw.sendall(junk)
            with contextlib.suppress(ConnectionError):
                while raw.recv(65_536):
                    pass  # Closed in the end: `timeout` would raise.


def test_a_client_that_says_nothing_more_is_left(address):
    """The preface alone: no SETTINGS within the time for the handshake."""
    import socket
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=15) as raw:
        raw.sendall(PREFACE)
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while raw.recv(65_536):
                pass
        assert time.monotonic() - began < 12
