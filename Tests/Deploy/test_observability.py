"""What Prometheus and Grafana are given: checked by promtool, and against the real services, scraped by a real Prometheus."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBSERVABILITY = ROOT / "deploy" / "observability"
RUNBOOK = ROOT / "deploy" / "README.md"
DASHBOARDS = sorted((OBSERVABILITY / "dashboards").glob("*.json"))
SERVICES = ["intake", "routing", "sla-timer", "notification", "gateway"]
METRIC = re.compile(r"\b(?:firstline|process)_[a-z0-9_]+\b")
# What Prometheus knows a histogram's series by.
SERIES = re.compile(r"_(?:bucket|sum|count)$")
# Series that are there only once something has gone wrong.
MAY_BE_EMPTY = {"RPC errors by code"}

sys.path.insert(0, str(ROOT / "Tests" / "System"))

from ports import free_ports  # noqa: E402


def rules() -> list[dict]:
    """Every alert, as `promtool` would read it: a small reading of the file's own layout."""
    found: list[dict] = []
    for line in (OBSERVABILITY / "rules.yml").read_text().splitlines():
        if match := re.match(r"      - alert: (\w+)$", line):
            found.append({"alert": match[1], "text": ""})
        elif found:
            found[-1]["text"] += line + "\n"
    for rule in found:
        rule["expr"] = re.search(r"^        expr: (?:>-\n)?((?:.|\n)*?)^        (?:for|labels):", rule["text"], re.MULTILINE)[1].strip()
        rule["runbook"] = re.search(r"^          runbook: (\S+)$", rule["text"], re.MULTILINE)[1]
        rule["severity"] = re.search(r"severity: (\w+)", rule["text"])[1]
    return found


def panels(dashboard: pathlib.Path) -> list[dict]:
    return json.loads(dashboard.read_text())["panels"]


def queries() -> list[tuple[str, str, str]]:
    """Every query of every dashboard: dashboard, panel, PromQL."""
    return [
        (dashboard.stem, panel["title"], target["expr"])
        for dashboard in DASHBOARDS for panel in panels(dashboard) for target in panel["targets"]
    ]


def promtool(*arguments) -> str:
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, cwd=OBSERVABILITY)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Without a running system

def test_the_tools_are_there():
    assert shutil.which("promtool") and shutil.which("prometheus"), "deploy/prepare --tests installs Debian's prometheus"


def test_promtool_accepts_the_configuration_and_the_rules():
    promtool("check", "config", "prometheus.yml")
    promtool("check", "rules", "rules.yml")


def test_the_rules_fire_when_they_should_and_not_otherwise():
    promtool("test", "rules", "rules_test.yml")
    tested = set(re.findall(r"alertname: (\w+)", (OBSERVABILITY / "rules_test.yml").read_text()))
    assert tested == {rule["alert"] for rule in rules()}, "each alert has a test"


def test_each_alert_names_its_cure():
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", RUNBOOK.read_text() if RUNBOOK.exists() else "", re.MULTILINE)
    }
    explained = (OBSERVABILITY / "README.md").read_text()
    for rule in rules():
        anchor = rule["alert"].lower()
        assert rule["runbook"] == f"deploy/README.md#{anchor}"
        assert rule["severity"] in ("page", "ticket")
        assert f"../README.md#{anchor}" in explained, f"deploy/observability/README.md tells of {rule['alert']}"
        assert not RUNBOOK.exists() or anchor in headings, f"deploy/README.md has a cure for {rule['alert']}"


def test_the_dashboards_are_as_they_are_made():
    subprocess.run([OBSERVABILITY / "dashboards" / "make", "--check"], check=True)
    assert {path.stem for path in DASHBOARDS} == {"overview", *SERVICES}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_well_formed(path):
    dashboard = json.loads(path.read_text())
    assert dashboard["uid"] == f"firstline-{path.stem}" and dashboard["title"]
    assert {variable["name"] for variable in dashboard["templating"]["list"]} == {"datasource"}
    ids, cells = set(), set()
    for panel in dashboard["panels"]:
        assert panel["title"] and panel["description"] and panel["targets"]
        assert panel["id"] not in ids
        ids.add(panel["id"])
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        covered = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not covered & cells, f"{panel['title']} stands on another panel"
        cells |= covered
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


# Against the real services

