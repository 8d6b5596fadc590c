"""Messages encoded by hand, as no honest program would, sent by the client of Tests/Client."""
import pathlib
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Client"))

from firstline_client import Client, RPCError, identity  # noqa: E402


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
        authority = data / "certs" / "ca.crt"
        if certificate:
            context = identity(f"{certificate}.crt", f"{certificate}.key", authority)
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(authority)
            context.set_alpn_protocols(["firstline/1"])
        self.client = Client(address, context)

    def close(self):
        self.client.close()

    def call(self, method: str, body: bytes = b"", **metadata: str):
        """(0, response) or (code, text) of one call; the first message of a stream counts as its response."""
        metadata = {name.replace("_", "-"): value for name, value in metadata.items()}
        try:
            call = self.client.start(f"firstline.v1.{method}", body, 5, metadata)
            return 0, next(iter(call), b"")
        except RPCError as error:
            if error.lost:
                raise
            return error.code, error.text
