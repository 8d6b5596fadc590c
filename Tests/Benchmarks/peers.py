"""The programs that ours are compared with: installed or built when first asked for, below `Peers/.build…`."""
import concurrent.futures
import functools
import os
import pathlib
import subprocess
import sys

from plan import ROOT

PEERS = pathlib.Path(__file__).resolve().parent / "Peers"
BUILT = PEERS / ".build"
PROTO = ROOT / "proto"
PROTO_FILES = [f"firstline/v1/{name}.proto" for name in ("common", "intake", "journal")]
FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror"]


@functools.cache
def sqlite() -> pathlib.Path:
    return _compiled("sqlite", ["cc", "-std=gnu17", *FLAGS], [PEERS / "sqlite" / "peer.c"], ["-lsqlite3"])


@functools.cache
def epoll() -> pathlib.Path:
    messages = ROOT / "Shared" / "CWire"
    sources = [PEERS / "epoll" / "peer.c", *(messages / "Generated" / f"{name}.pb-c.c" for name in ("common", "intake"))]
    return _compiled("epoll", ["cc", "-std=gnu17", *FLAGS, "-isystem", messages / "include"], sources, ["-lprotobuf-c"])


@functools.cache
def grpc_cpp() -> pathlib.Path:
    install("libgrpc++-dev", "protobuf-compiler", "protobuf-compiler-grpc", "libprotobuf-dev", "pkg-config", "g++")
    generated = BUILT / "grpc-cpp-generated"
    if _is_older(generated / "firstline" / "v1" / "journal.grpc.pb.cc", [PROTO / name for name in PROTO_FILES]):
        generated.mkdir(parents=True, exist_ok=True)
        plugin = _output("sh", "-c", "command -v grpc_cpp_plugin")
        _protoc(f"--cpp_out={generated}", f"--grpc_out={generated}", f"--plugin=protoc-gen-grpc={plugin}")
    libraries = _output("pkg-config", "--libs", "grpc++", "protobuf").split()
    sources = [*sorted((PEERS / "grpc-cpp").glob("*.cc")), *sorted(generated.glob("firstline/v1/*.cc"))]
    return _compiled(
        "grpc-cpp", ["g++", "-std=c++17", *FLAGS, "-isystem", generated], sources,
        [*libraries, "-Wl,--no-as-needed", "-labsl_synchronization"])


def grpc_swift() -> pathlib.Path:
    return _swift("RPCPeer")


def swift_protobuf() -> pathlib.Path:
    return _swift("CodecPeer")


@functools.cache
def _swift(product: str) -> pathlib.Path:
    """Builds the generator first, then what it makes: RPCPeer takes about ten minutes the first time."""
    install("protobuf-compiler")
    folder, scratch = PEERS / "grpc-swift", PEERS / ".build-grpc-swift"
    generated = folder / "Sources" / "Messages" / "Generated"
    program = scratch / "release" / product
    protocol = [PROTO / name for name in PROTO_FILES]
    if _is_older(generated / "journal.pb.swift", [folder / "Package.swift", *protocol]):
        _swift_build(folder, scratch, "protoc-gen-swift")
        generated.mkdir(parents=True, exist_ok=True)
        _protoc(
            f"--plugin={scratch / 'release' / 'protoc-gen-swift'}", f"--swift_out={generated}", "--swift_opt=FileNaming=DropPath",
            "--swift_opt=Visibility=Public")
    if _is_older(program, [*folder.rglob("*.swift"), *protocol]):
        _swift_build(folder, scratch, product)
        os.utime(program)
    return program


@functools.cache
def samples() -> pathlib.Path:
    """A folder of the messages that are measured, encoded: request.bin, reply.bin, ticket.bin and entry.bin."""
    install("protobuf-compiler")
    folder = BUILT / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    for name, message in {"request": "CreateTicketRequest", "reply": "TicketReply", "entry": "FollowResponse"}.items():
        with open(PEERS / "samples" / f"{name}.txtpb", "rb") as text, open(folder / f"{name}.bin", "wb") as encoded:
            subprocess.run(
                ["protoc", f"-I{PROTO}", f"--encode=firstline.v1.{message}", *PROTO_FILES], stdin=text, stdout=encoded, check=True)
    return folder


def install(*packages: str):
    """System packages that only a peer needs."""
    missing = [name for name in packages if _output("dpkg-query", "-W", "-f", "${db:Status-Status}", name) != "installed"]
    if not missing:
        return
    print("installing " + " ".join(missing), file=sys.stderr)
    elevate = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        subprocess.run([*elevate, "apt-get", *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)


def _compiled(name: str, compiler: list, sources: list[pathlib.Path], libraries: list[str]) -> pathlib.Path:
    """The program of `Peers/NAME`, each source compiled unless its object is newer than all that stands there."""
    headers = [*(PEERS / name).glob("*.h"), pathlib.Path(__file__)]
    (BUILT / name).mkdir(parents=True, exist_ok=True)
    objects = [BUILT / name / f"{source.name}.o" for source in sources]

    def compile_one(source: pathlib.Path, target: pathlib.Path):
        if _is_older(target, [source, *headers]):
            subprocess.run([*compiler, "-c", source, "-o", target], check=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compile_one, sources, objects))
    program = BUILT / f"{name}-peer"
    if _is_older(program, objects):
        subprocess.run([compiler[0], "-o", program, *objects, *libraries], check=True)
    return program


def _protoc(*arguments: str):
    subprocess.run(["protoc", f"-I{PROTO}", *arguments, *PROTO_FILES], check=True)


def _swift_build(folder: pathlib.Path, scratch: pathlib.Path, product: str):
    subprocess.run(
        ["swift", "build", "--package-path", folder, "--scratch-path", scratch, "-c", "release", "--disable-index-store", "--product", product],
        check=True, stdout=sys.stderr)


def _is_older(target: pathlib.Path, inputs: list[pathlib.Path]) -> bool:
    return not target.exists() or target.stat().st_mtime < max(path.stat().st_mtime for path in inputs)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()