@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk that has had some work: a mail, an agent who is told of it, a request."""
    from desk import Desk, wait_for
    desk = Desk(tmp_path_factory.mktemp("desk") / "data").start()
    agent = desk.agent()
    text = desk.lmtp(b"From: anna@example.org\r\nSubject: It blinks\r\n\r\nRed.\r\n")
    ticket_id = int(text.split("ticket ")[1].split()[0])
    wait_for(lambda: [d for d in desk.all(f"/deliveries?ticket_id={ticket_id}") if d["state"] == "sent"][1:])
    assert desk.api("GET", f"/tickets/{ticket_id}")["assignee_id"] == agent["id"]
    # A timer that warns and breaches at once.
    policy = desk.all("/sla_policies")[0]
    calendar = desk.api("POST", "/calendars", {
        "name": "Always", "time_zone": "UTC", "holidays": [],
        "hours": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}})
    targets = {"first_response": "PT1S", "next_response": "PT1S", "resolution": "PT1S"}
    desk.api("PATCH", f"/sla_policies/{policy['id']}", {"calendar_id": calendar["id"], "targets": {
        priority: targets for priority in ("low", "normal", "high", "urgent")}})
    wait_for(lambda: "sla.breached" in desk.history_kinds(ticket_id))
    yield desk
    desk.stop()


def exposed(desk) -> dict[str, str]:
    """Each service's metrics as they are read."""
    return {
        name: urllib.request.urlopen(f"http://{desk.service(name)['admin']}/metrics", timeout=10).read().decode()
        for name in SERVICES
    }


def test_every_metric_that_rules_and_dashboards_name_exists(desk):
    types = {match[1]: match[2] for text in exposed(desk).values() for match in re.finditer(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)}
    names = set(types)
    named = [(rule["alert"], rule["expr"]) for rule in rules()] + [(f"{board}: {panel}", query) for board, panel, query in queries()]
    for where, text in named:
        for metric in METRIC.findall(text):
            base = SERIES.sub("", metric)
            assert metric in names or types.get(base) == "histogram", f"{where}: no service has {metric}"
    matters = (OBSERVABILITY / "README.md").read_text()
    for metric in METRIC.findall(matters):
        assert metric in names or SERIES.sub("", metric) in names, f"README.md: no service has {metric}"


def test_every_metric_is_exposed_as_promtool_wants_it(desk):
    for name, text in exposed(desk).items():
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
        assert done.returncode in (0, 3), f"{name}: {done.stderr}"
        complaints = [line for line in done.stderr.splitlines() if "non-histogram and non-summary" not in line]
        assert complaints == [], name


@pytest.fixture(scope="module")
def prometheus(desk, tmp_path_factory):
    """A real Prometheus with the real configuration, which reads this desk's ports every second; its address."""
    from desk import wait_for
    folder = tmp_path_factory.mktemp("prometheus")
    text = (OBSERVABILITY / "prometheus.yml").read_text()
    ports = dict(re.findall(r'- targets: \["(127\.0\.0\.1:\d+)"\]\n +labels: \{service: ([\w-]+)\}', text))
    assert sorted(ports.values()) == sorted(SERVICES)
    for port, name in ports.items():
        text = text.replace(f'"{port}"', f'"{desk.service(name)["admin"]}"')
    (folder / "prometheus.yml").write_text(text.replace("15s", "1s"))
    shutil.copy(OBSERVABILITY / "rules.yml", folder)
    address = f"127.0.0.1:{free_ports(1)[0]}"
    log = open(folder / "log", "w")
    process = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address={address}"],
        stdout=log, stderr=log)

    def has_all():
        try:
            found = asked(address, "count by (service) (count_over_time(up[30s]) >= 5)")
        except (OSError, ValueError):
            # It does not listen, or is not ready to answer.
            return False
        return {series["metric"]["service"] for series in found} == set(SERVICES)
    try:
        wait_for(has_all, 60)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def get(address: str, path: str) -> dict:
    try:
        with urllib.request.urlopen(f"http://{address}/api/v1/{path}", timeout=10) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return json.loads(error.read())


def asked(address: str, query: str) -> list[dict]:
    answer = get(address, "query?" + urllib.parse.urlencode({"query": query}))
    assert answer["status"] == "success", f"{query}: {answer}"
    return answer["data"]["result"]


def test_every_panel_has_something_to_show(desk, prometheus):
    for dashboard, panel, query in queries():
        found = asked(prometheus, query.replace("$__rate_interval", "1m"))
        assert found or panel in MAY_BE_EMPTY, f"{dashboard}: {panel} shows nothing: {query}"


def test_every_rule_is_evaluated_and_none_fires_at_a_desk_that_is_well(desk, prometheus):
    from desk import wait_for
    wait_for(lambda: all(
        rule["lastEvaluation"] > "0002" for group in get(prometheus, "rules")["data"]["groups"] for rule in group["rules"]))
    evaluated = [rule for group in get(prometheus, "rules")["data"]["groups"] for rule in group["rules"]]
    assert {rule["name"] for rule in evaluated} == {rule["alert"] for rule in rules()}
    for rule in evaluated:
        assert rule["health"] == "ok", rule
    # How full this machine's disk is, is no matter of the desk's.
    assert [rule["name"] for rule in evaluated if rule["state"] == "firing" and rule["name"] != "FirstlineDiskFull"] == []
