"""Stock gRPC clients of one running desk: stubs that grpcio-tools makes of proto/, channels with the installation's certificates."""
import importlib
import pathlib
import sys
import types

import grpc
import grpc_tools
from google.protobuf import descriptor_pool, message_factory
from grpc_status import rpc_status
from grpc_tools import protoc

from desk import ROOT, Desk
from firstline_client import RPCError

PACKAGE = "firstline.v1"
HOMES = {"Intake": "intake", "Routing": "routing", "SLATimer": "sla-timer", "Notification": "notification", "Gateway": "gateway"}
DETAIL_URL = "type.googleapis.com/firstline.v1.ErrorDetail"
MAX_MESSAGE = 4 * 1024 * 1024


class Stubs:
    """The generated modules, asked as `Tests/Client/schema.py` is: `stubs.Ticket`, `stubs.methods["Intake/GetTicket"]`, `stubs.number(…)`."""

    def __init__(self, folder: pathlib.Path):
        names = sorted(str(path.relative_to(ROOT / "proto")) for path in (ROOT / "proto" / "firstline" / "v1").glob("*.proto"))
        standard = str(pathlib.Path(grpc_tools.__file__).parent / "_proto")
        arguments = ["protoc", f"-I{ROOT / 'proto'}", f"-I{standard}", f"--python_out={folder}", f"--grpc_python_out={folder}", *names]
        assert protoc.main(arguments) == 0
        sys.path.insert(0, str(folder))
        self.pool = descriptor_pool.Default()
        self.classes: dict[str, type] = {}
        self.methods: dict[str, types.SimpleNamespace] = {}
        for name in names:
            module = name.removesuffix(".proto").replace("/", ".")
            messages, services = importlib.import_module(module + "_pb2"), importlib.import_module(module + "_pb2_grpc")
            for service in messages.DESCRIPTOR.services_by_name.values():
                self.classes[service.name + "Stub"] = getattr(services, service.name + "Stub")
                for method in service.methods:
                    self.methods[f"{service.name}/{method.name}"] = types.SimpleNamespace(
                        request=message_factory.GetMessageClass(method.input_type), is_streaming=method.server_streaming)

    def __getattr__(self, name: str) -> type:
        try:
            return self.classes[name]
        except KeyError:
            try:
                return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))
            except KeyError:
                raise AttributeError(name) from None

    def number(self, enum: str, value: str) -> int:
        values = self.pool.FindEnumTypeByName(f"{PACKAGE}.{enum}").values_by_name
        return next(found.number for name, found in values.items() if name.endswith("_" + value))


class Peers:
    """Channels to the services of one desk, one for each service and certificate."""

    def __init__(self, desk: Desk, stubs: Stubs, is_plain: bool = False):
        self.desk, self.stubs, self.is_plain = desk, stubs, is_plain
        self.channels: dict[tuple, grpc.Channel] = {}

    def channel(self, service: str = "intake", name: str | None = "operator", **options) -> grpc.Channel:
        key = (service, name, repr(options))
        if key not in self.channels:
            address = self.desk.service(service)["rpc"]
            arguments = [("grpc.enable_retries", 0), *((option.replace("__", "."), value) for option, value in options.items())]
            self.channels[key] = (
                grpc.insecure_channel(address, arguments) if self.is_plain
                else grpc.secure_channel(address, self.credentials(name), arguments))
        return self.channels[key]

    def credentials(self, name: str | None, authority: pathlib.Path | None = None) -> grpc.ChannelCredentials:
        """The operator's certificate, a service's, or another system's, which is issued when first asked for. None: no certificate."""
        root = (authority or self.desk.data / "certs" / "ca.crt").read_bytes()
        if name is None:
            return grpc.ssl_channel_credentials(root)
        certificate, key = self.identity(name)
        return grpc.ssl_channel_credentials(root, key.read_bytes(), certificate.read_bytes())

    def identity(self, name: str) -> tuple[pathlib.Path, pathlib.Path]:
        folder = self.desk.data / "certs"
        if not (folder / f"{name}.crt").exists():
            folder = self.desk.data.parent / "issued"
            if not (folder / f"{name}.crt").exists():
                self.desk.firstline("certs", "issue", name, "--out", str(folder))
        return folder / f"{name}.crt", folder / f"{name}.key"

    def stub(self, name: str, service: str | None = None, certificate: str = "operator", **options):
        """`stub("Intake")`, on the channel of its home or of another service."""
        return getattr(self.stubs, name + "Stub")(self.channel(service or HOMES.get(name, "intake"), certificate, **options))

    def __call__(self, method: str, request=None, service: str | None = None, timeout: float = 20, metadata: dict | None = None, **more):
        """The response; of a stream the list of its first ones. Raises the error of the client in Tests/Client."""
        name, _, call = method.partition("/")
        request = self.stubs.methods[method].request() if request is None else request
        pairs = tuple((metadata or {}).items())
        try:
            answer = getattr(self.stub(name, service, **more), call)(request, timeout=timeout, metadata=pairs)
            if not self.stubs.methods[method].is_streaming:
                return answer
            if method in ("Journal/Follow", "Backup/Take"):
                first = next(answer)
                answer.cancel()
                return [first]
            return list(answer)
        except grpc.RpcError as error:
            raise RPCError(error.code().value[0], error.details()) from error

    def close(self):
        for channel in self.channels.values():
            channel.close()


def detail_of(error: grpc.RpcError, stubs: Stubs):
    """Our detail, as gRPC's richer error model carries it; None without one."""
    status = rpc_status.from_call(error)  # Checks that code and message are those of the call.
    if status is None:
        return None
    assert [detail.type_url for detail in status.details] == [DETAIL_URL]
    return stubs.ErrorDetail.FromString(status.details[0].value)
