"""HTTP/2 by hand, frame by frame, as no honest client would send it."""
import socket
import struct
import time
import typing

import hpack
from hyperframe.frame import DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame, SettingsFrame, WindowUpdateFrame

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
ENHANCE_YOUR_CALM, PROTOCOL_ERROR, NO_ERROR = 11, 1, 0
HEALTH = "/firstline.v1.Health/Check"


def message(body: bytes = b"", flag: int = 0) -> bytes:
    return struct.pack(">BI", flag, len(body)) + body


class Answer(typing.NamedTuple):
    headers: dict[str, str]
    body: bytes
    reset: int | None

    @property
    def status(self) -> int | None:
        return int(self.headers["grpc-status"]) if "grpc-status" in self.headers else None


class Peer:
    def __init__(self, address: str, settings: dict[int, int] | None = None, timeout: float = 10):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.buffer = b""
        self.frames: list[Frame] = []
        self.goaway: GoAwayFrame | None = None
        self.closed = False
        self.next_stream = 1
        self.socket.sendall(PREFACE + SettingsFrame(0, settings or {}).serialize())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # Out

    def send(self, *frames: Frame | bytes):
        """Bytes stand for themselves. A server that hung up ends it quietly: `closed` is then true."""
        try:
            self.socket.sendall(b"".join(frame if isinstance(frame, bytes) else frame.serialize() for frame in frames))
        except OSError:
            self.closed = True

    def headers(self, path: str = HEALTH, more: list[tuple[str, str]] = (), without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        usual = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
                 ("te", "trailers"), ("content-type", "application/grpc")]
        changed = {name for name, _ in more} | set(without)
        pseudo = [pair for pair in more if pair[0].startswith(":")]
        return pseudo + [pair for pair in usual if pair[0] not in changed] + [pair for pair in more if pair not in pseudo]

    def open(self, path: str = HEALTH, end: bool = False, **more) -> int:
        """Sends the headers of a new stream."""
        stream, self.next_stream = self.next_stream, self.next_stream + 2
        flags = ["END_HEADERS"] + (["END_STREAM"] if end else [])
        self.send(HeadersFrame(stream, self.encoder.encode(self.headers(path, **more)), flags=flags))
        return stream

    def call(self, path: str = HEALTH, body: bytes = b"", **more) -> int:
        stream = self.open(path, **more)
        self.send(DataFrame(stream, message(body), flags=["END_STREAM"]))
        return stream

    def open_and_reset(self) -> bytes:
        stream, self.next_stream = self.next_stream, self.next_stream + 2
        headers = HeadersFrame(stream, self.encoder.encode(self.headers()), flags=["END_HEADERS"])
        return headers.serialize() + RstStreamFrame(stream, 8).serialize()

    # In

    def read(self, seconds: float = 5) -> Frame | None:
        """The next frame; None when the connection is closed or nothing comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            if len(self.buffer) >= 9:
                frame, length = Frame.parse_frame_header(memoryview(self.buffer[:9]))
                if len(self.buffer) >= 9 + length:
                    frame.parse_body(memoryview(self.buffer[9:9 + length]))
                    self.buffer = self.buffer[9 + length:]
                    if isinstance(frame, GoAwayFrame):
                        self.goaway = frame
                    self.frames.append(frame)
                    return frame
            left = deadline - time.monotonic()
            if left <= 0 or self.closed:
                return None
            self.socket.settimeout(left)
            try:
                more = self.socket.recv(65_536)
            except TimeoutError:
                return None
            except OSError:
                more = b""
            self.closed = self.closed or not more
            self.buffer += more

    def answer(self, stream: int, seconds: float = 10) -> Answer:
        """What the server says on a stream until it ends it."""
        headers: dict[str, str] = {}
        body, deadline = b"", time.monotonic() + seconds
        while time.monotonic() < deadline:
            frame = self.read(deadline - time.monotonic())
            if frame is None:
                break
            if isinstance(frame, HeadersFrame):
                block = dict(self.decoder.decode(frame.data))
                if frame.stream_id == stream:
                    headers |= block
            if frame.stream_id != stream:
                continue
            if isinstance(frame, DataFrame):
                body += frame.data
            if isinstance(frame, RstStreamFrame):
                return Answer(headers, body, frame.error_code)
            if "END_STREAM" in frame.flags:
                return Answer(headers, body, None)
        raise AssertionError(f"stream {stream} did not end: {headers} {body[:100]!r} closed={self.closed} goaway={self.goaway}")

    def error(self, seconds: float = 15) -> int | None:
        """The code of the GOAWAY with which the server ends the connection; None when it stays."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.read(deadline - time.monotonic()) is not None:
            pass
        return self.goaway.error_code if self.goaway else None

    def acknowledge(self):
        self.send(SettingsFrame(0, flags=["ACK"]))


def ping(number: int) -> PingFrame:
    return PingFrame(0, struct.pack(">Q", number))


def update(stream: int, increment: int) -> WindowUpdateFrame:
    return WindowUpdateFrame(stream, increment)
