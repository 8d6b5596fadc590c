"""Message classes and methods of one version of proto/, made at test time. Several versions live side by side in one process, which classes
of `protoc --python_out` cannot."""
import functools
import pathlib
import subprocess
import tempfile
import typing

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = "firstline.v1"


class Method(typing.NamedTuple):
    name: str  # As on the wire, "firstline.v1.Intake/GetTicket".
    request: type
    response: type
    is_streaming: bool


class Schema:
    """`schema.Ticket` is a class, `schema.methods["Intake/GetTicket"]` a method, `schema.number("TicketStatus", "OPEN")` an enum's value."""

    def __init__(self, files: descriptor_pb2.FileDescriptorSet):
        self.files = files
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        self.pool = pool
        self.methods: dict[str, Method] = {}
        for file in files.file:
            for service in file.service:
                for method in service.method:
                    self.methods[f"{service.name}/{method.name}"] = Method(
                        f"{file.package}.{service.name}/{method.name}", self._class(method.input_type[1:]),
                        self._class(method.output_type[1:]), method.server_streaming)

    @functools.cache
    def _class(self, full_name: str) -> type:
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(full_name))

    def __getattr__(self, name: str) -> type:
        try:
            return self._class(f"{PACKAGE}.{name}")
        except KeyError:
            raise AttributeError(name) from None

    def number(self, enum: str, value: str) -> int:
        values = self.pool.FindEnumTypeByName(f"{PACKAGE}.{enum}").values_by_name
        return next(found.number for name, found in values.items() if name.endswith("_" + value))


def compiled(folder: pathlib.Path = ROOT / "proto") -> descriptor_pb2.FileDescriptorSet:
    """What protoc makes of the .proto files below `folder`."""
    names = sorted(str(path.relative_to(folder)) for path in folder.glob("firstline/v1/*.proto"))
    with tempfile.NamedTemporaryFile() as made:
        subprocess.run(["protoc", f"-I{folder}", "--include_imports", f"--descriptor_set_out={made.name}", *names], check=True, capture_output=True)
        return descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(made.name).read_bytes())


@functools.cache
def current() -> Schema:
    return Schema(compiled())
