"""The API's description is valid OpenAPI 3.1 and true."""
import re


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_the_document_is_openapi_3_1(desk):
    answer = desk.request("GET", "/api/v1/openapi.json", token="")
    assert answer.status == 200 and answer.headers["content-type"].startswith("application/json")
    document = answer.json
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"]) and document["info"]["title"] and document["info"]["version"]
    assert document["servers"] == [{"url": "/api/v1"}]
    for reference in set(references(document)):
        target = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in ("get", "post", "patch", "delete", "put")
            named = re.findall(r"\{(\w+)\}", path)
            assert named == [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"] if named else True
            assert all(parameter["required"] for parameter in operation.get("parameters", []) if parameter["in"] == "path")
            assert operation["responses"] and all(response.get("description") or "$ref" in response for response in operation["responses"].values())
            assert ("requestBody" in operation) == (method in ("post", "patch") and not path.endswith("/retry"))


def test_every_call_that_it_names_is_there(desk):
    for path, methods in desk.document["paths"].items():
        place = "/api/v1" + re.sub(r"\{\w+\}", "999999", path)
        for method in methods:
            assert desk.request(method.upper(), place, token="").status == 401, (method, path)
            if path == "/events":
                continue
            status = desk.request(method.upper(), place, None if method in ("get", "delete") else {}).status
            allowed = {"get": (200, 404, 422), "delete": (404,), "post": (404, 415, 422, 201), "patch": (404, 422, 428)}[method]
            assert status in allowed, (method, path, status)


def test_every_list_takes_limit_and_cursor(desk):
    for path, methods in desk.document["paths"].items():
        if "get" not in methods or "{" in path or path in ("/me", "/events", "/search"):
            continue
        names = [parameter["name"] for parameter in methods["get"].get("parameters", [])]
        assert {"limit", "cursor"} <= set(names), path
        page = desk.api("GET", path + "?limit=1")
        assert len(page["items"]) <= 1
        assert desk.request("GET", f"/api/v1{path}?limit=201").status == 422, path
        assert desk.request("GET", f"/api/v1{path}?limit=200").status == 200, path


def test_the_calls_of_the_contract_are_there(desk):
    wanted = """
        POST /tickets,GET /tickets,GET /tickets/{id},PATCH /tickets/{id},POST /tickets/{id}/messages,GET /tickets/{id}/messages,
        GET /tickets/{id}/history,GET /tickets/{id}/sla,GET /search,POST /attachments,GET /attachments/{id},POST /mail,GET /events,
        GET /deliveries,POST /deliveries/{id}/retry,GET /me,POST /calendars/preview,POST /templates/preview,
        PATCH /templates/{id},DELETE /templates/{id}"""
    wanted = {call.strip() for call in wanted.split(",")}
    for kind in ("requesters", "organizations", "agents", "teams", "sla_policies", "calendars", "mailboxes", "templates", "tokens"):
        wanted |= {f"GET /{kind}", f"POST /{kind}", f"GET /{kind}/{{id}}"}
    there = {f"{method.upper()} {path}" for path, methods in desk.document["paths"].items() for method in methods}
    assert wanted <= there, wanted - there


def test_it_can_be_read_by_people(desk):
    answer = desk.request("GET", "/api/docs", token="")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/html")
    assert b"<html" in answer.body
