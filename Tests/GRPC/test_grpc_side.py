"""The standard health and reflection services, asked by their stock clients."""
import grpc
import pytest
from google.protobuf import descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from desk import SERVICES, Desk, wait_for
from grpc_peer import HOMES, Peers

SERVING, NOT_SERVING, SERVICE_UNKNOWN = 1, 2, 3
V1 = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"


def health(call, service: str = "intake", certificate: str = "operator"):
    return health_pb2_grpc.HealthStub(call.channel(service, certificate))


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_serving(call, service):
    def status(name: str) -> int:
        return health(call, service).Check(health_pb2.HealthCheckRequest(service=name), timeout=10).status
    wait_for(lambda: status("") == SERVING)
    own = next(name for name, home in HOMES.items() if home == service)
    for name in [f"firstline.v1.{own}", "firstline.v1.Journal", "grpc.health.v1.Health"]:
        assert status(name) == SERVING


def test_a_service_that_is_not_here_is_not_found(call):
    with pytest.raises(grpc.RpcError) as caught:
        health(call).Check(health_pb2.HealthCheckRequest(service="firstline.v1.Routing"), timeout=10)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    watch = health(call).Watch(health_pb2.HealthCheckRequest(service="nothing"), timeout=10)
    assert next(watch).status == SERVICE_UNKNOWN
    watch.cancel()


def test_health_needs_no_rights(call):
    assert health(call, certificate="billing").Check(health_pb2.HealthCheckRequest(), timeout=10).status == SERVING


def test_a_watcher_hears_that_the_service_stops(tmp_path, stubs):
    desk = Desk(tmp_path / "data").start()
    peers = Peers(desk, stubs)
    try:
        watch = health(peers).Watch(health_pb2.HealthCheckRequest(service="firstline.v1.Intake"), timeout=60)
        heard = [next(watch).status]
        while heard[-1] != SERVING:
            heard.append(next(watch).status)
        assert desk.stop() == 0
        assert [response.status for response in watch] == [NOT_SERVING]
    finally:
        peers.close()
        if desk.process.poll() is None:
            desk.kill_everything()


@pytest.mark.parametrize("face", ["call", "plain_call"])
def test_a_call_from_reflection_alone(face, request):
    """As grpcurl does it: list the services, fetch the descriptors, make the messages, call."""
    call = request.getfixturevalue(face)
    database = ProtoReflectionDescriptorDatabase(call.channel())
    services = set(database.get_services())
    assert services >= {"firstline.v1.Intake", "firstline.v1.Journal", "firstline.v1.Health", "firstline.v1.Reflection",
                        "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}
    assert "firstline.v1.Routing" not in services
    pool = descriptor_pool.DescriptorPool(database)
    for name in services:
        assert pool.FindServiceByName(name).methods
    method = pool.FindServiceByName("firstline.v1.Intake").FindMethodByName("CreateTicket")
    request_class, response_class = (message_factory.GetMessageClass(kind) for kind in (method.input_type, method.output_type))
    create = call.channel().unary_unary(
        "/firstline.v1.Intake/CreateTicket", request_serializer=request_class.SerializeToString, response_deserializer=response_class.FromString)
    reply = create(request_class(subject="By reflection", body="b", requester={"email": "r@example.org"}), timeout=10)
    assert reply.ticket.subject == "By reflection"


def ask_v1(call, *requests):
    stream = call.channel().stream_stream(
        V1, request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString)
    return list(stream(iter(requests), timeout=10))


def test_one_stream_answers_many_questions_in_order(call):
    Request = reflection_pb2.ServerReflectionRequest
    answers = ask_v1(
        call, Request(list_services="*"), Request(file_by_filename="firstline/v1/intake.proto"),
        Request(file_containing_symbol="firstline.v1.Intake.CreateTicket"), Request(file_containing_symbol="firstline.v1.TicketStatus"),
        Request(file_by_filename="nothing.proto"), Request(file_containing_symbol="nothing.at.All"),
        Request(all_extension_numbers_of_type="firstline.v1.Ticket"),
        Request(file_containing_extension=reflection_pb2.ExtensionRequest(containing_type="firstline.v1.Ticket", extension_number=5)),
        Request(host="only a host"))
    kinds = [answer.WhichOneof("message_response") for answer in answers]
    assert kinds == ["list_services_response", "file_descriptor_response", "file_descriptor_response", "file_descriptor_response",
                     "error_response", "error_response", "all_extension_numbers_response", "error_response", "error_response"]
    assert answers[1].original_request.file_by_filename == "firstline/v1/intake.proto"
    assert [answers[number].error_response.error_code for number in (4, 5, 7, 8)] == [5, 5, 5, 3]


def test_requests_may_come_one_by_one(call):
    """The answer to one request comes before the next is sent."""
    import queue
    requests: queue.Queue = queue.Queue()
    answers = reflection_pb2_grpc.ServerReflectionStub(call.channel()).ServerReflectionInfo(iter(requests.get, None), timeout=20)
    for _ in range(50):
        requests.put(reflection_pb2.ServerReflectionRequest(list_services=""))
        assert next(answers).list_services_response.service
    requests.put(None)
    assert list(answers) == []
