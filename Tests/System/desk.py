"""A running help desk for tests: the real executables, a data folder of its own, free ports."""
import email
import email.policy
import http.client
import json
import os
import pathlib
import re
import signal
import smtplib
import subprocess
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("FIRSTLINE_TEST_PROGRAMS", ROOT / ".build" / "debug"))
SERVICES = ["intake", "routing", "sla-timer", "notification", "gateway"]
READY = re.compile(r"^firstline ready (http://\S+)$")


class Refused(Exception):
    """The API answered with an error."""

    def __init__(self, status: int, problem: dict):
        super().__init__(f"{status} {problem}")
        self.status = status
        self.problem = problem


class Answer:
    def __init__(self, status: int, headers: dict, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


def wait_for(what, seconds: float = 20, pause: float = 0.05):
    """What `what` returns once it is true."""
    deadline = time.monotonic() + seconds
    while True:
        result = what()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {seconds} s (last: {result!r})")
        time.sleep(pause)


class Desk:
    """One installation. `start` and `stop` may alternate on the same data."""

    def __init__(self, data: pathlib.Path, *options: str, environment: dict | None = None):
        self.data, self.options = data, options
        self.environment = environment or {}
        self.process: subprocess.Popen | None = None
        self.url = ""
        self.said: list[str] = []
        self._status: dict | None = None

    # Life

    def start(self, seconds: float = 60) -> "Desk":
        arguments = [PROGRAMS / "firstline", "up", "--data", self.data, "--http", "127.0.0.1:0", "--base-port", "0", *self.options]
        self.log = open(self.data.parent / f"{self.data.name}.log", "a")
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, **self.environment})
        self._status = None
        ready = threading.Event()

        def read():
            for line in self.process.stdout:
                self.said.append(line.rstrip("\n"))
                if match := READY.match(line.strip()):
                    self.url = match[1]
                    ready.set()
            ready.set()

        threading.Thread(target=read, daemon=True).start()
        self.url = ""
        if not ready.wait(seconds) or not self.url:
            self.kill_everything()
            raise AssertionError(f"not ready within {seconds} s; log:\n{self.tail_of_log()}")
        return self

    def tail_of_log(self) -> str:
        return pathlib.Path(self.log.name).read_text()[-6000:]

    def stop(self, seconds: float = 20) -> int:
        """As Ctrl-C does; the exit code."""
        pids = self.pids()
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(seconds)
        wait_for(lambda: not [pid for pid in pids if alive(pid)], 20)
        self.log.close()
        return code

    def kill_everything(self):
        """SIGKILL to every process of the installation at once, the supervisor first."""
        pids = [self.process.pid] + self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        wait_for(lambda: not [pid for pid in pids if alive(pid)], 10)
        self.log.close()

    def pids(self) -> list[int]:
        """The services' processes: children of the supervisor."""
        try:
            text = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except FileNotFoundError:
            return []
        children = {int(pid) for pid in text.split()}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            try:
                children |= {int(pid) for pid in task.read_text().split()}
            except (FileNotFoundError, ProcessLookupError):
                pass
        return sorted(children)

    def pid_of(self, service: str) -> int | None:
        for pid in self.pids():
            try:
                command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except FileNotFoundError:
                continue
            if command[0].endswith(b"/firstline-" + service.encode()):
                return pid
        return None

    # The operator's command

    def firstline(self, *arguments: str, stdin: bytes = b"", check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [PROGRAMS / "firstline", arguments[0], *arguments[1:], "--data", self.data],
            input=stdin, capture_output=True, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"firstline {arguments}: {done.returncode} {done.stderr.decode()}")
        return done

    def status(self) -> dict:
        done = self.firstline("status", "--json", check=False)
        return {service["name"]: service for service in json.loads(done.stdout)["services"]}

    def service(self, name: str) -> dict:
        if self._status is None:
            self._status = {s["name"]: s for s in json.loads((self.data / "run.json").read_text())["services"]}
        return self._status[name]

    @property
    def admin_token(self) -> str:
        return (self.data / "admin.token").read_text().strip()

    # HTTP

    def request(self, method: str, path: str, body=None, *, token: str | None = None, headers: dict | None = None,
                raw: bytes | None = None, timeout: float = 30) -> Answer:
        place = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=timeout)
        sent = dict(headers or {})
        token = self.admin_token if token is None else token
        if token:
            sent.setdefault("Authorization", f"Bearer {token}")
        payload = raw
        if body is not None:
            payload = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, payload, sent)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def api(self, method: str, path: str, body=None, **more):
        """The decoded answer of an API call; raises `Refused` for an error."""
        answer = self.request(method, "/api/v1" + path, body, **more)
        if answer.status >= 400:
            raise Refused(answer.status, answer.json if answer.body else {})
        return answer.json if answer.body and "json" in answer.headers.get("content-type", "") else answer.body

    def all(self, path: str) -> list:
        """Every item of a list."""
        items, cursor = [], ""
        joint = "&" if "?" in path else "?"
        while True:
            page = self.api("GET", f"{path}{joint}limit=200" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            items += page["items"]
            cursor = page.get("next_cursor") or ""
            if not cursor:
                return items

    # Mail

    def lmtp(self, mail: bytes, recipient: str = "support@localhost", sender: str = "anna@example.org", timeout: float = 30) -> str:
        """Delivers one mail; the text of the 250. Raises smtplib's errors."""
        host, port = self.service("intake")["lmtp"].rsplit(":", 1)
        with smtplib.LMTP(host, int(port), timeout=timeout) as client:
            client.lhlo() if hasattr(client, "lhlo") else client.ehlo()
            code, text = client.mail(sender)
            assert code == 250, text
            code, text = client.rcpt(recipient)
            if code != 250:
                raise smtplib.SMTPResponseException(code, text)
            code, text = client.data(mail)
            if code != 250:
                raise smtplib.SMTPResponseException(code, text)
            return text.decode()

    @property
    def outbox_folder(self) -> pathlib.Path:
        return self.data / "outbox" / "new"

    def outbox(self) -> list[email.message.EmailMessage]:
        """Outbound mail, oldest first."""
        folder = self.outbox_folder
        if not folder.exists():
            return []
        paths = sorted(folder.iterdir(), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]

    def mail_to(self, address: str) -> list[email.message.EmailMessage]:
        return [mail for mail in self.outbox() if address in (mail["X-Envelope-To"] or "")]

    def events(self, last_event_id: str | None = None, seconds: float = 30) -> "EventStream":
        return EventStream(self, last_event_id, seconds)

    # Shorthands

    def agent(self, name: str = "Berta Braun", address: str = "berta@firstline.example", **more) -> dict:
        agent = self.api("POST", "/agents", {"name": name, "email": address, "role": "agent", "tier": 1, "capacity": 100, **more})
        return self.api("PATCH", f"/agents/{agent['id']}", {"presence": "online"})

    def history_kinds(self, ticket_id: int) -> list[str]:
        return [event["kind"] for event in self.all(f"/tickets/{ticket_id}/history")]


class EventStream:
    """`GET /events` in a thread; `events` grows."""

    def __init__(self, desk: Desk, last_event_id: str | None, seconds: float):
        self.events: list[dict] = []
        place = urllib.parse.urlsplit(desk.url)
        self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=seconds)
        headers = {"Authorization": f"Bearer {desk.admin_token}", "Accept": "text/event-stream"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self.connection.request("GET", "/api/v1/events", headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        event: dict = {}
        try:
            for line in self.response:
                line = line.decode().rstrip("\r\n")
                if not line:
                    if "data" in event:
                        self.events.append({**json.loads(event["data"]), "event": event.get("event"), "id": event.get("id")})
                    event = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    event[name] = value.removeprefix(" ")
        except (OSError, ValueError, AttributeError):
            pass

    def kinds(self, ticket_id: int) -> list[str]:
        return [event["event"] for event in self.events if event.get("ticket_id") == ticket_id]

    def close(self):
        import socket
        try:
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass
        self.connection.close()
        self.thread.join(5)


def alive(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
