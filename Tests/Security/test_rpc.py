"""The services' own ports: certificates, principals, keys."""
import base64
import subprocess
import time

import pytest

from desk import PROGRAMS
from rpc import Peer, field

FORBIDDEN, UNAUTHENTICATED, NOT_FOUND, INVALID, EXHAUSTED, UNAVAILABLE = 7, 16, 5, 3, 8, 14
REQUESTER, AGENT, LEAD, ADMIN, SERVICE = 1, 2, 3, 4, 5


@pytest.fixture(scope="module")
def certificates(house, tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("crm", "erp"):
        house.desk.firstline("certs", "issue", name, "--out", str(folder))
    return folder


@pytest.fixture
def peer(house, certificates):
    opened = []

    def connect(service: str, name: str = "crm"):
        path = house.desk.data / "certs" / name if name in ("operator", "gateway", "notification", "routing") else certificates / name
        opened.append(Peer(house.desk.service(service)["rpc"], house.desk.data, path))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def principal(desk, role: int, user: int = 0, requester: int = 0, seconds: float = 300, scopes=(), key=None) -> str:
    """As the gateway signs it; with a key of one's own, a forgery."""
    payload = field(1, role)
    payload += field(2, user) if user else b""
    payload += field(3, requester) if requester else b""
    for scope in scopes:
        payload += field(4, scope)
    payload += field(5, int((time.time() + seconds) * 1000))
    message = desk.data.parent / "payload.bin"
    message.write_bytes(payload)
    done = subprocess.run(
        ["openssl", "pkeyutl", "-sign", "-rawin", "-in", message, "-inkey", key or desk.data / "gateway" / "principal.key"],
        capture_output=True, check=True)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (payload, done.stdout))


@pytest.mark.parametrize("service, method", [
    ("intake", "Intake/UpdateTicket"), ("intake", "Intake/DownloadSource"), ("intake", "Intake/GetMailContext"), ("intake", "Intake/CreateMailbox"),
    ("intake", "Intake/UpdateRequester"), ("intake", "Intake/CreateRequester"), ("intake", "Intake/CreateOrganization"),
    ("intake", "Journal/Follow"), ("intake", "Journal/Head"), ("gateway", "Journal/Follow"), ("routing", "Journal/Follow"),
    ("sla-timer", "Journal/Follow"), ("notification", "Journal/Follow"),
    ("gateway", "Gateway/CreateToken"), ("gateway", "Gateway/CreateUser"), ("gateway", "Gateway/ListUsers"), ("gateway", "Gateway/GetUser"),
    ("gateway", "Gateway/UpdateUser"), ("gateway", "Gateway/CreateSignInLink"), ("gateway", "Gateway/ListTokens"), ("gateway", "Gateway/RevokeToken"),
    ("routing", "Routing/PutAgent"), ("routing", "Routing/SetPresence"), ("routing", "Routing/CreateTeam"),
    ("sla-timer", "SLATimer/CreatePolicy"), ("sla-timer", "SLATimer/DeleteCalendar"), ("sla-timer", "SLATimer/UpdatePolicy"),
    ("notification", "Notification/ListDeliveries"), ("notification", "Notification/RetryDelivery"),
    ("notification", "Notification/ListSuppressions"), ("notification", "Notification/RemoveSuppression"),
    ("notification", "Notification/GetSurvey"), ("notification", "Notification/AnswerSurvey"), ("intake", "Intake/DeleteMailbox"),
])
def test_another_system_may_not(peer, service, method):
    code, text = peer(service).call(method)
    assert code == FORBIDDEN, (code, text)


@pytest.mark.parametrize("name, method", [("routing", "Intake/GetMailContext"), ("notification", "Intake/UpdateTicket"), ("gateway", "Intake/UpdateTicket"), ("gateway", "Intake/DownloadSource")])
def test_our_own_services_may_what_the_table_says_and_no_more(peer, name, method):
    assert peer("intake", name).call(method)[0] == FORBIDDEN


