"""Postfix and Exim of Debian's packages, unpacked beside the tests and run as instances of the tests' own.

The two packages exclude each other, and neither should listen on a machine that only runs tests: so nothing is installed. Both want root.
"""
import email.message
import os
import pathlib
import re
import shutil
import signal
import socketserver
import subprocess
import tempfile
import time
import threading

from desk import ROOT, wait_for
from ports import free_ports

CACHE = ROOT / ".build-mail-servers"
PAGE = ROOT / "deploy" / "mail" / "README.md"
#: An account that every Debian machine has, for what must not be root.
ACCOUNT = "daemon"


def unpacked(package: str) -> pathlib.Path:
    """The folder into which a package and the packages that it lacks here were unpacked."""
    folder = CACHE / package
    if folder.exists():
        return folder
    CACHE.mkdir(exist_ok=True)
    asked = subprocess.run(
        ["apt-get", "--simulate", "install", "--no-install-recommends", package], capture_output=True, text=True)
    wanted = re.findall(r"^Inst (\S+)", asked.stdout, re.MULTILINE) or [package]
    with tempfile.TemporaryDirectory(dir=CACHE) as downloads:
        done = subprocess.run(["apt-get", "download", *wanted], cwd=downloads, capture_output=True, text=True)
        assert done.returncode == 0, f"cannot fetch {wanted} (apt-get update first?): {done.stderr}"
        making = CACHE / f"{package}.new"
        shutil.rmtree(making, ignore_errors=True)
        for path in pathlib.Path(downloads).glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", path, making], check=True)
    making.rename(folder)
    return folder


def snippets() -> dict[tuple[str, str], str]:
    """The blocks of deploy/mail/README.md, each by the heading above it and its language."""
    section, fence, found, lines = "", None, {}, []
    for line in PAGE.read_text().splitlines():
        if fence is None and (match := re.match(r"#+ (.+)", line)):
            section = match[1]
        elif fence is None and line.startswith("```"):
            fence, lines = line[3:], []
        elif fence is not None and line == "```":
            assert (section, fence) not in found
            found[section, fence] = "\n".join(lines) + "\n"
            fence = None
        elif fence is not None:
            lines.append(line)
    return found


def snippet(heading: str, language: str) -> str:
    return snippets()[heading, language]


class Sink:
    """A mail server of the customers: keeps what it is sent."""

    def __init__(self):
        self.mails: list[tuple[str, list[str], email.message.Message]] = []
        sink = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                sender, recipients = "", []
                self.wfile.write(b"220 sink\r\n")
                for line in self.rfile:
                    word = line.strip().upper()
                    if word.startswith(b"MAIL"):
                        sender, recipients = line.decode().partition("<")[2].partition(">")[0], []
                    elif word.startswith(b"RCPT"):
                        recipients.append(line.decode().partition("<")[2].partition(">")[0])
                    elif word == b"DATA":
                        self.wfile.write(b"354 go\r\n")
                        body = b""
                        while (part := self.rfile.readline()) not in (b".\r\n", b""):
                            body += part
                        sink.mails.append((sender, recipients, email.message_from_bytes(body)))
                    elif word == b"QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    self.wfile.write(b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n" if word.startswith(b"EHLO") else b"250 ok\r\n")

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def to(self, address: str) -> list[email.message.Message]:
        return [mail for _, recipients, mail in self.mails if address in recipients]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class MailServer:
    """What the two have in common: a folder that others than root may enter, a process, a queue that runs empty."""

    def __init__(self, package: str):
        if os.geteuid() != 0:
            import pytest
            pytest.skip(f"{package} can only be run by root")
        self.programs = unpacked(package)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{package}-"))
        self.folder.chmod(0o755)
        (self.port,) = free_ports(1)
        self.sink = Sink()
        self.process: subprocess.Popen | None = None
        libraries = [self.programs / "usr/lib/postfix", *self.programs.glob("usr/lib/*-linux-gnu")]
        self.environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": ":".join(map(str, libraries))}

    def owned(self, path: pathlib.Path, mode: int = 0o700) -> pathlib.Path:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        shutil.chown(path, ACCOUNT)
        return path

    @property
    def log(self) -> str:
        paths = [path for path in self.folder.glob("log/*") if path.is_file()]
        return "".join(path.read_text(errors="replace") for path in paths)

    def queued(self) -> int:
        """How many mails are in the queue; one that is moved between its folders meanwhile is counted twice or not at all."""
        raise NotImplementedError

    def wait_until_empty(self, seconds: float = 120):
        def is_empty() -> bool:
            for _ in range(3):
                if self.queued():
                    return False
                time.sleep(0.1)
            return True
        try:
            wait_for(is_empty, seconds, 0.2)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log[-4000:]}") from None

    def children(self) -> list[int]:
        """Every process whose ancestor is the one we started."""
        parents: dict[int, int] = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents[int(path.parent.name)] = int(fields[1])
        found, grown = {self.process.pid}, True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in found} - found
            found |= more
            grown = bool(more)
        return sorted(found)

    def close(self):
        if self.process and self.process.poll() is None:
            pids = self.children()
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.sink.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_until_it_listens(self):
        import socket

        def listens() -> bool:
            assert self.process.poll() is None, self.log[-4000:]
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                return False

        try:
            wait_for(listens, 30)
        except AssertionError:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Postfix(MailServer):
    """`main` and `master` are the operator's, from the page; all the rest makes it an instance of its own."""

    QUEUES = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "private", "public", "saved", "trace"]

    def __init__(self, main: str, files: dict[str, pathlib.Path] | None = None):
        """`files` are copied beside the settings, where these name them without a folder."""
        super().__init__("postfix")
        config, queue = self.folder / "config", self.folder / "queue"
        config.mkdir()
        self.owned(queue, 0o755)
        shutil.chown(queue, "root")
        for name in self.QUEUES:
            self.owned(queue / name)
        (queue / "pid").mkdir()
        self.owned(self.folder / "data")
        (self.folder / "log").mkdir()
        for name, path in (files or {}).items():
            shutil.copy(path, config / name)
            (config / name).chmod(0o644)
            main = main.replace(f" {name}", f" {config / name}")
        (config / "main.cf").write_text(f"""{main}
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {self.folder}/data
daemon_directory = {self.programs}/usr/lib/postfix/sbin
command_directory = {self.programs}/usr/sbin
shlib_directory = {self.programs}/usr/lib/postfix
meta_directory = {self.programs}/etc/postfix
mail_owner = {ACCOUNT}
setgid_group = mail
default_privs = nobody
import_environment = MAIL_CONFIG LD_LIBRARY_PATH PATH TZ
maillog_file = {self.folder}/log/postfix.log
maillog_file_prefixes = {self.folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.desk.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
smtputf8_enable = yes
# Of the test alone: customers' mail goes to the sink, and nobody waits minutes for the next try.
relayhost = [127.0.0.1]:{self.sink.port}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
lmtp_connect_timeout = 5s
""")
        # The manager of the queue is woken each second, not each 300: a mail that it skips while an agent still holds it waits for that.
        (config / "master.cf").write_text(f"""{self.port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""")
        self.config = config
        program = self.programs / "usr/lib/postfix/sbin/master"
        said = open(self.folder / "log" / "master.log", "ab")
        self.process = subprocess.Popen(
            [program, "-c", config, "-d"], env={**self.environment, "MAIL_CONFIG": str(config), "MAIL_LOGTAG": "postfix"}, cwd=queue, stdin=subprocess.DEVNULL,
            stdout=said, stderr=said, start_new_session=True)
        said.close()
        self.wait_until_it_listens()

    def extend(self, services: str):
        """Adds to master.cf, and has it read again."""
        with open(self.config / "master.cf", "a") as file:
            file.write(services)
        self.process.send_signal(signal.SIGHUP)

    def queued(self) -> int:
        return sum(
            path.is_file() for name in ("incoming", "active", "deferred", "maildrop") for path in (self.folder / "queue" / name).rglob("*"))

    def held(self) -> int:
        return sum(path.is_file() for path in (self.folder / "queue" / "hold").rglob("*"))


