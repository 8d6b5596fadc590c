"""A mail server of the tests' own: takes mail as it is told to, and remembers all of it.

As a program it takes and counts whatever comes: smtp_sink.py PORT prints "ready", and on SIGTERM how many mails it took, and within how many
seconds from the first to the last.
"""
import asyncio
import base64
import dataclasses
import email
import email.message
import email.policy
import pathlib
import signal
import ssl
import subprocess
import sys
import threading
import time
import typing

#: The largest mail.
LIMIT = 64 * 1024 * 1024


@dataclasses.dataclass
class Taken:
    """A mail that was offered whole, and when; `refused` names the answer where it was not taken."""
    sender: str
    parameters: str
    recipients: list[str]
    raw: bytes
    at: float
    connection: int
    secure: bool
    user: str
    refused: str = ""

    @property
    def mail(self) -> email.message.EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def message_id(self) -> str:
        return self.mail["Message-ID"]


class SMTPSink:
    """Starts and stops on the same port. `answer` is asked at "connect", "mail", "rcpt", "data" and "end", with the stage's argument, and may
    return a reply to give instead of the usual one; a coroutine is waited for, so that a stage can be held up."""

    def __init__(self, port: int, *, tls: str = "", certificate: str = "", user: str = "", password: str = "", extensions: tuple = ("8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")):
        self.port, self.tls, self.user, self.password, self.extensions = port, tls, user, password, extensions
        self.answer: typing.Callable = lambda stage, argument: None
        self.offered: list[Taken] = []
        self.connections = self.open = self.most_open = 0
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"{'smtps' if self.tls == 'implicit' else 'smtp'}://127.0.0.1:{self.port}"

    @property
    def taken(self) -> list[Taken]:
        return [one for one in list(self.offered) if not one.refused]

    def taken_for(self, address: str) -> list[Taken]:
        return [one for one in self.taken if address in one.recipients]

    # Life

    def start(self) -> "SMTPSink":
        ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self.thread.start()
        assert ready.wait(10), "the sink does not listen"
        return self

    def stop(self):
        """Closes every connection, in the middle of whatever it is."""
        if self.thread is not None:
            self.loop.call_soon_threadsafe(self.stopping.set)
            self.thread.join(10)
            self.thread = None

    def __enter__(self) -> "SMTPSink":
        return self.start()

    def __exit__(self, *_):
        self.stop()

    async def _run(self, ready: threading.Event):
        self.loop, self.stopping = asyncio.get_running_loop(), asyncio.Event()
        writers: set[asyncio.StreamWriter] = set()

        async def serve(reader, writer):
            writers.add(writer)
            self.connections += 1
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            try:
                await Session(self, reader, writer, self.connections).run()
            except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.LimitOverrunError):
                pass
            finally:
                self.open -= 1
                writers.discard(writer)
                writer.close()

        server = await asyncio.start_server(
            serve, "127.0.0.1", self.port, limit=LIMIT, backlog=128, ssl=self.context if self.tls == "implicit" else None)
        ready.set()
        await self.stopping.wait()
        server.close()
        for writer in list(writers):
            writer.transport.abort()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()


class Session:
    def __init__(self, sink: SMTPSink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int):
        self.sink, self.reader, self.writer, self.number = sink, reader, writer, number
        self.secure = sink.tls == "implicit"
        self.user = ""

    async def say(self, line: str):
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()

    async def stage(self, name: str, argument: str) -> str | None:
        told = self.sink.answer(name, argument)
        return await told if asyncio.iscoroutine(told) else told

    async def run(self):
        told = await self.stage("connect", "")
        await self.say(told or "220 sink.example ESMTP")
        if told:
            return
        sender = parameters = ""
        recipients: list[str] = []
        while line := (await self.reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO": await self.hello()
                case "HELO": await self.say("250 sink.example")
                case "STARTTLS":
                    await self.say("220 go ahead")
                    await self.writer.start_tls(self.sink.context)
                    self.secure = True
                case "AUTH":
                    if not await self.authenticate(rest):
                        await self.say("535 5.7.8 no such user or password")
                case "MAIL":
                    address, _, parameters = rest.partition(":")[2].strip().partition(" ")
                    sender, recipients = address.strip("<>"), []
                    needs = self.sink.user and not self.user
                    await self.say("530 5.7.0 authenticate first" if needs else await self.stage("mail", sender) or "250 2.1.0 ok")
                case "RCPT":
                    address = rest.partition(":")[2].strip().split(" ")[0].strip("<>")
                    told = await self.stage("rcpt", address)
                    recipients += [] if told else [address]
                    await self.say(told or "250 2.1.5 ok")
                case "DATA":
                    told = await self.stage("data", "")
                    await self.say(told or "354 go on")
                    if told:
                        continue
                    raw = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
                    one = Taken(sender, parameters, recipients, raw, time.monotonic(), self.number, self.secure, self.user)
                    one.refused = "held up"
                    self.sink.offered.append(one)
                    one.refused = await self.stage("end", raw.decode("utf-8", "replace")) or ""
                    await self.say(one.refused or "250 2.0.0 taken")
                case "RSET" | "NOOP": await self.say("250 ok")
                case "QUIT":
                    await self.say("221 bye")
                    return
                case _: await self.say("500 5.5.1 what?")

    async def hello(self):
        offers = ["sink.example", "PIPELINING", "SIZE 67108864", *self.sink.extensions]
        if self.sink.tls == "starttls" and not self.secure:
            offers.append("STARTTLS")
        if self.sink.user and (self.secure or not self.sink.tls):
            offers.append("AUTH PLAIN LOGIN")
        for offer in offers[:-1]:
            self.writer.write(f"250-{offer}\r\n".encode())
        await self.say(f"250 {offers[-1]}")

    async def authenticate(self, rest: str) -> bool:
        method, _, given = rest.partition(" ")
        if method.upper() != "PLAIN":
            return False
        if not given:
            await self.say("334 ")
            given = (await self.reader.readline()).decode().strip()
        _, user, password = base64.b64decode(given).decode().split("\0")
        if (user, password) != (self.sink.user, self.sink.password):
            return False
        self.user = user
        await self.say("235 2.7.0 welcome")
        return True


def certificate(folder: pathlib.Path, name: str = "127.0.0.1") -> str:
    """A new key and the certificate that it signed itself, for that address, in one file."""
    key, file = folder / f"{name}.key", folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=sink",
         "-addext", f"subjectAltName=IP:{name}", "-keyout", key, "-out", file], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + key.read_bytes())
    return str(file)


def main():
    sink = SMTPSink(int(sys.argv[1]))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    sink.start()
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM})
    times = sorted(one.at for one in sink.taken)
    print(len(times), times[-1] - times[0] if times else 0, flush=True)


if __name__ == "__main__":
    main()
