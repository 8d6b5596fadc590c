"""The Kubernetes manifests: valid, complete, without rights; the base runs under podman."""
import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml

from desk import ROOT, SERVICES, wait_for
from kubernetes_desk import KubernetesDesk
from kustomize import render

KUBERNETES = ROOT / "deploy" / "kubernetes"
VERSIONS = ["1.31", "1.34"]
WAYS = ["base", "postgres"]


def manifests(way: str) -> list[dict]:
    return render(KUBERNETES / way)


def of_kind(documents: list[dict], kind: str) -> dict[str, dict]:
    return {document["metadata"]["name"]: document for document in documents if document["kind"] == kind}


def pods(documents: list[dict]) -> dict[str, dict]:
    return {name: deployment["spec"]["template"]["spec"] for name, deployment in of_kind(documents, "Deployment").items()}


NAMES = {f"firstline-{name}" for name in SERVICES}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("way", [*WAYS, "operator"])
def test_every_manifest_fits_its_schema(way, version):
    documents = [yaml.safe_load((KUBERNETES / "operator.yaml").read_text())] if way == "operator" else manifests(way)
    for document in documents:
        kubernetes_validate.validate(document, version, strict=True)


def test_a_wrong_manifest_does_not_pass():
    document = of_kind(manifests("base"), "Deployment")["firstline-intake"]
    document["spec"]["template"]["spec"]["containers"][0]["port"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, VERSIONS[-1], strict=True)


@pytest.mark.parametrize("way", WAYS)
def test_kubectl_renders_the_same(way):
    if not shutil.which("kubectl"):
        pytest.skip("no kubectl")
    done = subprocess.run(["kubectl", "kustomize", KUBERNETES / way], capture_output=True, text=True, check=True)

    def ordered(documents):
        return sorted(documents, key=lambda document: (document["kind"], document["metadata"]["name"]))

    assert ordered(yaml.safe_load_all(done.stdout)) == ordered(manifests(way))


@pytest.mark.parametrize("way", WAYS)
def test_every_pod_meets_the_restricted_standard(way):
    documents = manifests(way)
    assert of_kind(documents, "Namespace")["firstline"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert pods(documents).keys() == NAMES
    for pod in [*pods(documents).values(), yaml.safe_load((KUBERNETES / "operator.yaml").read_text())["spec"]]:
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert all(not {"hostPath", "nfs"} & volume.keys() for volume in pod["volumes"])


@pytest.mark.parametrize("way", WAYS)
def test_every_service_is_probed_reached_and_has_its_secrets_by_reference(way):
    documents = manifests(way)
    version = (ROOT / "Shared/Model/FirstlineVersion.swift").read_text().split('"')[1]
    assert "Secret" not in {document["kind"] for document in documents}
    for name, pod in pods(documents).items():
        (container,) = pod["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert container["image"] == f"{name}:{version}"
        assert {container[f"{probe}Probe"]["httpGet"]["port"] for probe in ("startup", "liveness", "readiness")} == {"admin"}
        assert pod["volumes"][1] == {"name": "secrets", "secret": {"secretName": name}}
        assert [mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")] == ["/data"]
        # The settings of all lead to the port of the service's own.
        settings = of_kind(documents, "ConfigMap")["firstline-settings"]["data"]
        key = "FIRSTLINE_PEER_" + name.removeprefix("firstline-").upper().replace("-", "_")
        assert settings[key] == f"{name}:{ports['rpc']}"
        assert {variable["name"]: variable.get("value") for variable in container["env"]}["RPC_PORT"] == str(ports["rpc"])
        served = {port["port"] for port in of_kind(documents, "Service")[name]["spec"]["ports"]}
        assert served == set(ports.values()) - {ports["admin"]}


def test_the_base_keeps_one_writer_and_a_volume_for_each_service():
    documents = manifests("base")
    for name, deployment in of_kind(documents, "Deployment").items():
        assert deployment["spec"]["replicas"] == 1 and deployment["spec"]["strategy"] == {"type": "Recreate"}
        assert pods(documents)[name]["volumes"][0] == {"name": "data", "persistentVolumeClaim": {"claimName": name}}
    assert of_kind(documents, "PersistentVolumeClaim").keys() == NAMES


def test_on_postgresql_instances_stand_by_and_one_is_always_left():
    documents = manifests("postgres")
    budgets = of_kind(documents, "PodDisruptionBudget")
    assert not of_kind(documents, "PersistentVolumeClaim")
    for name, deployment in of_kind(documents, "Deployment").items():
        assert deployment["spec"]["replicas"] >= 2 and deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        assert budgets[name]["spec"]["minAvailable"] == 1
        assert budgets[name]["spec"]["selector"] == deployment["spec"]["selector"]
        environment = {variable["name"]: variable.get("value") for variable in pods(documents)[name]["containers"][0]["env"]}
        assert environment["FIRSTLINE_STORE_FILE"] == "/certs/store"
        assert list(environment).index("POD_IP") < list(environment).index("FIRSTLINE_ADVERTISE")
        assert environment["FIRSTLINE_ADVERTISE"] == "$(POD_IP):$(RPC_PORT)"


@pytest.mark.parametrize("way", WAYS)
def test_network_policies_close_everything_and_open_what_is_listed(way):
    policies = of_kind(manifests(way), "NetworkPolicy")
    nothing_else = policies["firstline-nothing-else"]["spec"]
    assert nothing_else == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    open_to_all = {
        port["port"] for policy in policies.values() for rule in policy["spec"].get("ingress", []) if "from" not in rule for port in rule["ports"]}
    assert open_to_all == {8080}
    databases = [name for name, policy in policies.items() if {"protocol": "TCP", "port": 5432} in [
        port for rule in policy["spec"].get("egress", []) for port in rule["ports"]]]
    assert databases == (["firstline-database"] if way == "postgres" else [])


def test_the_base_runs_under_podman(engine, tmp_path):
    desk = KubernetesDesk(engine, tmp_path, manifests("base"))
    try:
        desk.start()
        ticket = desk.api("POST", "/tickets", {"subject": "Played", "body": "Please.", "requester": {"email": "anna@example.org"}})
        wait_for(lambda: desk.mail_to("anna@example.org"))
        assert wait_for(lambda: desk.api("GET", f"/tickets/{ticket['id']}/sla")["timers"])
    finally:
        desk.remove()
