"""A client of Firstline's RPC in plain Python, written from proto/PROTOCOL.md: an example for other systems, and what our tests call with.

    protoc -Iproto --python_out=. proto/firstline/v1/*.proto

    with Client("127.0.0.1:7401", identity("crm.crt", "crm.key", "ca.crt"), service="intake") as intake:
        ticket = intake.call("firstline.v1.Intake/GetTicket", GetTicketRequest(id=1), Ticket)
        for chunk in intake.stream("firstline.v1.Intake/DownloadAttachment", GetAttachmentRequest(id=1), Chunk):
            file.write(chunk.data)

A request is anything with `SerializeToString`, or bytes; without a response's class the answer is bytes. One thread for each connection
does all reading and writing; callers wait on their own call's queue.
"""
import contextlib
import queue
import random
import selectors
import socket
import ssl
import struct
import threading
import time

HELLO, REQUEST, RESPONSE, MESSAGE, STATUS, CANCEL, CREDIT, PING, PONG, GOAWAY = range(1, 11)
END, COMPRESSED, NOT_PROCESSED = 1, 2, 4
OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED = range(9)
FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS, UNAUTHENTICATED = range(9, 17)
DRAIN, PROTOCOL_ERROR, UNSUPPORTED_VERSION, LIMIT_EXCEEDED, TIMEOUT = range(5)

MAX_MESSAGE, MAX_STREAMS, MAX_METADATA, STREAM_CREDIT = 1, 2, 3, 4
DEFAULTS = {MAX_MESSAGE: 4_194_304, MAX_STREAMS: 1_024, MAX_METADATA: 16_384, STREAM_CREDIT: 65_536}
HEADER = struct.Struct(">IIBBH")
HANDSHAKE_SECONDS, KEEPALIVE_SECONDS, ATTEMPTS = 5, 20, 4
FIRST_WAIT, WAIT_GROWTH, LONGEST_WAIT = 0.05, 1.6, 1.0
READS = ("Get", "List", "Search", "Explain", "Preview", "Download", "Follow", "Head", "Check", "Describe")  # They change nothing.


class RPCError(Exception):
    """A call's status other than OK."""
    def __init__(self, code: int, text: str, detail: bytes = b"", not_processed: bool = False, lost: bool = False):
        super().__init__(f"{code} {text}")
        self.code, self.text = code if code <= UNAUTHENTICATED else UNKNOWN, text
        self.detail = detail  # An encoded firstline.v1.ErrorDetail, or empty.
        self.not_processed = not_processed  # No handler has seen the request.
        self.lost = lost  # The connection was lost in flight: the call may have had its effect.


class Unreachable(RPCError):
    """No connection is to be had."""


def frame(kind: int, stream: int = 0, head: bytes = b"", body: bytes = b"", flags: int = 0) -> bytes:
    return HEADER.pack(len(head) + len(body), stream, kind, flags, len(head)) + head + body


def hello(settings: dict[int, int] | None = None, version: int = 1) -> bytes:
    settings = settings or {}
    pairs = b"".join(struct.pack(">HI", name, value) for name, value in settings.items())
    return frame(HELLO, body=b"FLRP" + struct.pack(">HH", version, len(settings)) + pairs)


def settings_of(body: bytes) -> dict[int, int]:
    """A HELLO's settings, with the defaults of those that it leaves out."""
    magic, version, count = struct.unpack_from(">4sHH", body)
    if magic != b"FLRP" or version != 1:
        raise RPCError(UNAVAILABLE, "this is no server of version 1")
    return DEFAULTS | dict(struct.unpack_from(">HI", body, 8 + 6 * number) for number in range(count))


def text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def request_head(method: str, metadata: dict[str, str], timeout: float | None) -> bytes:
    milliseconds = 0 if timeout is None else min(max(1, int(timeout * 1000)), 2**32 - 1)
    head = struct.pack(">I", milliseconds) + text(method)
    if metadata:
        head += struct.pack(">H", len(metadata)) + b"".join(text(name) + text(value) for name, value in metadata.items())
    return head


