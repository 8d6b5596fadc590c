"""deploy/compose.yaml: confined services with volumes and certificates of their own, and it runs."""
import pytest
import yaml

from compose_desk import FILE, ComposeDesk
from desk import ROOT, SERVICES, wait_for

COMPOSE = yaml.safe_load(FILE.read_text())


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_has_no_rights_and_volumes_of_its_own(name):
    service = COMPOSE["services"][name]
    version = (ROOT / "Shared/Model/FirstlineVersion.swift").read_text().split('"')[1]
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["security_opt"] == ["no-new-privileges:true"]
    assert service["image"].endswith(f":${{FIRSTLINE_TAG:-{version}}}")
    own = name.removeprefix("firstline-")
    if own in SERVICES:
        assert service["volumes"] == [f"{own}:/data", f"{own}-certificates:/certs:ro"]
    assert {volume.split(":")[0] for volume in service["volumes"]} <= COMPOSE["volumes"].keys()
    assert all("127.0.0.1" in port for port in service.get("ports", []))


def test_all_services_are_there():
    assert {f"firstline-{name}" for name in SERVICES} <= COMPOSE["services"].keys()


def test_the_file_runs(engine, tmp_path):
    desk = ComposeDesk(engine, tmp_path)
    try:
        desk.start()
        desk.api("POST", "/tickets", {"subject": "Composed", "body": "Please.", "requester": {"email": "anna@example.org"}})
        wait_for(lambda: desk.mail_to("anna@example.org"))
        shown = desk.compose("--profile", "operator", "run", "--rm", "-T", "operator", "status").stdout
        assert all(name in shown for name in SERVICES)
        for name in SERVICES:
            assert desk.inspected(name)["HostConfig"]["ReadonlyRootfs"] and not desk.inspected(name)["EffectiveCaps"]
    finally:
        desk.remove()