def test_another_system_writes_but_decides_nothing(peer, house):
    ticket = house.ticket("crm@example.org", "By the CRM")["id"]
    assert peer("intake").call("Intake/GetTicket", field(1, ticket))[0] == 0
    assert peer("intake").call("Intake/AddMessage", field(1, ticket) + field(2, "solved") + field(4, 1) + field(6, 5))[0] == INVALID
    assert house.desk.api("GET", f"/tickets/{ticket}")["status"] in ("new", "open")


def test_nobody_speaks_without_a_certificate(house):
    for service in ("intake", "gateway"):
        assert Peer(house.desk.service(service)["rpc"], house.desk.data).call("Health/Check")[0] == UNAVAILABLE


def test_the_service_key_of_plain_tcp_means_nothing_under_tls(peer):
    for name in ("operator", "gateway"):
        assert peer("gateway").call("Gateway/ListTokens", service=name)[0] == FORBIDDEN


def test_only_gateway_and_operator_carry_principals(peer, house):
    signed = principal(house.desk, ADMIN, user=1)
    assert peer("intake", "gateway").call("Intake/GetTicket", field(1, house.bob_ticket["id"]), principal=signed)[0] == 0
    for name in ("crm", "routing", "notification"):
        assert peer("intake", name).call("Intake/GetTicket", field(1, house.bob_ticket["id"]), principal=signed)[0] == FORBIDDEN


def test_forged_and_stale_principals_are_refused(peer, house, tmp_path):
    desk, ticket = house.desk, field(1, house.bob_ticket["id"])
    key = tmp_path / "own.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    good = principal(desk, REQUESTER, requester=house.eve)
    payload, signature = good.split(".")
    other = principal(desk, ADMIN, user=1).split(".")[0]
    forged = {
        "own key": principal(desk, ADMIN, user=1, key=key), "other payload": f"{other}.{signature}", "no signature": f"{payload}.", "empty": ".",
        "text": "admin", "twice": f"{good}.{signature}", "null": "\0", "long": "A" * 5000, "expired": principal(desk, ADMIN, user=1, seconds=-1),
        "for ever": principal(desk, ADMIN, user=1, seconds=86_400), "service": principal(desk, SERVICE), "nobody": principal(desk, 0, user=1),
        "flipped": f"{payload}.{('A' if signature[0] != 'A' else 'B') + signature[1:]}",
    }
    for what, text in forged.items():
        code, _ = peer("intake", "gateway").call("Intake/GetTicket", ticket, principal=text)
        assert code == UNAUTHENTICATED, what
    connection = peer("intake", "gateway")
    assert connection.call("Intake/GetTicket", ticket, principal=good)[0] == NOT_FOUND
    assert connection.call("Intake/GetTicket", field(1, house.eve_ticket["id"]), principal=good)[0] == 0


def test_a_principal_does_on_no_method_what_its_role_may_not(peer, house):
    desk = house.desk
    requester, agent = principal(desk, REQUESTER, requester=house.eve), principal(desk, AGENT, user=house.agent["id"])
    reader = principal(desk, ADMIN, user=1, scopes=["read"])
    for service, method, refused in (
        ("intake", "Intake/UpdateTicket", [requester, reader]), ("intake", "Intake/ListHistory", [requester]), ("intake", "Intake/AcceptMail", [requester, reader]),
        ("intake", "Intake/GetMailContext", [requester, agent]), ("intake", "Journal/Follow", [requester, agent]), ("intake", "Intake/CreateMailbox", [requester, agent, reader]),
        ("gateway", "Gateway/CreateToken", [requester, agent, reader]), ("gateway", "Gateway/CreateSignInLink", [requester, agent, reader]),
        ("routing", "Routing/PutAgent", [requester, agent, reader]), ("sla-timer", "SLATimer/GetTicketTimers", [requester]),
        ("notification", "Notification/ListDeliveries", [requester]), ("sla-timer", "SLATimer/DeletePolicy", [agent]),
    ):
        for text in refused:
            assert peer(service, "operator").call(method, principal=text)[0] == FORBIDDEN, method
    # A requester whom nobody is sees nothing, not everything.
    assert peer("intake", "gateway").call("Intake/ListTickets", principal=principal(desk, REQUESTER))[1] == b""


