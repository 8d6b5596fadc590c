"""A desk whose API answers are held against its own OpenAPI document."""
import datetime
import json
import re
import urllib.parse

from desk import Answer, Desk, wait_for

INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}


class DescribedDesk(Desk):
    """Asserts of every answer below `/api/v1` that the document knows the call, the status and the answer's shape."""

    _document: dict | None = None

    @property
    def document(self) -> dict:
        if self._document is None:
            self._document = Desk.request(self, "GET", "/api/v1/openapi.json").json
        return self._document

    def request(self, method: str, path: str, body=None, **more) -> Answer:
        answer = super().request(method, path, body, **more)
        place = urllib.parse.urlsplit(path).path
        if place.startswith("/api/v1/") and place != "/api/v1/openapi.json":
            self.check(method.lower(), place.removeprefix("/api/v1"), answer)
        return answer

    def token(self, role: str, **more) -> str:
        return self.api("POST", "/tokens", {"name": f"test {role}", "role": role, **more})["token"]

    def ticket(self, subject: str = "The printer blinks red", body: str = "What does it want?", token=None, **more) -> dict:
        asked = {"subject": subject, "body": body, "requester": {"email": "anna@example.org", "name": "Anna Petrova"}, **more}
        return self.api("POST", "/tickets", asked, token=token)

    def patch(self, path: str, change: dict, token=None) -> dict:
        tag = self.request("GET", f"/api/v1{path}", token=token).headers["etag"]
        return self.api("PATCH", path, change, headers={"If-Match": tag}, token=token)

    def wait_for_delivery(self, ticket_id: int, state: str = "sent") -> dict:
        return wait_for(lambda: self.api("GET", f"/deliveries?ticket_id={ticket_id}&state={state}")["items"])[0]

    # Holding answers against the document

    def operation(self, method: str, path: str) -> dict | None:
        found = None
        for pattern, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", r"[^/]+", pattern), path) and method in operations:
                if pattern == path:
                    return operations[method]
                found = operations[method]
        return found

    def check(self, method: str, path: str, answer: Answer):
        kind = answer.headers.get("content-type", "").split(";")[0]
        if answer.status >= 400:
            assert kind == "application/problem+json", (method, path, answer.status, kind)
            problem = answer.json
            check(self.document, {"$ref": "#/components/schemas/Problem"}, problem, "problem")
            assert problem["status"] == answer.status and re.fullmatch(r"[a-z_]+", problem["code"])
        operation = self.operation(method, path)
        if operation is None:
            assert answer.status in (401, 404, 405), (method, path, answer.status)
            return
        said = operation["responses"].get(str(answer.status))
        assert said is not None, f"{method} {path} answers {answer.status}, which the document does not say"
        if "application/json" in said.get("content", {}):
            assert kind == "application/json"
            check(self.document, said["content"]["application/json"]["schema"], answer.json, f"{method} {path}")
        if answer.status == 204:
            assert answer.body == b""


def check(document: dict, schema: dict, value, place: str):
    """Asserts that `value` is as `schema` says (the keywords that the document uses)."""
    if "$ref" in schema:
        target = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return check(document, target, value, place)
    if "anyOf" in schema:
        failures = []
        for branch in schema["anyOf"]:
            try:
                return check(document, branch, value, place)
            except AssertionError as failure:
                failures.append(str(failure))
        raise AssertionError("; ".join(failures))
    kind = schema.get("type")
    if kind:
        is_number_but_boolean = isinstance(value, bool) and kind in ("integer", "number")
        assert isinstance(value, TYPES[kind]) and not is_number_but_boolean, f"{place}: {value!r} is no {kind}"
    if "enum" in schema:
        assert value in schema["enum"], f"{place}: {value!r} is none of {schema['enum']}"
    if kind in ("integer", "number"):
        assert value >= schema.get("minimum", value) and value <= schema.get("maximum", value), f"{place}: {value}"
    if kind == "string":
        assert schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)), f"{place}: {value[:80]!r}"
        if schema.get("format") == "date-time":
            assert INSTANT.match(value), f"{place}: {value!r}"
            datetime.datetime.fromisoformat(value)
        if "pattern" in schema:
            assert re.search(schema["pattern"], value), f"{place}: {value!r}"
    if kind == "array":
        assert len(value) <= schema.get("maxItems", len(value))
        for index, item in enumerate(value):
            check(document, schema.get("items", {}), item, f"{place}[{index}]")
    if kind == "object":
        for name in schema.get("required", []):
            assert name in value, f"{place}: {name} is missing in {json.dumps(value)[:300]}"
        for name, item in value.items():
            if name in schema.get("properties", {}):
                check(document, schema["properties"][name], item, f"{place}.{name}")
            elif schema.get("additionalProperties") is not None:
                assert schema["additionalProperties"] is not False, f"{place}: {name} is unknown"
                check(document, schema["additionalProperties"], item, f"{place}.{name}")
