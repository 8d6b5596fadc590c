"""deploy/README.md is run, block by block, on desks of the test's own.

`SUBSTITUTES` and `Book.here` say what must differ here. Programs that cannot be run here (systemctl, journalctl, kubectl, docker) are stood in
for by functions of `Book`, which say what is checked instead. A block that no test runs fails the last test.
"""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import time
import urllib.request

import pytest
import yaml

from desk import PROGRAMS, ROOT, SERVICES, wait_for
from kustomize import render
from postgres import PostgresServer
from runbook import RUNBOOK, Machine, Shell, Stand, blocks, checkout

HOSTS = {"desk1": "127.0.0.1", "desk2": "127.0.0.2"}
#: Ports of the runbook, as distances from a base: the desk's, the drill's (--base-port 7600), HTTP's, the drill's HTTP's.
PORTS = [*range(1, 6), *range(101, 106), 24, 200, *range(201, 206), *range(301, 306), 224, 400, 401]
#: What the runbook says that must differ here. The rest of it is run to the letter.
SUBSTITUTES = [
    # Ctrl-C goes to the command itself; its ports are those of the other commands.
    (r"(?m)^(FIRSTLINE_\S+ )?deploy/up$", r"\1exec deploy/up --http 127.0.0.1:8080 --base-port 7400"),
    (r"(?m)^(FIRSTLINE_\S+ )?firstline up ", r"\1exec firstline up "),
    # The programs are large, and linked.
    (r"(?m)^install (\.build/release/firstline) (\.build/release/firstline-)", r"cp -sf $PWD/\1 $PWD/\2"),
    # Accounts of services: there are none here.
    (r'"firstline-\$service:"', str(os.getuid())),
    (r'--owner="firstline-\$service"', f"--owner={os.getuid()}"),
    (r"--owner firstline-%", f"--owner {os.getuid()}"),
    (r"(?m)^systemd-sysusers$", "systemd-sysusers --root=ROOT"),
    # A day that does not end while this runs.
    (r"\$\(date \+%F\)", "today"),
    # Images are built by the tests of containers.
    (r"(?m)^deploy/containers/build$", "deploy/containers/build --help"),
]


def free_base() -> int:
    """A base all of whose ports are free, out of the range that the system gives away."""
    for _ in range(100):
        base, taken = random.randrange(15_000, 30_000), []
        try:
            for host in HOSTS.values():
                taken += [socket.create_server((host, base + port)) for port in PORTS]
            return base
        except OSError:
            pass
        finally:
            for one in taken:
                one.close()
    raise AssertionError("no free ports")


