"""Who may call is decided by the certificate, for gRPC as for our own protocol."""
import pathlib
import subprocess

import grpc
import pytest

from desk import PROGRAMS
from grpc_peer import Peers, detail_of


def refused(channel: grpc.Channel, stubs) -> grpc.StatusCode:
    with channel, pytest.raises(grpc.RpcError) as caught:
        stubs.HealthStub(channel).Check(stubs.HealthCheckRequest(), timeout=10)
    return caught.value.code()


def foreign_certificates(folder: pathlib.Path) -> pathlib.Path:
    """Those of another installation."""
    subprocess.run([PROGRAMS / "firstline", "certs", "init", "--data", folder], check=True, capture_output=True, timeout=30)
    return folder / "certs"


def test_a_client_without_a_certificate_is_refused(call):
    channel = grpc.secure_channel(call.desk.service("intake")["rpc"], call.credentials(None))
    assert refused(channel, call.stubs) == grpc.StatusCode.UNAVAILABLE


def test_a_client_of_another_authority_is_refused(call, tmp_path):
    certificate = foreign_certificates(tmp_path) / "operator.crt"
    credentials = grpc.ssl_channel_credentials(
        (call.desk.data / "certs" / "ca.crt").read_bytes(), certificate.with_suffix(".key").read_bytes(), certificate.read_bytes())
    assert refused(grpc.secure_channel(call.desk.service("intake")["rpc"], credentials), call.stubs) == grpc.StatusCode.UNAVAILABLE


def test_a_server_of_another_authority_is_refused_by_the_client(call, tmp_path):
    authority = foreign_certificates(tmp_path) / "ca.crt"
    channel = grpc.secure_channel(call.desk.service("intake")["rpc"], call.credentials("operator", authority))
    assert refused(channel, call.stubs) == grpc.StatusCode.UNAVAILABLE


def test_plain_http2_on_a_port_with_tls_is_refused(call):
    assert refused(grpc.insecure_channel(call.desk.service("intake")["rpc"]), call.stubs) == grpc.StatusCode.UNAVAILABLE


def test_the_certificate_decides_what_is_allowed(call):
    """Another system may open tickets, but neither follow journals nor make mailboxes."""
    stubs = call.stubs
    intake = call.stub("Intake", certificate="billing")
    request = stubs.CreateTicketRequest(subject="From billing", body="b", requester=stubs.RequesterReference(email="b@example.org"))
    assert intake.CreateTicket(request, timeout=10).ticket.id > 0
    with pytest.raises(grpc.RpcError) as caught:
        intake.CreateMailbox(stubs.Mailbox(name="b", address="b@desk.example"), timeout=10)
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert detail_of(caught.value, stubs).code == "forbidden"
    with pytest.raises(grpc.RpcError) as caught:
        next(call.stub("Journal", "intake", "billing").Follow(stubs.FollowRequest(follower="billing"), timeout=10))
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED


def test_a_false_principal_is_refused(call):
    with pytest.raises(grpc.RpcError) as caught:
        call.stub("Intake", certificate="gateway").ListTickets(
            call.stubs.ListTicketsRequest(), timeout=10, metadata=(("principal", "bm90aGluZw.bm90aGluZw"),))
    assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert detail_of(caught.value, call.stubs).code == "invalid_principal"


def test_plain_tcp_takes_the_service_from_the_metadata(plain_call: Peers):
    stubs = plain_call.stubs
    with pytest.raises(grpc.RpcError) as caught:
        plain_call.stub("Intake").CreateMailbox(
            stubs.Mailbox(name="p", address="p@desk.example"), timeout=10, metadata=(("service", "billing"),))
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert plain_call.stub("Intake").CreateMailbox(stubs.Mailbox(name="p", address="p@desk.example"), timeout=10).id > 0
