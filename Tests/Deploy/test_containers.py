"""The five images as containers: a volume and a certificate each, nothing else to write to, no rights; and what an image says of itself."""
import json
import os
import signal
import subprocess

import pytest
# The whole way of a ticket, through this folder's `fresh_desk`.
from test_whole_way import test_one_ticket_from_mail_to_solved  # noqa: F401

from desk import SERVICES, wait_for
from images import BUILDER, TAG

USER = "10001:10001"
LABELS = ["title", "description", "version", "licenses", "vendor", "revision"]


def image(engine, name: str) -> dict:
    return json.loads(engine.podman("image", "inspect", name).stdout)[0]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_names_its_user_its_volume_its_health_check_and_itself(engine, name):
    inspected = image(engine, f"firstline-{name}:{TAG}")
    config = inspected["Config"]
    assert config["User"] == USER and list(config["Volumes"]) == ["/data"] and config["Entrypoint"] == [f"firstline-{name}"]
    assert inspected["HealthCheck" if "HealthCheck" in inspected else "Healthcheck"]["Test"] == ["CMD", "firstline-health"]
    assert all(config["Labels"].get(f"org.opencontainers.image.{label}") for label in LABELS), config["Labels"]
    shown = engine.run(f"firstline-{name}:{TAG}", "--version").stdout
    assert config["Labels"]["org.opencontainers.image.version"] in shown


def test_the_images_share_their_layers(engine):
    layers = [image(engine, f"firstline-{name}:{TAG}")["RootFS"]["Layers"] for name in SERVICES]
    own = [[layer for layer in mine if not all(layer in other for other in layers)] for mine in layers]
    assert [len(some) for some in own] == [1] * len(SERVICES), "an image has more of its own than its program"


def test_the_bill_of_materials_lists_the_system_and_the_swift_packages(engine):
    text = engine.run(f"firstline-intake:{TAG}", "/usr/share/firstline/sbom.spdx.json", options=["--entrypoint=cat"]).stdout
    document = json.loads(text)
    assert document["spdxVersion"] == "SPDX-2.3" and document["SPDXID"] == "SPDXRef-DOCUMENT"
    packages = {package["name"]: package for package in document["packages"]}
    installed = engine.run(
        f"firstline-intake:{TAG}", "--show", "--showformat", "${Package} ${Version}\n", options=["--entrypoint=dpkg-query"]).stdout
    assert {"libssl3", "libpq5", "libsqlite3-0", "swift-nio", "grdb.swift", "swift-standard-library"} <= packages.keys()
    for line in installed.splitlines():
        name, version = line.split()
        assert packages[name]["versionInfo"] == version
    named = {package["SPDXID"] for package in document["packages"]} | {document["SPDXID"]}
    assert len(named) == len(document["packages"]) + 1
    for relation in document["relationships"]:
        assert {relation["spdxElementId"], relation["relatedSpdxElement"]} <= named
    for package in document["packages"][1:]:
        assert package["versionInfo"] and package["externalRefs"][0]["referenceLocator"].startswith("pkg:")


def test_a_service_has_no_rights_and_writes_to_its_volume_alone(desk):
    for name in SERVICES:
        inspected = desk.inspected(name)
        host = inspected["HostConfig"]
        assert host["ReadonlyRootfs"] and not inspected["EffectiveCaps"] and "no-new-privileges" in host["SecurityOpt"]
        status = dict(
            line.split(":\t") for line in open(f"/proc/{inspected['State']['Pid']}/status").read().splitlines() if ":\t" in line)
        assert status["Uid"].split() == ["10001"] * 4 and int(status["CapEff"], 16) == 0 and status["NoNewPrivs"] == "1"
        assert [mount["Destination"] for mount in inspected["Mounts"] if mount["RW"]] == ["/data"]
        assert {path.name for path in desk.volume(name).iterdir()} <= {name, "outbox", "admin.token"}


def test_the_health_check_tells_a_ready_service_from_one_that_is_not(desk):
    def check(name: str) -> int:
        return desk.engine.podman("healthcheck", "run", desk.container(name), check=False).returncode

    assert {name: check(name) for name in SERVICES} == dict.fromkeys(SERVICES, 0)
    stopped = desk.inspected("routing")["State"]["Pid"]
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert check("routing") != 0
    finally:
        os.kill(stopped, signal.SIGCONT)
    wait_for(lambda: check("routing") == 0)


def test_containers_end_cleanly_and_what_they_stored_stays(desk):
    ticket = desk.api("POST", "/tickets", {"subject": "Stays", "body": "Please.", "requester": {"email": "anna@example.org"}})
    assert desk.stop() == 0
    desk.start()
    assert desk.api("GET", f"/tickets/{ticket['id']}")["subject"] == "Stays"
    for service in wait_for(lambda: desk.status()).values():
        assert service["ready"]


def test_a_client_without_an_engine_counts_for_nothing(tmp_path):
    client = tmp_path / "docker"
    client.write_text("#!/bin/sh\necho 'cannot connect to the engine' >&2\nexit 1\n")
    client.chmod(0o755)
    for name in ("bash", "cat", "dirname", "sed", "tail"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    done = subprocess.run([BUILDER], capture_output=True, text=True, env={**os.environ, "PATH": str(tmp_path)})
    assert done.returncode == 69 and "neither podman nor buildah nor docker works here" in done.stderr
    named = subprocess.run([BUILDER, "--engine=docker"], capture_output=True, text=True, env={**os.environ, "PATH": str(tmp_path)})
    assert named.returncode == 69 and "cannot connect to the engine" in named.stderr
