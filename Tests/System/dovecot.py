"""A Dovecot of the test's own: its configuration, mail and certificates in one folder, on free ports of the loopback."""
import base64
import grp
import hashlib
import hmac
import imaplib
import json
import os
import pathlib
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

from desk import wait_for
from ports import free_ports

PASSWORD = "correct-horse-battery-staple"
# Only root may have the server's parts run as others; then mail is nobody's, so that a test can put a mail out of the server's reach.
IS_ROOT = os.geteuid() == 0

CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/server.crt
ssl_key = <{folder}/server.key
ssl_dh =
disable_plaintext_auth = yes
mail_location = maildir:{folder}/mail/%n
mail_uid = {mail_user}
mail_gid = {mail_group}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
mailbox_idle_check_interval = 1 secs
auth_mechanisms = plain login xoauth2
{more}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/mail/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""


class Authority:
    """A certificate authority that signs the server's certificate."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate = folder / "ca.crt"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                      "/CN=Authority of the test", "-keyout", folder / "ca.key", "-out", self.certificate)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def issue(self, folder: pathlib.Path, names: str = "DNS:localhost,IP:127.0.0.1"):
        """server.crt and server.key in `folder`."""
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=mail", "-keyout",
                      folder / "server.key", "-out", folder / "server.csr")
        (folder / "names").write_text(f"subjectAltName={names}\n")
        self._openssl("x509", "-req", "-in", folder / "server.csr", "-CA", self.certificate, "-CAkey", self.folder / "ca.key",
                      "-CAcreateserial", "-days", "2", "-extfile", folder / "names", "-out", folder / "server.crt")


class Dovecot:
    """One server. `start` and `stop` may alternate on the same mail and ports."""

    def __init__(self, authority: Authority, names: str = "DNS:localhost,IP:127.0.0.1", more: str = ""):
        # Not below pytest's folder, which only its owner may enter: the server's parts run as several users.
        self.folder = folder = pathlib.Path(tempfile.mkdtemp(prefix="firstline-dovecot-"))
        self.authority = authority
        os.chmod(folder, 0o755)
        authority.issue(folder, names)
        self.port, self.tls_port = free_ports(2)
        mail = pwd.getpwnam("nobody") if IS_ROOT else pwd.getpwuid(os.geteuid())
        internal, login = (pwd.getpwnam("dovecot"), pwd.getpwnam("dovenull")) if IS_ROOT else (mail, mail)
        self.mail_user = mail
        (folder / "dovecot.conf").write_text(CONFIGURATION.format(
            folder=folder, mail_user=mail.pw_uid, mail_group=mail.pw_gid, internal_user=internal.pw_name,
            internal_group=grp.getgrgid(internal.pw_gid).gr_name, login_user=login.pw_name, port=self.port, tls_port=self.tls_port, password=PASSWORD, more=more))
        (folder / "oauth2.conf").write_text(OAUTH2.format(folder=folder))
        self.key = os.urandom(32)
        keys = folder / "keys" / "default" / "HS256"
        keys.mkdir(parents=True)
        (keys / "default").write_bytes(base64.b64encode(self.key))
        (folder / "mail").mkdir()
        self.give(folder / "mail")
        self.process: subprocess.Popen | None = None

    def give(self, path: pathlib.Path):
        """To the user that mail belongs to."""
        os.chown(path, self.mail_user.pw_uid, self.mail_user.pw_gid)

    def start(self) -> "Dovecot":
        with open(self.folder / "stderr.log", "a") as errors:
            self.process = subprocess.Popen(
                [shutil.which("dovecot", path="/usr/sbin:/usr/bin:/sbin:/bin"), "-F", "-c", str(self.folder / "dovecot.conf")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            wait_for(self._answers, 20)
        except AssertionError:
            logs = [self.folder / "dovecot.log", self.folder / "stderr.log"]
            raise AssertionError("".join(log.read_text()[-2000:] for log in logs if log.exists())) from None
        return self

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as one:
                one.settimeout(2)
                return one.recv(4) == b"* OK"
        except OSError:
            return False

    def stop(self):
        """Ends the server and every session of it."""
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(20)
        self.process = None
        wait_for(lambda: not self._answers(), 10)

    def __enter__(self) -> "Dovecot":
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def account(self, user: str) -> "Account":
        """A user of the server, with an empty mailbox. All have the same password."""
        account = Account(self, user)
        account.folder.mkdir()
        self.give(account.folder)
        return account


class Account:
    """A user's mail, as another mail program of the same user sees it."""

    def __init__(self, server: Dovecot, user: str):
        self.server, self.user = server, user
        self.folder = server.folder / "mail" / user

    def client(self) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=str(self.server.authority.certificate))
        client = imaplib.IMAP4_SSL("localhost", self.server.tls_port, ssl_context=context, timeout=30)
        client.login(self.user, PASSWORD)
        return client

    def append(self, *mails: bytes, folder: str = "INBOX", flags: str | None = None):
        client = self.client()
        for mail in mails:
            status, text = client.append(folder, flags, None, mail)
            assert status == "OK", text
        client.logout()

    def deliver(self, mail: bytes) -> pathlib.Path:
        """As a delivery agent does it: a file in the Maildir, of which the server learns by looking."""
        for name in ("tmp", "new", "cur"):
            place = self.folder / name
            if not place.exists():
                place.mkdir()
                self.server.give(place)
        path = self.folder / "tmp" / f"{time.time():.6f}.{os.urandom(6).hex()}.test"
        path.write_bytes(mail)
        self.server.give(path)
        return path.rename(self.folder / "new" / path.name)

    def flags(self, folder: str = "INBOX") -> dict[str, set[str]]:
        """The flags of each mail, by subject."""
        client = self.client()
        try:
            status, answer = client.select(f'"{folder}"', readonly=True)
            if status != "OK" or answer == [b"0"]:
                return {}
            _, data = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            found = {}
            for part in data:
                if isinstance(part, tuple):
                    subject = part[1].decode(errors="replace").partition(":")[2].strip()
                    found[subject] = {flag.decode() for flag in imaplib.ParseFlags(part[0])} - {"\\Recent"}
            return found
        finally:
            client.logout()

    def uid_validity(self, folder: str = "INBOX") -> int:
        client = self.client()
        _, data = client.status(folder, "(UIDVALIDITY)")
        client.logout()
        return int(data[0].split(b"UIDVALIDITY ")[1].split(b")")[0])

    def token(self, seconds: int = 600) -> str:
        """An access token for the user, signed with the server's key (RFC 7519, HS256)."""
        now = int(time.time())
        parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": self.user, "iat": now - 5, "exp": now + seconds}]
        text = b".".join(_base64(json.dumps(part).encode()) for part in parts)
        return (text + b"." + _base64(hmac.new(self.server.key, text, hashlib.sha256).digest())).decode()


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
