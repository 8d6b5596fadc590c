"""A proxy between two services that speaks the messages of another release: what the older one does not know is gone, or what a newer one
may add is there. The services at its ends are those of today, so each takes the other for one of that release."""
import asyncio
import struct
import threading

from firstline_client import CREDIT, END, HEADER, MESSAGE, REQUEST, RESPONSE, STATUS, UNIMPLEMENTED, frame, text
from schema import Schema


class Older:
    """Messages as a program of an older release reads them and sends them on."""

    def __init__(self, schema: Schema):
        self.schema = schema

    def knows(self, method: str) -> bool:
        return method in self.schema.methods

    def request(self, method: str, body: bytes) -> bytes:
        return self._known(self.schema.methods[method].request, body)

    def response(self, method: str, body: bytes) -> bytes:
        return self._known(self.schema.methods[method].response, body)

    @staticmethod
    def _known(kind: type, body: bytes) -> bytes:
        message = kind.FromString(body)
        message.DiscardUnknownFields()
        return message.SerializeToString()


class Newer:
    """Messages as a program of a later release may send them: fields more in every message, and entries of kinds that nobody knows yet."""

    #: Kinds of journal entries that nobody needs in order to do its work.
    dispensable = {"requester_changed", "organization_changed", "team_changed"}

    def __init__(self, schema: Schema):
        """`schema`: with `from_the_future` and `novelties` in every message."""
        self.schema = schema
        self.unknown_entries = 0

    def knows(self, method: str) -> bool:
        return method in self.schema.methods

    def request(self, method: str, body: bytes) -> bytes:
        return self._filled(self.schema.methods[method].request, body)

    def response(self, method: str, body: bytes) -> bytes:
        return self._filled(self.schema.methods[method].response, body)

    def _filled(self, kind: type, body: bytes) -> bytes:
        message = kind.FromString(body)
        self._fill(message)
        return message.SerializeToString()

    def _fill(self, message):
        if message.DESCRIPTOR.name == "Novelty":
            return
        if message.DESCRIPTOR.name == "JournalEntry" and message.WhichOneof("body") in self.dispensable:
            message.ClearField(message.WhichOneof("body"))
            self.unknown_entries += 1
        for field, value in message.ListFields():
            if field.type == field.TYPE_MESSAGE:
                for one in (value if field.is_repeated else [value]):
                    self._fill(one)
        message.from_the_future = "x" * 20
        message.novelties.add(text="new")


class Translator:
    """Passes connections without TLS on to `target`, each message translated by `release`, in a thread of its own."""

    def __init__(self, target: str, release: Older | Newer):
        host, port = target.rsplit(":", 1)
        self.target, self.release = (host, int(port)), release
        self.messages = self.unknown_methods = 0
        self.failures: list[str] = []
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self.thread.start()
        started.wait(10)

    def _run(self, started: threading.Event):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0.05))
        self.loop.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        methods: dict[int, str] = {}
        try:
            there, to_target = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(reader, to_target, writer, methods, self._to_server))
                group.create_task(self._pass(there, writer, to_target, methods, self._to_client))
        except* (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            to_target.close()
            writer.close()

    async def _pass(self, reader, forward, back, methods, translate):
        while True:
            header = await reader.readexactly(HEADER.size)
            length, stream, kind, flags, head_length = HEADER.unpack(header)
            payload = await reader.readexactly(length)
            try:
                to_forward, to_back = translate(methods, stream, kind, flags, payload[:head_length], payload[head_length:])
            except Exception as error:  # The test that reads `failures` fails by it.
                self.failures.append(repr(error))
                raise asyncio.CancelledError from error
            forward.write(to_forward)
            back.write(to_back)
            await forward.drain()

    def _to_server(self, methods, stream, kind, flags, head, body):
        if kind != REQUEST:
            return frame(kind, stream, head, body, flags), b""
        length = struct.unpack_from(">H", head, 4)[0]
        method = head[6:6 + length].decode().removeprefix("firstline.v1.")
        if not self.release.knows(method):
            self.unknown_methods += 1
            status = bytes([UNIMPLEMENTED]) + text(f"{method} is not served")
            return b"", frame(STATUS, stream, status, flags=END)
        methods[stream] = method
        self.messages += 1
        return frame(kind, stream, head, self.release.request(method, body), flags), b""

    def _to_client(self, methods, stream, kind, flags, head, body):
        if kind not in (RESPONSE, MESSAGE):
            return frame(kind, stream, head, body, flags), b""
        self.messages += 1
        translated = self.release.response(methods[stream], body)
        # The client gives credit for what it gets; what the translation has taken away nobody would give back.
        lost = len(body) - len(translated)
        credit = frame(CREDIT, stream, body=struct.pack(">I", lost)) if kind == MESSAGE and lost > 0 else b""
        return frame(kind, stream, head, translated, flags), credit