def code_and_text(part: bytes) -> tuple[int, str]:
    """As they stand in a STATUS's head and a GOAWAY's body; what follows is for later versions."""
    code, length = struct.unpack_from(">BH", part)
    return code, part[3:3 + length].decode(errors="replace")


def identity(certificate, key, authority) -> ssl.SSLContext:
    """Mutual TLS 1.3 with a certificate, its key, and the authority that signed the server's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.set_alpn_protocols(["firstline/1"])
    return context


class Call:
    """One call in flight. `result` waits for the only response of a unary call; iterating gives those of a stream."""
    def __init__(self, connection: "Connection", method: str, timeout: float | None):
        self.connection, self.method = connection, method
        self.deadline = None if timeout is None else time.monotonic() + timeout
        self.stream = 0
        self.inbox: queue.SimpleQueue = queue.SimpleQueue()  # Bodies, then None for the end or an RPCError.
        self.consumed = 0

    def result(self) -> bytes:
        body = self._next()
        if body is None:
            raise RPCError(INTERNAL, "OK without a response")
        return body

    def __iter__(self):
        try:
            while (body := self._next()) is not None:
                yield body
                # Asked for the next one, the program has consumed this one.
                self.consumed += HEADER.size + len(body)
                if self.consumed >= self.connection.own[STREAM_CREDIT] // 2:
                    self.connection.grant(self, self.consumed)
                    self.consumed = 0
        finally:
            self.cancel()

    def cancel(self):
        """Tells the server that nobody waits any more. After the end of the call it does nothing."""
        self.connection.cancel(self)

    def _next(self):
        left = None if self.deadline is None else max(0, self.deadline - time.monotonic())
        try:
            item = self.inbox.get(timeout=left)
        except queue.Empty:
            self.cancel()
            raise RPCError(DEADLINE_EXCEEDED, "the deadline passed") from None
        if isinstance(item, RPCError):
            raise item
        return item


class Connection:
    """One connection and its calls."""
    def __init__(self, address: str, tls: ssl.SSLContext | None, service: str | None, own: dict[int, int]):
        self.own = DEFAULTS | own
        self.calls: dict[int, Call] = {}  # By stream.
        self.generations: dict[int, int] = {}  # By slot.
        self.free: list[int] = []
        self.is_draining = self.is_closed = False
        self.goaway: tuple[int, str] | None = None
        self.heard, self.asked = time.monotonic(), 0.0
        self.lock = threading.RLock()  # Callers on any thread; `_run` and what it calls are the connection's own.
        self.input, self.output = bytearray(), bytearray(hello(own))
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host.strip("[]"), int(port)), HANDSHAKE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if tls:
                self.socket = tls.wrap_socket(self.socket, server_hostname=host)
                if service:  # Without its name, TLS has compared the certificate with the host.
                    self._check_server(service)
            self._greet()
        except BaseException:
            self.socket.close()
            raise
        self.socket.setblocking(False)
        self.waker, self.wakened = socket.socketpair()
        self.waker.setblocking(False)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _check_server(self, service: str):
        if [value for kind, value in self.socket.getpeercert()["subjectAltName"] if kind == "URI"] != [f"spiffe://firstline/{service}"]:
            raise RPCError(UNAVAILABLE, f"the server is not {service}")

    def _greet(self):
        """Says HELLO and waits for the server's, which names its limits."""
        self.socket.sendall(self.output)
        self.output.clear()
        while len(self.input) < HEADER.size or len(self.input) < HEADER.size + HEADER.unpack_from(self.input)[0]:
            if not (part := self.socket.recv(65_536)):
                raise RPCError(UNAVAILABLE, "the server closed the connection before its HELLO")
            self.input += part
        length, _, kind, _, _ = HEADER.unpack_from(self.input)
        body = bytes(self.input[HEADER.size:HEADER.size + length])
        del self.input[:HEADER.size + length]
        if kind != HELLO:
            raise RPCError(UNAVAILABLE, "the server refused: " + (code_and_text(body)[1] if kind == GOAWAY else "no HELLO"))
        self.peer = settings_of(body)

    def start(self, method: str, body: bytes, timeout: float | None, metadata: dict[str, str]) -> Call:
        call = Call(self, method, timeout)
        head = request_head(method, metadata, timeout)
        if len(body) > self.peer[MAX_MESSAGE] or len(head) > self.peer[MAX_METADATA]:
            raise RPCError(RESOURCE_EXHAUSTED, "the request, or its head, is longer than the server takes")
        with self.lock:
            if self.is_draining or self.is_closed:
                raise RPCError(UNAVAILABLE, "the connection is closing", not_processed=True)
            if self.free:
                slot = self.free.pop()
            elif len(self.generations) < self.peer[MAX_STREAMS]:
                slot = len(self.generations) + 1
            else:
                raise RPCError(RESOURCE_EXHAUSTED, "more calls in flight than the server takes")
            self.generations[slot] = self.generations.get(slot, 0) + 1 & 0xFFFF
            call.stream = self.generations[slot] << 16 | slot
            self.calls[call.stream] = call
            self._send(frame(REQUEST, call.stream, head, body, END))
        return call

    def cancel(self, call: Call):
        with self.lock:
            if self._over(call.stream):
                self._send(frame(CANCEL, call.stream, flags=END))

    def grant(self, call: Call, size: int):
        with self.lock:
            if call.stream in self.calls:
                self._send(frame(CREDIT, call.stream, body=struct.pack(">I", size)))

    def close(self):
        self._end(RPCError(UNAVAILABLE, "the connection was closed", lost=True))
        if threading.current_thread() is not self.thread:
            self.thread.join()

    def _send(self, data: bytes):
        self.output += data
        self._wake()

    def _wake(self):
        with contextlib.suppress(OSError):  # It is awake, or gone.
            self.waker.send(b"\0")

    def _over(self, stream: int) -> Call | None:
        """Takes the call off the connection; its slot may be used again."""
        if call := self.calls.pop(stream, None):
            self.free.append(stream & 0xFFFF)
            if self.is_draining and not self.calls:
                self._wake()
        return call

    def _run(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ)
            selector.register(self.wakened, selectors.EVENT_READ)
            error = RPCError(UNAVAILABLE, "the connection was lost", lost=True)
            try:
                self._parse()
                while not self.is_closed and not (self.is_draining and not self.calls and not self.output):
                    writes = selectors.EVENT_WRITE if self.output else 0
                    selector.modify(self.socket, selectors.EVENT_READ | writes)
                    ready = {key.fileobj for key, _ in selector.select(KEEPALIVE_SECONDS / 4)}
                    if self.wakened in ready:
                        self.wakened.recv(4_096)
                    self._write()
                    if self.socket in ready and not self._read():
                        break
                    self._watch()
            except (OSError, struct.error) as failure:
                error = RPCError(UNAVAILABLE, f"the connection failed: {failure}", lost=True)
            except RPCError as failure:
                error = failure
            self._end(error)
            self.socket.close()

    def _write(self):
        with self.lock:
            while self.output:
                try:
                    del self.output[:self.socket.send(self.output)]
                except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                    return

    def _read(self) -> bool:
        while True:
            try:
                part = self.socket.recv(65_536)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return True
            if not part:
                return False
            self.heard, self.asked = time.monotonic(), 0.0
            self.input += part
            self._parse()

    def _parse(self):
        taken = 0
        while len(self.input) - taken >= HEADER.size:
            length, stream, kind, flags, head_length = HEADER.unpack_from(self.input, taken)
            if length > self.own[MAX_MESSAGE] + DEFAULTS[MAX_METADATA] or head_length > length:
                raise RPCError(UNAVAILABLE, "the server sent a frame longer than was asked for", lost=True)
            if len(self.input) - taken < HEADER.size + length:
                break
            start = taken + HEADER.size
            taken = start + length
            self._receive(kind, stream, flags, bytes(self.input[start:start + head_length]), bytes(self.input[start + head_length:taken]))
        del self.input[:taken]

    def _receive(self, kind: int, stream: int, flags: int, head: bytes, body: bytes):
        with self.lock:
            if kind == MESSAGE and (call := self.calls.get(stream)):
                call.inbox.put(body)
            elif kind == RESPONSE and (call := self._over(stream)):
                call.inbox.put(body)
            elif kind == STATUS and (call := self._over(stream)):
                code, words = code_and_text(head)
                call.inbox.put(None if code == OK else RPCError(code, words, body, bool(flags & NOT_PROCESSED)))
            elif kind == PING:
                self._send(frame(PONG, body=body))
            elif kind == GOAWAY:
                self.goaway = code_and_text(body)
                self.is_draining = True
                if self.goaway[0] != DRAIN:
                    raise RPCError(UNAVAILABLE, f"the server left: {self.goaway[1]}", lost=True)

    def _watch(self):
        """While calls are open and nothing comes, asks by PING; then leaves."""
        now = time.monotonic()
        if not self.calls or now - self.heard < KEEPALIVE_SECONDS:
            return
        if not self.asked:
            self.asked = now
            with self.lock:
                self._send(frame(PING, body=bytes(8)))
        elif now - self.asked > KEEPALIVE_SECONDS:
            raise RPCError(UNAVAILABLE, "the server fell silent", lost=True)

    def _end(self, error: RPCError):
        with self.lock:
            self.is_closed = True
            for stream in list(self.calls):
                self._over(stream).inbox.put(error)
        self._wake()


