"""Writes the fuzzers' first inputs: real frames and messages, as a client of the protocol makes them. `seed.py [FOLDER]`, needs protobuf."""
import pathlib
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Client"))

import firstline_client as rpc  # noqa: E402
from examples import examples  # noqa: E402
from google.protobuf.descriptor import FieldDescriptor  # noqa: E402
from schema import ROOT, current  # noqa: E402

VALUES = {
    FieldDescriptor.CPPTYPE_INT32: 3, FieldDescriptor.CPPTYPE_INT64: 1 << 40, FieldDescriptor.CPPTYPE_UINT32: 7,
    FieldDescriptor.CPPTYPE_UINT64: 1 << 50, FieldDescriptor.CPPTYPE_DOUBLE: 0.5, FieldDescriptor.CPPTYPE_FLOAT: 0.5,
    FieldDescriptor.CPPTYPE_BOOL: True, FieldDescriptor.CPPTYPE_ENUM: 1,
}


def filled(message):
    """Every field set, lists with two elements."""
    for field in message.DESCRIPTOR.fields:
        is_list = field.is_repeated if hasattr(field, "is_repeated") else field.label == FieldDescriptor.LABEL_REPEATED
        if field.message_type:
            parts = [getattr(message, field.name).add() for _ in range(2)] if is_list else [getattr(message, field.name)]
            for part in parts:
                part.SetInParent()
                filled(part)
            continue
        value = VALUES.get(field.cpp_type)
        if value is None:
            value = "Zoë" if field.type == FieldDescriptor.TYPE_STRING else b"\x00\xff"
        if is_list:
            getattr(message, field.name).extend([value, value])
        else:
            setattr(message, field.name, value)
    return message


def messages() -> dict[str, bytes]:
    """Each message of the schema in the order in which the target numbers them, and some that are wide or deep on purpose."""
    schema = current()
    listed = re.search(r"messages: \[any WireMessage.Type\] = \[\n(.*?)\n    \]", (ROOT / "Shared/Wire/Generated/WireSchema.swift").read_text(), re.DOTALL)
    names = re.findall(r"(\w+)\.self", listed[1])
    protobuf = {found.replace("_", ""): found for found in names}
    seeds = {}
    for index, name in enumerate(names):
        message = getattr(schema, protobuf[name])()
        seeds[name] = bytes([index]) + filled(message).SerializeToString()
    ticket = bytes([names.index("Ticket")])
    seeds["unknown-groups"] = ticket + b"\xf3\x3f" * 200 + b"\xf4\x3f" * 200
    seeds["many-unknown"] = ticket + b"\xf8\x3f\x01" * 600
    seeds["longest-varint"] = ticket + b"\x08" + b"\xff" * 9 + b"\x01"
    seeds["overlong-varint"] = ticket + b"\x08" + b"\xff" * 20
    seeds["length-bomb"] = ticket + b"\x12\xff\xff\xff\xff\x0f"
    seeds["nested-empty"] = bytes([names.index("ListTicketsResponse")]) + b"\x0a\x00" * 1000
    return seeds


def script(*parts: bytes) -> bytes:
    """Pieces of at most 239 bytes with their lengths, as the connections' targets take them; a part of one byte above is a step."""
    out = b""
    for part in parts:
        if len(part) <= 2 and part[0] >= 0xF0:
            out += part
            continue
        for start in range(0, len(part), 0xEF):
            piece = part[start:start + 0xEF]
            out += bytes([len(piece)]) + piece
    return out


def request(slot: int, generation: int = 1, timeout: float | None = 1, body: bytes = b"body") -> bytes:
    return rpc.frame(rpc.REQUEST, generation << 16 | slot, rpc.request_head("a.B/C", {"idempotency-key": "k"}, timeout), body, rpc.END)