class Book:
    """The runbook, and the desks that it is run on."""

    def __init__(self, folder: pathlib.Path, server: PostgresServer):
        self.base, self.server = free_base(), server
        self.blocks = {(block.section, block.number): block for block in blocks()}
        self.taken: set[tuple[str, int]] = set()
        self.machines = [Machine(folder / name, self.usual()) for name in ("first", "second")]
        self.stand = Stand(folder / "bin")
        self.stand.provide("systemctl", self.systemctl)
        self.stand.provide("journalctl", self.journalctl)
        self.stand.provide("kubectl", self.kubectl)
        self.stand.provide("docker", self.docker)
        self.machine = self.machines[0]
        self.folder = checkout(folder / "firstline")
        self.shell = Shell(self.folder, folder / "state", f"{folder / 'bin'}:{self.machine.root}/usr/local/bin:{os.environ['PATH']}")
        self.up = None
        self.secrets: dict[str, set[str]] = {}
        self.pods: list[dict] = []

    # What is said here for what is written there

    def port(self, number: int) -> int:
        special = {8080: self.base + 400, 8081: self.base + 401, 5432: self.server.port}
        return special.get(number, number - 7400 + self.base)

    def here(self, text: str) -> str:
        for pattern, substitute in SUBSTITUTES:
            text = re.sub(pattern, substitute, text)
        for name, host in HOSTS.items():
            text = text.replace(name, host)
        text = text.replace("--host=db --username=postgres", f"--host=127.0.0.1 --port={self.server.port} --username=firstline")
        text = text.replace("@db:", "@127.0.0.1:")
        text = re.sub(r"\b(7[4-6]\d\d|808[01]|5432)\b", lambda match: str(self.port(int(match[1]))), text)
        text = self.machine.rooted(text).replace("ROOT", str(self.machine.root))
        stray = re.findall(r"(?<![\w.}*:/])/(?:etc|var|usr|srv|opt|home)/\S*", text.replace(f"{self.machine.root}/", ""))
        assert not stray, f"{stray} would be touched by\n{text}"
        return text

    def usual(self) -> dict[str, dict[str, str]]:
        """The default settings, with this test's ports."""
        rpc = {name: f"127.0.0.1:{self.port(7401 + place)}" for place, name in enumerate(SERVICES)}
        peers = {f"FIRSTLINE_PEER_{name.upper().replace('-', '_')}": address for name, address in rpc.items()}
        return {
            name: {
                "FIRSTLINE_LISTEN": rpc[name], "FIRSTLINE_ADMIN_LISTEN": f"127.0.0.1:{self.port(7501 + place)}",
                "FIRSTLINE_LMTP_LISTEN": f"127.0.0.1:{self.port(7424)}", "FIRSTLINE_HTTP_LISTEN": f"127.0.0.1:{self.port(8080)}", **peers}
            for place, name in enumerate(SERVICES)}

    # Running

    def take(self, section: str, number: int) -> str:
        self.taken.add((section, number))
        return self.here(self.blocks[section, number].text)

    def run(self, section: str, number: int = 0) -> str:
        return self.shell.run(self.take(section, number))

    def begin(self, section: str, number: int = 0):
        """A block that runs until Ctrl-C."""
        return self.shell.start(self.take(section, number), "firstline ready ")

    def stop(self, process: subprocess.Popen):
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0

    def desk(self):
        """The desk of `deploy/up`, running."""
        if self.up is None:
            self.up = self.begin("One machine")
            self.shell.run('export PATH="$PWD/.build/release:$PATH"')

    def stop_desk(self):
        if self.up is not None:
            self.up, process = None, self.up
            self.stop(process)

    # What is checked where a program cannot be run

    def systemctl(self, *words: str) -> str:
        """What the units say is done; systemd's own judgement of them is in test_systemd.py."""
        if words == ("daemon-reload",):
            # The operator's folder was told the usual ports, and the unit the usual places.
            unit = self.machine.root / "etc/systemd/system/firstline@.service"
            unit.write_text(self.machine.rooted(unit.read_text()))
            addresses = self.machine.root / "etc/firstline/operator/run.json"
            addresses.write_text(re.sub(r"(?<=:)7\d{3}\b", lambda match: str(self.port(int(match[0]))), addresses.read_text()))
        return self.machine.systemctl(*words)

    def journalctl(self, *words: str) -> str:
        match words:
            case ["--unit", unit, "--lines", count, "--output", "cat"]:
                (one,) = self.machine.named(unit)
                return "".join(f"{line}\n" for line in one.log.read_text().splitlines()[-int(count):])
            case _: raise AssertionError(f"journalctl {words}")

    def kubectl(self, *words: str) -> str:
        """Manifests are rendered, and find the secrets that they name; test_manifests.py has the rest."""
        options = dict(word.removeprefix("--").split("=", 1) for word in words if word.startswith("--") and "=" in word)
        match words:
            case ["create", "secret", "generic", name, "--namespace", "firstline", *files]:
                assert options.keys() == {"from-file"}
                paths = [self.folder / word.removeprefix("--from-file=") for word in files]
                self.secrets[name] = {file.name for path in paths for file in (path.iterdir() if path.is_dir() else [path])}
                assert all(path.exists() for path in paths)
            case ["apply", "--filename", file]:
                self.pods += [one for one in yaml.safe_load_all((ROOT / file).read_text()) if one["kind"] == "Pod"]
            case ["apply", "--kustomize", way]:
                deployments = [one for one in render(ROOT / way) if one["kind"] == "Deployment"]
                used = {volume["secret"]["secretName"] for one in deployments for volume in one["spec"]["template"]["spec"]["volumes"]
                        if "secret" in volume}
                assert used == self.secrets.keys() and len(deployments) == len(SERVICES)
            case ["exec", "--namespace", "firstline", name, "--", "firstline", "--data", "/data", "status"]:
                (pod,) = [pod for pod in self.pods if pod["metadata"]["name"] == name]
                secret = pod["spec"]["volumes"][0]["secret"]
                assert {item["key"] for item in secret["items"]} == self.secrets[secret["secretName"]]
            case _: raise AssertionError(f"kubectl {words}")
        return ""

    def docker(self, *words: str) -> str:
        """The services that are named are in the file; test_compose.py runs it."""
        assert words[:3] == ("compose", "--file", "deploy/compose.yaml"), words
        services = yaml.safe_load((ROOT / words[2]).read_text())["services"]
        match words[3:]:
            case ["up", "--detach"]: pass
            case ["--profile", profile, "run", "--rm", name, "status"]: assert services[name]["profiles"] == [profile]
            case ["exec", name, "cat", "/data/admin.token"]: assert name in services
            case _: raise AssertionError(f"docker {words}")
        return ""

    def close(self):
        for machine in self.machines:
            machine.stop()
        self.shell.close()
        self.stand.close()


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with PostgresServer() as server:
        book = Book(tmp_path_factory.mktemp("runbook"), server)
        yield book
        book.close()