class Exim(MailServer):
    """`router` and `transport` are the operator's, from the page."""

    def __init__(self, router: str, transport: str, main: str = ""):
        super().__init__("exim4-daemon-light")
        spool, config = self.owned(self.folder / "spool", 0o755), self.folder / "exim.conf"
        self.owned(self.folder / "log")
        config.write_text(f"""exim_user = {ACCOUNT}
exim_group = {ACCOUNT}
spool_directory = {spool}
log_file_path = {self.folder}/log/%slog
log_selector = +smtp_confirmation +tls_cipher
primary_hostname = mx.desk.example
daemon_smtp_ports = {self.port}
local_interfaces = 127.0.0.1
disable_ipv6
pid_file_path = {self.folder}/exim.pid
host_lookup =
never_users = root
# Everything goes through the queue, whose runners start as root.
queue_only
queue_run_max = 3
deliver_drop_privilege
keep_environment = LD_LIBRARY_PATH
exim_path = {self.programs}/usr/sbin/exim4
smtputf8_advertise_hosts = *
smtp_accept_max = 100
smtp_accept_max_per_connection = 0
smtp_load_reserve = 1000
check_spool_space = 0
acl_smtp_rcpt = accept
acl_smtp_data = accept
{main}
begin acl
begin routers
{router}
customers:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = sink

begin transports
{transport}
sink:
  driver = smtp
  port = {self.sink.port}
  allow_localhost

begin retry
* * F,1h,1s
""")
        config.chmod(0o644)
        # Debian's Exim will not start without its own account: this process and its children see a list of accounts that has it.
        for name, line in (("passwd", "Debian-exim:x:{0}:{0}::/nonexistent:/usr/sbin/nologin\n"), ("group", "Debian-exim:x:{0}:\n")):
            (self.folder / name).write_text(pathlib.Path("/etc", name).read_text() + line.format(self.free_account()))
        program = self.programs / "usr/sbin/exim4"
        program.chmod(0o755)
        script = 'mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"'
        said = open(self.folder / "log" / "daemon", "ab")
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", self.folder, program, "-C", config, "-bdf", "-q1s"],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
        said.close()
        self.wait_until_it_listens()

    @staticmethod
    def free_account() -> int:
        taken = {int(line.split(":")[2]) for name in ("passwd", "group") for line in pathlib.Path("/etc", name).read_text().splitlines() if line.count(":") > 2}
        return next(number for number in range(900, 10_000) if number not in taken)

    def queued(self) -> int:
        return sum(path.name.endswith("-H") for path in (self.folder / "spool" / "input").rglob("*-H"))


