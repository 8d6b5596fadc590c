"""A client of the RPC, written from proto/PROTOCOL.md alone, that also says what no honest client would."""
import socket
import ssl
import struct

MAGIC = struct.pack(">IIBBH", 8, 0, 1, 0, 0) + b"FLRP" + struct.pack(">HH", 1, 0)


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = b""
    while True:
        out += bytes([number & 127 | (128 if number > 127 else 0)])
        number >>= 7
        if not number:
            return out


def field(number: int, value) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


class Peer:
    """One connection with a certificate (or none) of the installation."""

    def __init__(self, address: str, data, certificate=None):
        host, port = address.rsplit(":", 1)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(data / "certs" / "ca.crt")
        if certificate:
            context.load_cert_chain(f"{certificate}.crt", f"{certificate}.key")
        context.set_alpn_protocols(["firstline/1"])
        self.socket = context.wrap_socket(socket.create_connection((host, int(port)), 10), server_hostname="localhost")
        self.socket.sendall(MAGIC)
        self.calls = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _exactly(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            part = self.socket.recv(count - len(taken))
            if not part:
                raise ConnectionResetError("closed")
            taken += part
        return taken

    def call(self, method: str, body: bytes = b"", **metadata: str):
        """(0, response) or (code, text) of one call; the first message of a stream counts as its response."""
        self.calls += 1
        stream = self.calls << 16 | self.calls
        name = f"firstline.v1.{method}".encode()
        head = struct.pack(">IH", 5000, len(name)) + name + struct.pack(">H", len(metadata))
        for key, value in metadata.items():
            key, value = key.replace("_", "-").encode(), value.encode()
            head += struct.pack(">H", len(key)) + key + struct.pack(">H", len(value)) + value
        self.socket.sendall(struct.pack(">IIBBH", len(head) + len(body), stream, 2, 1, len(head)) + head + body)
        while True:
            length, number, kind, _, head_length = struct.unpack(">IIBBH", self._exactly(12))
            payload = self._exactly(length)
            if kind == 10:
                raise ConnectionResetError(f"GOAWAY {payload!r}")
            if number != stream:
                continue
            if kind in (3, 4):
                return 0, payload[head_length:]
            if kind == 5:
                return payload[0], payload[3:head_length].decode()