class Client:
    """Calls one server: connects with the first call, again after the connection was lost or drained, and sends again what may be."""
    def __init__(self, address: str, tls: ssl.SSLContext | None = None, service: str | None = None, settings: dict[int, int] | None = None):
        self.address, self.tls, self.service, self.settings = address, tls, service, settings or {}
        if tls:
            tls.check_hostname = service is None
        self.connection: Connection | None = None
        self.lock = threading.Lock()
        self.wait, self.not_before = FIRST_WAIT, 0.0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.connection:
            self.connection.close()

    def connected(self) -> Connection:
        """The connection for new calls. After a failed attempt the next one waits its turn."""
        with self.lock:
            if self.connection and not (self.connection.is_closed or self.connection.is_draining):
                return self.connection
            time.sleep(max(0, self.not_before - time.monotonic()))
            try:
                self.connection = Connection(self.address, self.tls, self.service, self.settings)
            except (OSError, struct.error, RPCError) as failure:
                raise Unreachable(UNAVAILABLE, f"{self.address} cannot be reached: {failure}") from failure
            finally:
                self.not_before = time.monotonic() + self.wait * random.uniform(0.8, 1.2)
                self.wait = min(self.wait * WAIT_GROWTH, LONGEST_WAIT)
            self.wait, self.not_before = FIRST_WAIT, 0.0
            return self.connection

    def start(self, method: str, request=b"", timeout: float | None = 10, metadata: dict[str, str] | None = None) -> Call:
        """Sends a call and returns at once; many may be in flight."""
        body = request if isinstance(request, bytes) else request.SerializeToString()
        return self.connected().start(method, body, timeout, metadata or {})

    def call(self, method: str, request=b"", response=None, timeout: float | None = 10, metadata: dict[str, str] | None = None):
        """A unary call. What no handler has seen is sent again; what one may have seen, when it only reads or has a key."""
        deadline = None if timeout is None else time.monotonic() + timeout
        may_repeat = "idempotency-key" in (metadata or {}) or method.rsplit("/", 1)[-1].startswith(READS)
        wait = FIRST_WAIT
        for attempt in range(1, ATTEMPTS + 1):
            left = None if deadline is None else max(0.001, deadline - time.monotonic())
            try:
                body = self.start(method, request, left, metadata).result()
                return response.FromString(body) if response else body
            except Unreachable:
                raise
            except RPCError as error:
                may_go_again = error.not_processed or may_repeat and error.code == UNAVAILABLE
                if attempt == ATTEMPTS or not may_go_again or left is not None and left <= wait:
                    raise
                if attempt > 1 or not error.not_processed:
                    time.sleep(wait * random.uniform(0.8, 1.2))
                    wait = min(wait * WAIT_GROWTH, LONGEST_WAIT)

    def stream(self, method: str, request=b"", response=None, timeout: float | None = None, metadata: dict[str, str] | None = None):
        """A server-streaming call. A reader that stops early, or is slow, costs the server nothing."""
        for body in self.start(method, request, timeout, metadata):
            yield response.FromString(body) if response else body