def read(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}", timeout=10) as answer:
        return answer.read().decode()


def ready(host: str, port: int) -> dict | None:
    try:
        state = json.loads(read(f"{host}:{port}/readyz"))
        return state if state["ready"] else None
    except (OSError, ValueError):
        return None


def settled(book: Book, data: str = "data") -> bool:
    services = json.loads(book.shell.run(f"firstline status --json --data {data} || true"))["services"]
    return all(one["ready"] and all(follow["lag"] == 0 for follow in one["follows"]) for one in services)


def ticket(book: Book, subject: str, token: pathlib.Path, host: str = "127.0.0.1") -> int:
    """A ticket is made by the API; its number."""
    request = urllib.request.Request(
        f"http://{host}:{book.port(8080)}/api/v1/tickets", method="POST",
        data=json.dumps({"subject": subject, "body": "Please.", "requester": {"email": "anna@example.org"}}).encode(),
        headers={"Authorization": f"Bearer {token.read_text().strip()}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["id"]


# In the runbook's order, but for the first look, which wants a desk

def test_one_machine(book):
    book.up = book.begin("One machine")
    book.run("One machine", 1)
    assert ticket(book, "The first", book.folder / "data/admin.token") == 1


def test_first_look(book):
    book.desk()
    wait_for(lambda: settled(book))
    said = book.run("First look")
    assert all(name in said for name in SERVICES)
    assert json.loads(book.run("First look", 2))["service"] == "intake"
    assert "TicketCreated" in book.run("First look", 4)


def test_watching(book):
    assert "SUCCESS" in book.run("Watching")


def test_mail_by_imap(book):
    book.desk()
    # Nobody listens there; how a mailbox is fetched is tried with a real server elsewhere.
    block = book.take("Mail by IMAP", 0).replace('"imap.example.org"', '"127.0.0.1"')
    made = json.loads(book.shell.run(block))
    assert made["imap"]["after"] == "move" and "secret" not in made["imap"]
    one = re.sub(r"--data '.*'", """--data '{"imap": null}' --request PATCH""", block, flags=re.DOTALL)
    ended = json.loads(book.shell.run(one.replace("/mailboxes", f"/mailboxes/{made['id']}")))
    assert ended["imap"] is None


def test_certificates(book):
    book.desk()
    assert "intake" in book.run("TLS")
    book.run("TLS", 1)
    assert {path.name for path in (book.folder / "billing-certificate").iterdir()} == {"billing.crt", "billing.key", "ca.crt"}
    certificate = book.folder / "data/certs/intake.crt"
    before = certificate.read_bytes()
    book.run("TLS", 2)
    assert certificate.read_bytes() != before
    authority = (book.folder / "data/certs/ca.crt").read_text()
    book.run("TLS", 4)
    assert (book.folder / "data/certs/ca.crt").read_text().count("BEGIN") == 2
    book.run("TLS", 5)
    assert (book.folder / "data/certs/ca.crt").read_text().count("BEGIN") == 1 != authority
    wait_for(lambda: settled(book))


def test_backup_drill_and_restore(book):
    book.desk()
    wait_for(lambda: settled(book))
    book.run("Backup and restore")
    later = ticket(book, "After the backup", book.folder / "data/admin.token")
    book.run("Drill")
    drill = book.begin("Drill", 1)
    wait_for(lambda: settled(book, "drill"))
    said = book.run("Drill", 2)
    assert "The first" in said and "After the backup" not in said
    book.stop(drill)
    book.run("Drill", 3)
    book.stop_desk()
    book.run("Backup and restore", 1)
    assert (book.folder / "data/replaced-1").is_dir()
    book.desk()
    assert ticket(book, "After the restore", book.folder / "data/admin.token") == later


def test_alerts_of_one_machine(book):
    book.desk()
    book.run("FirstlineDeliveryStuck")
    book.run("FirstlineDeliveryFailed")
    book.run("FirstlineStoreFailed")
    assert "Berta" in book.run("FirstlineQueueOld")
    assert "sla-timer" in book.run("FirstlineCertificateExpires")


def test_full_disk(book):
    book.desk()
    copy = book.folder / "data/intake/before-migration-1.1.sqlite"
    copy.touch()
    assert "data/intake" in book.run("Full disk")
    book.run("Full disk", 1)
    assert not copy.exists() and not (book.folder / "data/replaced-1").exists()
    wait_for(lambda: settled(book))


def test_back_to_the_old_version(book):
    """As if a migration had made the copy, and the new program had not started."""
    book.desk()
    number = ticket(book, "Before the upgrade", book.folder / "data/admin.token")
    wait_for(lambda: settled(book))
    book.stop_desk()
    folder = book.folder / "data/intake"
    with sqlite3.connect(folder / "store.sqlite") as store:
        store.execute("VACUUM INTO ?", (str(folder / "before-migration-1.1.sqlite"),))
    store.close()
    (folder / "migration.unfinished").touch()
    with open(folder / "store.sqlite", "r+b") as broken:
        broken.write(bytes(100))
    book.run("Back to the old version")
    book.desk()
    wait_for(lambda: settled(book))
    assert ticket(book, "After it", book.folder / "data/admin.token") == number + 1


def test_moving_to_postgresql(book):
    book.desk()
    number = ticket(book, "Before the move", book.folder / "data/admin.token")
    wait_for(lambda: settled(book))
    book.stop_desk()
    assert "migrate-store" in book.shell.run("firstline --help"), "needs a firstline with migrate-store"
    book.run("Moving to PostgreSQL")
    assert all(name in book.run("Moving to PostgreSQL", 1) for name in SERVICES[:1])
    up = book.begin("Moving to PostgreSQL", 2)
    assert "intake" in book.run("Moving to PostgreSQL", 3)
    assert ticket(book, "On PostgreSQL", book.folder / "data/admin.token") == number + 1
    wait_for(lambda: settled(book))
    book.run("FirstlineNoLeader")
    book.stop(up)
    book.run("On PostgreSQL")
    book.run("On PostgreSQL", 1)
    tickets = subprocess.run(
        ["psql", "-AtX", f"postgres://desk@127.0.0.1:{book.server.port}/drill", "-c", "SELECT count(*) FROM intake.tickets"],
        check=True, capture_output=True, text=True)
    assert int(tickets.stdout) == number + 1
    drill = book.begin("On PostgreSQL", 2)
    wait_for(lambda: settled(book, "drill"))
    assert "On PostgreSQL" in book.run("Drill", 2)
    book.stop(drill)
    book.run("Drill", 3)
    book.run("Moving to PostgreSQL", 5)
    book.desk()
    assert ticket(book, "On SQLite again", book.folder / "data/admin.token") == number + 2
    book.stop_desk()


def test_systemd(book):
    book.stop_desk()
    root = book.machine.root
    book.run("systemd")
    wait_for(lambda: settled(book, root / "etc/firstline/operator"))
    assert sorted(path.name for path in (root / "var/lib/firstline").iterdir()) == sorted(SERVICES), "a unit writes to its own folder alone"
    assert "firstline-intake" in (root / "etc/passwd").read_text()
    token = root / "var/lib/firstline/gateway/admin.token"
    assert ticket(book, "Under systemd", token) == 1
    wait_for(lambda: list((root / "var/lib/firstline/notification/outbox/new").iterdir()))
    assert "5 whole" in book.run("First look", 1)
    assert "service started" in book.run("First look", 3)
    before = (root / "etc/firstline/intake/intake.crt").read_bytes()
    book.run("TLS", 3)
    assert (root / "etc/firstline/intake/intake.crt").read_bytes() != before
    book.run("FirstlineDown")
    wait_for(lambda: settled(book, root / "etc/firstline/operator"))
    assert {code for unit in book.machine.units.values() for code in unit.codes} <= {0}


def test_upgrade_and_restore_under_systemd(book):
    root = book.machine.root
    token = root / "var/lib/firstline/gateway/admin.token"
    book.run("Upgrades")
    wait_for(lambda: settled(book, root / "etc/firstline/operator"))
    shutil.rmtree(root / "var/backups/firstline/today", ignore_errors=True)
    (root / "var/backups/firstline/before-upgrade").rename(root / "var/backups/firstline/today")
    book.run("Backup and restore", 2)
    wait_for(lambda: settled(book, root / "etc/firstline/operator"))
    assert ticket(book, "After the restore", token) == 2


def test_scaling_and_failover(book):
    first, second = book.machines
    shutil.copytree(first.root / "etc", second.root / "etc", dirs_exist_ok=True, symlinks=True)
    for program in (first.root / "usr/local/bin").iterdir():
        (second.root / "usr/local/bin" / program.name).symlink_to(PROGRAMS.resolve() / program.name)
    book.server.sql("CREATE ROLE several LOGIN")
    book.server.sql("CREATE DATABASE several OWNER several")
    (book.folder / "store").write_text(f"postgres://several@127.0.0.1:{book.server.port}/several\n")
    book.run("Moving to PostgreSQL", 4)
    text = book.blocks["Scaling and failover", 0].text
    assert text.startswith('here=desk1 all="desk1 desk2"\n')
    for book.machine, here in zip(book.machines, HOSTS):
        book.taken.add(("Scaling and failover", 0))
        book.shell.run(book.here(text.replace("here=desk1", f"here={here}")))
        for place in range(len(SERVICES)):
            wait_for(lambda: ready(HOSTS[here], book.port(7501 + place)), 30)
    book.machine = first
    for machine, host in zip(book.machines, HOSTS.values()):
        status = json.loads(book.shell.run(f"firstline status --json --data {machine.root}/etc/firstline/operator"))["services"]
        assert {one["rpc"].split(":")[0] for one in status} == {host} and all(one["ready"] for one in status)
    said = book.run("Scaling and failover", 1)
    assert said.count('"service":"intake"') == 2
    # HTTP and LMTP by either machine, to the instance that leads.
    token = first.root / "var/lib/firstline/gateway/admin.token"
    before = [ticket(book, "Before", token, host) for host in HOSTS.values()]
    for host in HOSTS.values():
        with smtplib.LMTP(host, book.port(7424), timeout=20) as client:
            assert client.sendmail("anna@example.org", ["support@localhost"], f"From: anna@example.org\r\nSubject: By {host}\r\n\r\nIt.\r\n") == {}
    killed = first.units["intake"].process.pid
    begun = time.monotonic()
    book.run("Scaling and failover", 2)
    number = wait_for(lambda: attempt(lambda: ticket(book, "After", token)), 15)
    took = time.monotonic() - begun
    print(f"next ticket after {took:.1f} s")
    assert number > max(before) and took < 5 and killed != first.units["intake"].process.pid
    address = f"127.0.0.2:{book.port(7501)}/metrics"
    leads = re.search(r"^firstline_store_leads.* ([01])$", read(address), re.MULTILINE)
    assert leads and leads[1] == "1" and "firstline_store_term" in read(address)


def attempt(what):
    try:
        return what()
    except OSError:
        return None


def test_containers(book):
    book.run("Containers")


def test_kubernetes(book):
    book.run("Kubernetes")
    book.run("Kubernetes", 1)


def test_no_command_hides_in_the_text():
    """A command that is named in a line stands in a block too, where it is run."""
    text = re.sub(r"```sh\n.*?\n```", "", RUNBOOK.read_text(), flags=re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]
    run = "\n".join(block.text for block in blocks())
    programs = ("firstline ", "systemctl ", "kubectl ", "docker ", "psql ", "curl ", "pg_", "journalctl ", "rm ", "mv ", "cp ")
    commands = [span for span in spans if span.startswith(programs)]
    assert commands and [command for command in commands if command not in run] == []


def test_each_block_was_run(book):
    assert book.blocks.keys() - book.taken == set(), "blocks of deploy/README.md that no test runs"
