"""Mail on its way in: LMTP into durable tickets, and what reading one mail takes."""
import json
import multiprocessing
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "System"))

from mail_servers import Postfix  # noqa: E402

from figures import against, figure  # noqa: E402
from plan import PROGRAMS, Plan  # noqa: E402
from services import Installation  # noqa: E402

CONNECTIONS = 4
MAILS = 6_000
MAIL_BYTES = 4_096
READINGS = 500


def measure(plan: Plan) -> list[dict]:
    return _delivering(plan) + _reading(plan)


def _delivering(plan: Plan) -> list[dict]:
    """Mails into Intake alone: each is acknowledged once it is on disk with its ticket. Postfix acknowledges what is on disk in its queue."""
    installation = Installation(plan.folder / "lmtp")
    rates, queued, alone, syncs = [], [], [], []
    count = plan.scaled(MAILS)
    with installation.run("intake") as intake, Postfix(HOLDING) as postfix:
        for _ in range(plan.rounds):
            rates.append(_rate(intake.lmtp, "LHLO", count))
            queued.append(_rate(f"127.0.0.1:{postfix.port}", "EHLO", count))
            alone += _deliver(intake.lmtp, "LHLO", plan.scaled(500))
            syncs += _syncs(plan.folder, plan.scaled(500))
        assert postfix.held() == plan.rounds * count
    sync = statistics.median(syncs) * 1000
    return [
        figure("lmtp.mails", statistics.median(rates), "1/s", 1_500),
        against("lmtp.mails_postfix", "1/s", rates, queued, "Postfix's queue"),
        figure("lmtp.fdatasync_p50", sync, "ms"),
        figure("lmtp.alone_p50", statistics.median(alone) * 1000, "ms", 2 * sync + 2, at_most=True),
    ]


#: Each mail is put on hold: written, synced and acknowledged, and nobody tries to deliver it.
HOLDING = """smtpd_recipient_restrictions = check_recipient_access static:HOLD, permit_mynetworks, reject
in_flow_delay = 0
"""


