"""Clients of one running desk, one for each service and certificate."""
import pathlib

from desk import Desk
from firstline_client import Client, RPCError, identity
from schema import Schema

# Which service serves what; the side services stand everywhere.
HOMES = {"Intake": "intake", "Routing": "routing", "SLATimer": "sla-timer", "Notification": "notification", "Gateway": "gateway"}


class Callers:
    def __init__(self, desk: Desk, schema: Schema):
        self.desk, self.schema = desk, schema
        self.clients: dict[tuple, Client] = {}

    def client(self, service: str = "intake", name: str = "operator", **more) -> Client:
        """Of `name`'s certificate: the operator's or a service's of the installation, or another system's, issued when first asked for."""
        key = (service, name, repr(more))
        if key not in self.clients:
            self.clients[key] = Client(self.desk.service(service)["rpc"], self.identity(name), service, **more)
        return self.clients[key]

    def identity(self, name: str):
        folder = self.desk.data / "certs"
        if not (folder / f"{name}.crt").exists():
            folder = self.desk.data.parent / "issued"
            if not (folder / f"{name}.crt").exists():
                self.desk.firstline("certs", "issue", name, "--out", str(folder))
        return identity(folder / f"{name}.crt", folder / f"{name}.key", self.desk.data / "certs" / "ca.crt")

    def __call__(self, method: str, request=None, service: str | None = None, limit: int = 3, **options):
        """The response; of a stream the list of its first ones."""
        kind = self.schema.methods[method]
        client = self.client(service or HOMES.get(method.split("/")[0], "intake"))
        request = kind.request() if request is None else request
        if not kind.is_streaming:
            return client.call(kind.name, request, kind.response, **options)
        responses = []
        for response in client.stream(kind.name, request, kind.response, **options):
            responses.append(response)
            if len(responses) == limit or not response.ByteSize() or method in ("Journal/Follow", "Backup/Take"):
                break
        return responses

    def detail(self, error: RPCError):
        return self.schema.ErrorDetail.FromString(error.detail)

    def close(self):
        for client in self.clients.values():
            client.close()
