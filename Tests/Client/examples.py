"""The frames that proto/PROTOCOL.md shows byte by byte, made by the client."""
import struct

import firstline_client as rpc
from schema import current

STREAM = 0x0001_0001


def examples() -> dict[str, bytes]:
    schema = current()
    not_found = schema.ErrorDetail(code="not_found").SerializeToString()
    words = rpc.text("ticket 7 not found")
    return {
        "HELLO": rpc.hello(),
        "HELLO with settings": rpc.hello(rpc.DEFAULTS),
        "REQUEST": rpc.frame(rpc.REQUEST, STREAM, rpc.request_head("firstline.v1.Health/Check", {}, 1), flags=rpc.END),
        "RESPONSE": rpc.frame(rpc.RESPONSE, STREAM, body=schema.HealthCheckResponse(ready=True).SerializeToString(), flags=rpc.END),
        "REQUEST with metadata": rpc.frame(
            rpc.REQUEST, STREAM + 0x1_0000, rpc.request_head("firstline.v1.Intake/GetTicket", {"idempotency-key": "k1"}, None),
            schema.GetTicketRequest(id=7).SerializeToString(), rpc.END),
        "STATUS": rpc.frame(rpc.STATUS, STREAM + 0x1_0000, bytes([rpc.NOT_FOUND]) + words, not_found, rpc.END),
        "MESSAGE": rpc.frame(rpc.MESSAGE, STREAM, body=schema.Chunk(data=b"one").SerializeToString()),
        "STATUS of a stream": rpc.frame(rpc.STATUS, STREAM, bytes([rpc.OK]) + rpc.text(""), flags=rpc.END),
        "STATUS not processed": rpc.frame(rpc.STATUS, STREAM, bytes([rpc.UNAVAILABLE]) + rpc.text("the server is going away"), flags=rpc.END | rpc.NOT_PROCESSED),
        "CREDIT": rpc.frame(rpc.CREDIT, STREAM, body=struct.pack(">I", 32_768)),
        "CANCEL": rpc.frame(rpc.CANCEL, STREAM, flags=rpc.END),
        "PING": rpc.frame(rpc.PING, body=bytes(range(1, 9))),
        "PONG": rpc.frame(rpc.PONG, body=bytes(range(1, 9))),
        "GOAWAY": rpc.frame(rpc.GOAWAY, body=bytes([rpc.DRAIN]) + rpc.text("the server is going away")),
    }