def _rate(address: str, hello: str, count: int) -> float:
    began = time.monotonic()
    with multiprocessing.Pool(CONNECTIONS) as pool:
        pool.starmap(_deliver, [(address, hello, count // CONNECTIONS)] * CONNECTIONS)
    return count // CONNECTIONS * CONNECTIONS / (time.monotonic() - began)


def _deliver(address: str, hello: str, count: int) -> list[float]:
    """The seconds that each mail of one connection took, from MAIL FROM to its acknowledgement; commands go as a mail server pipelines them."""
    host, port = address.rsplit(":", 1)
    latencies = []
    with socket.create_connection((host, int(port))) as connection, connection.makefile("rb") as replies:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def expect(*codes: bytes):
            for code in codes:
                while (line := replies.readline())[3:4] == b"-":
                    pass
                assert line.startswith(code), line

        expect(b"220")
        connection.sendall(f"{hello} benchmark.example.org\r\n".encode())
        expect(b"250")
        for number in range(count):
            sender = f"p{os.getpid()}.{number}@example.org"
            mail = f"From: <{sender}>\r\nTo: support@localhost\r\nSubject: The printer burns\r\nMessage-ID: <{sender}>\r\n\r\n".encode()
            mail += (b"The quick brown fox jumps over the lazy dog, and the printer in room 12 still burns.\r\n" * 60)[:MAIL_BYTES - len(mail)]
            began = time.monotonic()
            connection.sendall(f"MAIL FROM:<{sender}>\r\nRCPT TO:<support@localhost>\r\nDATA\r\n".encode())
            expect(b"250", b"250", b"354")
            connection.sendall(mail + b"\r\n.\r\n")
            expect(b"250")
            latencies.append(time.monotonic() - began)
        connection.sendall(b"QUIT\r\n")
        expect(b"221")
    return latencies


def _syncs(folder: pathlib.Path, count: int) -> list[float]:
    """How long the disk takes to make 8 KiB that were appended durable."""
    seconds = []
    with open(folder / "sync", "wb", buffering=0) as file:
        for _ in range(count):
            file.write(os.urandom(8_192))
            began = time.monotonic()
            os.fdatasync(file.fileno())
            seconds.append(time.monotonic() - began)
    return seconds


def _reading(plan: Plan) -> list[dict]:
    """Parsing, sanitizing and finding the new text, on one core."""
    newsletter = _read(plan, "newsletter", _html_mail(), plan.scaled(READINGS))
    worst = {name: _read(plan, name, mail, 3)["longest"] for name, mail in _hostile().items()}
    slowest = max(worst, key=worst.__getitem__)
    return [
        figure("mail.read", plan.scaled(READINGS) / newsletter["seconds"], "1/s", 1_000),
        figure(f"mail.worst ({slowest})", worst[slowest], "s", 1, at_most=True),
    ]


def _read(plan: Plan, name: str, mail: bytes, count: int) -> dict:
    path = plan.folder / f"{name}.eml"
    path.write_bytes(mail)
    done = subprocess.run([PROGRAMS / "MailBenchmark", path, str(count)], stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    return json.loads(done.stdout)


def _html_mail() -> bytes:
    """An answer of 30 kB as Outlook writes it: both parts, styled paragraphs, a table, and the quoted history."""
    paragraph = ('<p class=MsoNormal style="margin:0cm;font-size:11pt;font-family:Calibri,sans-serif"><span lang=EN-GB>The printer in room '
                 '%d is on fire &ndash; see <a href="https://example.org/rooms/%d">the room</a>.<o:p></o:p></span></p>\r\n')
    row = '<tr style="height:15pt"><td style="border:solid windowtext 1.0pt;padding:0cm 5.4pt">Room %d</td><td>burns</td></tr>\r\n'
    html = "<html><head><style>p.MsoNormal {margin:0cm}</style></head><body>\r\n" + "".join(paragraph % (n, n) for n in range(40))
    html += "<table border=1>" + "".join(row % n for n in range(60)) + "</table>"
    html += ('<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Support &lt;support@desk.example&gt;<br><b>Sent:</b> '
             "Monday<br><b>To:</b> Maria<br><b>Subject:</b> Printer</p></div>") + "".join(paragraph % (n, n) for n in range(20)) + "</body></html>"
    plain = "The printer is on fire.\r\n" * 60 + "\r\nFrom: Support <support@desk.example>\r\nSent: Monday\r\nTo: Maria\r\nSubject: Printer\r\n\r\n"
    plain += "> What burns?\r\n" * 60
    head = "From: Maria <maria@example.org>\r\nTo: support@desk.example\r\nSubject: RE: Printer\r\nMessage-ID: <a@example.org>\r\nMIME-Version: 1.0\r\n"
    parts = "".join(f"--b\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
                    for kind, text in (("plain", plain), ("html", html)))
    mail = f'{head}Content-Type: multipart/alternative; boundary="b"\r\n\r\n{parts}--b--\r\n'.encode()
    # The rest of the 30 kB as one more comment of the client's.
    return mail.replace(b"</body>", b"<!-- " + b"x" * max(0, 30_000 - len(mail)) + b" --></body>")


def _hostile() -> dict[str, bytes]:
    def multi(kind: str) -> bytes:
        return f'Content-Type: multipart/{kind}; boundary="b"\r\n\r\n'.encode()

    head = b"From: a@example.org\r\nTo: support@desk.example\r\nSubject: hostile\r\n"
    html = head + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    parts = b"".join(b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" for _ in range(5_000))
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(2_000))
    report = head + multi("report") + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    text = b"--b\r\nContent-Type: text/plain\r\n\r\n" + (b"abcdefgh " * 8 + b"\r\n") * 350
    named = b'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="' + b"." * 60_000 + b'x"\r\n\r\nx\r\n'
    blanks = b"".join(name + b":" + b" " * 60_000 + b"\r\n" for name in (b"Sender", b"Reply-To", b"Cc", b"In-Reply-To", b"References", b"Date"))
    return {
        "headers": head + b"".join(b"X-H%d: v\r\n" % number for number in range(100_000)) + b"\r\nbody\r\n",
        "parts": head + multi("mixed") + parts + b"--b--\r\n",
        "levels": head + nested + b"Content-Type: text/plain\r\n\r\nx\r\n",
        "quotes": head + b"\r\n" + b"".join(b">" * (1 + number % 200) + b" quoted\r\n" for number in range(9_500)),
        "quoted levels": head + b"\r\n" + b">" * (1 << 20) + b"\r\n",
        "tags": html + b"<div>" * (1 << 20 >> 3),
        "open tags": html + b"<b><i><font color=red>" * 45_000,
        "attributes": html + b"<p " + b"".join(b"a%d='1' " % number for number in range(90_000)) + b">x</p>",
        "blockquotes": html + b"<blockquote>" * 40_000 + b"x" + b"</blockquote>" * 40_000,
        "blank report": report + b"\r\n" * 500_000 + b"--b--\r\n",
        "breaks": html + b">" * 500_000 + b"<br>" * 29_000,
        "break ends": html + b">" * 500_000 + b"</br>" * 100_000,
        "alternatives": head + multi("alternative") + text * 900 + b"--b--\r\n",
        "texts": head + multi("mixed") + text.replace(b"plain", b"html") * 900 + b"--b--\r\n",
        "dots": head + multi("mixed") + named * 100 + b"--b--\r\n",
        "blanks": blanks + head + b"\r\nbody\r\n",
        "flowed": head + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 500_000,
        "colons": head + b"\r\n" + b"a1:\r\n" * 250_000,
        "sentences": head + b"\r\n" + b"in the year 1234 they said so:\r\n" * 32_000,
        "tables": html + b"<table><tr><td>" * 45_000,
    }
