"""A real Exim in front of the desk, set up as deploy/mail/README.md says."""
import pytest

from desk import Desk
from mail_ledger import deliver_every_kind, deliver_under_kills, give_back_what_is_too_large, lmtp_port
from mail_servers import Exim, snippet


def exim(desk: Desk, main: str = "") -> Exim:
    return Exim(snippet("Exim", "router"), snippet("Exim", "transport").replace("7424", lmtp_port(desk)), main)


@pytest.mark.timeout(600)
def test_nothing_is_lost_or_doubled_while_intake_is_killed(fresh_desk):
    fresh_desk.api("POST", "/mailboxes", {"name": "sales", "address": "sales@localhost"})
    with exim(fresh_desk) as server:
        deliver_under_kills(fresh_desk, server)


@pytest.mark.timeout(600)
def test_every_kind_of_mail_arrives(fresh_desk):
    with exim(fresh_desk) as server:
        deliver_every_kind(fresh_desk, server)


@pytest.mark.timeout(300)
def test_what_is_too_large_goes_back_to_its_sender_in_our_words(fresh_desk):
    with exim(fresh_desk) as server:
        give_back_what_is_too_large(fresh_desk, server, "Message too large, 26214400 bytes at most")
