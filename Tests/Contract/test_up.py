"""`firstline up`: addresses, first start, the data folder."""
import http.client
import json
import re
import socket
import stat
import urllib.parse

import pytest

from desk import Desk, wait_for


def free_base() -> int:
    """A port N such that what `--base-port N` wants is free."""
    for base in range(21_000, 60_000, 307):
        try:
            for offset in (1, 2, 3, 4, 5, 24, 101, 102, 103, 104, 105):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", base + offset))
            return base
        except OSError:
            continue
    raise AssertionError("no free ports")


def test_the_first_start_makes_an_administrator(stopped_desk):
    desk = stopped_desk.start()
    token = (desk.data / "admin.token").read_text()
    assert re.fullmatch(r"\S+\n", token) and stat.S_IMODE((desk.data / "admin.token").stat().st_mode) == 0o600
    assert desk.api("GET", "/me")["role"] == "admin"
    links = [re.search(r"http://\S+/sign-in/\S+", line) for line in desk.said]
    (link,) = [match[0] for match in links if match]
    assert desk.said[-1] == f"firstline ready {desk.url}"
    place = urllib.parse.urlsplit(link)
    assert place.netloc == urllib.parse.urlsplit(desk.url).netloc
    assert stat.S_IMODE(desk.data.stat().st_mode) & 0o077 == 0
    for key in (desk.data / "certs").glob("*.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600

    # The link signs in once, in a browser.
    cookie, status = visit(place)
    assert cookie and "HttpOnly" in cookie and status in (302, 303)
    again, _ = visit(place)
    assert again is None
    assert desk.stop() == 0

    # A second start makes neither another token nor another link.
    desk.said.clear()
    desk.start()
    assert (desk.data / "admin.token").read_text() == token and not [line for line in desk.said if "/sign-in/" in line]


def visit(place) -> tuple[str | None, int]:
    """Opens the link, and presses its button where it has one (a mail scanner must not use it up)."""
    for method in ("GET", "POST"):
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
        connection.request(method, place.path, headers={"Origin": f"http://{place.netloc}", "Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        answer.read()
        cookie = answer.getheader("set-cookie")
        connection.close()
        if cookie and "session" in cookie.lower():
            break
    return cookie, answer.status


def test_a_base_port_places_every_service(stopped_desk):
    base = free_base()
    stopped_desk.options = ("--base-port", str(base))
    desk = stopped_desk.start()
    status = desk.status()
    for number, name in enumerate(("intake", "routing", "sla-timer", "notification"), 1):
        assert status[name]["rpc"] == f"127.0.0.1:{base + number}" and status[name]["admin"] == f"127.0.0.1:{base + 100 + number}"
    assert status["intake"]["lmtp"] == f"127.0.0.1:{base + 24}"


def test_insecure_loopback_speaks_without_tls(stopped_desk):
    stopped_desk.options = ("--insecure-loopback",)
    desk = stopped_desk.start()
    assert "ticket" in desk.lmtp(b"From: a@example.org\r\nSubject: s\r\n\r\nx\r\n")
    wait_for(lambda: desk.mail_to("a@example.org") or desk.mail_to("anna@example.org"))
    assert json.loads(desk.firstline("rpc", "Health/Check", "{}", "--service", "intake").stdout)


@pytest.mark.parametrize("option", [("--http", "nonsense"), ("--base-port", "70000"), ("--smtp", "ftp://x"), ("--nonsense",)])
def test_a_bad_option_is_refused_in_a_line(tmp_path, option):
    import subprocess
    from desk import PROGRAMS
    done = subprocess.run([PROGRAMS / "firstline", "up", "--data", tmp_path / "data", *option], capture_output=True, text=True, timeout=20)
    assert done.returncode == 64 and option[0].strip("-") in done.stderr, (done.returncode, done.stderr)
    assert not (tmp_path / "data" / "admin.token").exists()


def test_a_demo_desk_is_believable(stopped_desk):
    stopped_desk.options = ("--demo",)
    desk: Desk = stopped_desk.start()
    assert len(desk.all("/teams")) >= 2 and len(desk.all("/agents")) >= 3
    tickets = wait_for(lambda: (t := desk.all("/tickets")) and len(t) >= 5 and t)
    languages = {ticket["language"] for ticket in tickets}
    assert len(languages - {None}) >= 2, languages