def server() -> dict[str, bytes]:
    hello, credit = rpc.hello(rpc.DEFAULTS), rpc.frame(rpc.CREDIT, 1 << 16 | 1, body=struct.pack(">I", 100))
    cancel, ping = rpc.frame(rpc.CANCEL, 1 << 16 | 1), rpc.frame(rpc.PING, body=bytes(8))
    goaway = rpc.frame(rpc.GOAWAY, body=b"\0\0\0")
    return {
        "call": script(hello, request(1), b"\xf0\0"), "calls": script(hello, *[request(slot) for slot in range(1, 6)], b"\xf0\2", b"\xf0\0"),
        "cancel": script(hello, request(1), cancel, b"\xf0\0", request(1, 2), b"\xf0\0"), "deadline": script(hello, request(1), b"\xf3\xff", b"\xf0\0"),
        "drain": script(hello, request(1), b"\xf4", request(2), b"\xf0\0"), "credit": script(hello, request(1), credit, ping, b"\xf5"),
        "too-long": script(hello, request(1, body=bytes(200)), request(2, body=bytes(70)), ping), "in-use": script(hello, request(1), request(1, 2)),
        "goaway": script(hello, request(1), goaway, request(2), b"\xf0\0"), "rapid-reset": script(
            hello, *[request(1, number) + rpc.frame(rpc.CANCEL, number << 16 | 1) for number in range(1, 8)]),
        "early-drain": script(b"\xf4", hello, request(1)), "closed": script(hello, request(1), b"\xf6", request(2), b"\xf0\0"),
        **{f"example-{number}": script(hello, data) for number, data in enumerate(examples().values())},
    }


def client() -> dict[str, bytes]:
    hello, stream = rpc.hello(rpc.DEFAULTS), 1 << 16 | 1
    response, message = (rpc.frame(kind, stream, body=b"body") for kind in (rpc.RESPONSE, rpc.MESSAGE))
    status = rpc.frame(rpc.STATUS, stream, bytes([5]) + rpc.text("no"), b"", rpc.END)
    return {
        "unary": script(hello, b"\xf0", response), "stream": script(hello, b"\xf0", message, message, status), "late": script(hello, b"\xf0", b"\xf4\0", response, b"\xf0"),
        "full": script(hello, *[b"\xf0"] * 6, b"\xf4\2", b"\xf0"), "too-long": script(hello, b"\xf0", rpc.frame(rpc.MESSAGE, stream, body=bytes(80))),
        "longer": script(hello, b"\xf0", rpc.frame(rpc.RESPONSE, stream, body=bytes(200)), b"\xf0"), "drain": script(hello, b"\xf0", rpc.frame(rpc.GOAWAY, body=b"\0\0\0"), response),
        "lost": script(hello, b"\xf0", rpc.frame(rpc.GOAWAY, body=b"\1\0\2no")), "own-drain": script(hello, b"\xf0", b"\xf6", response),
        "few-streams": script(rpc.hello({rpc.MAX_STREAMS: 1}), b"\xf0", b"\xf0", response, b"\xf0"),
        **{f"example-{number}": script(hello, b"\xf0", data) for number, data in enumerate(examples().values())},
    }


def main(folder: pathlib.Path):
    told = examples()
    corpora = {
        "messages": messages(), "server": server(), "client": client(),
        "frames": {f"{name}-{cut}": bytes([cut]) + rpc.hello() + data for name, data in told.items() for cut in (0, 16)},
        "hello": {**told, "settings": rpc.hello({1: 0, 2: 0xFFFF_FFFF, 3: 0xFFFF_FFFF, 4: 0xFFFF_FFFF}), "version": rpc.hello().replace(b"FLRP\0\1", b"FLRP\0\2"),
                  "request-head": bytes([14]) + rpc.request_head("a", {"b": "c"}, 1)},
    }
    for target, seeds in corpora.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, data in seeds.items():
            (folder / target / ("seed-" + name.replace(" ", "-"))).write_bytes(data)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "Corpus")