def test_an_answer_kept_for_one_certificate_is_not_given_to_another(peer, house):
    request = field(1, "keyed") + field(2, "body") + field(4, field(2, "keyed@example.org"))
    first = peer("intake", "crm").call("Intake/CreateTicket", request, idempotency_key="k1")
    assert first[0] == 0
    assert peer("intake", "crm").call("Intake/CreateTicket", request, idempotency_key="k1") == first
    second = peer("intake", "erp").call("Intake/CreateTicket", request, idempotency_key="k1")
    assert second[0] == 0 and second != first
    assert peer("intake", "crm").call("Intake/CreateTicket", request + field(13, 2), idempotency_key="k1")[0] == INVALID


def test_an_upload_of_another_is_not_there(peer):
    code, upload = peer("intake", "crm").call("Intake/BeginUpload")
    assert code == 0
    token = upload[2:34].decode()
    for method, more in (("AppendUpload", field(3, b"x")), ("FinishAttachment", field(2, "a.txt"))):
        assert peer("intake", "erp").call(f"Intake/{method}", field(1, token) + more)[0] == NOT_FOUND
    for name in ("../../gateway/gateway.sqlite", "0" * 32, "", "\x7f"):
        assert peer("intake", "crm").call("Intake/AppendUpload", field(1, name) + field(3, b"x"))[0] == NOT_FOUND


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), -1, 2**53, 2**31, -(2**31) - 1])
def test_extreme_numbers_break_nothing(peer, house, number):
    intake = peer("intake", "operator")
    code, upload = intake.call("Intake/BeginUpload")
    token = upload[2:34]
    intake.call("Intake/AppendUpload", field(1, token) + field(2, number) + field(3, b"xx"))
    for method, body in (
        ("GetTicket", field(1, number)), ("GetTicket", field(1, 1) + field(2, field(1, "routing") + field(2, number) + field(3, number))),
        ("GetMessage", field(1, number)), ("DownloadAttachment", field(1, number)), ("ListMessages", field(1, number) + field(2, number)),
        ("Search", field(1, "x") + field(2, number)), ("UpdateTicket", field(1, number) + field(2, number)), ("AddMessage", field(1, 1) + field(2, "x") + field(4, 1) + field(7, number)),
    ) + tuple(("ListTickets", field(tag, number)) for tag in range(1, 18)) + tuple(("CreateTicket", field(1, "s") + field(2, "b") + field(4, field(2, "n@example.org")) + field(tag, number)) for tag in (5, 6, 8, 9, 12, 13)):
        intake.call(f"Intake/{method}", body)
    timer, routing = peer("sla-timer", "operator"), peer("routing", "operator")
    timer.call("SLATimer/GetTicketTimers", field(1, number))
    for tag in range(1, 6):
        timer.call("SLATimer/PreviewCalendar", field(tag, number))
        timer.call("SLATimer/PreviewCalendar", field(2, 1) + field(3, 1_700_000_000_000) + field(tag, number))
        timer.call("SLATimer/ListDeadlines", field(tag, number))
        for method in ("GetAgent", "ListAgents", "SetPresence", "Explain", "GetQueue"):
            routing.call(f"Routing/{method}", field(1, 1) + field(tag, number))
        intake.call("Journal/Follow", field(tag, number))
    peer("notification", "operator").call("Notification/ListDeliveries", field(1, number) + field(3, number))
    peer("gateway", "operator").call("Gateway/ListUsers", field(1, number))


def test_unfinished_uploads_are_bounded(peer, house):
    uploads = peer("intake", "erp")
    codes = [uploads.call("Intake/BeginUpload")[0] for _ in range(210)]
    assert codes.count(0) <= 200 and codes[-1] == EXHAUSTED
    # Another party is not held up.
    assert peer("intake", "crm").call("Intake/BeginUpload")[0] == 0
