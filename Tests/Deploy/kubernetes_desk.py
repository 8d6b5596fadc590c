"""The pods of the Kubernetes manifests, run by `podman play kube`."""
import copy
import pathlib

import yaml

from container_desk import ContainerDesk
from desk import SERVICES
from engine import Engine
from images import TAG


class KubernetesDesk(ContainerDesk):
    """One node without a cluster. What podman has no counterpart of is put in its place: services' names and ports become addresses of the
    loopback, secrets become folders; the pods' ports, which are the machine's own here, and probes, which kubelet runs, are left out."""

    def __init__(self, engine: Engine, folder: pathlib.Path, documents: list[dict]):
        self.documents = [copy.deepcopy(one) for one in documents if one["kind"] in ("ConfigMap", "PersistentVolumeClaim", "Deployment")]
        self.file = folder / "played.yaml"
        super().__init__(engine, folder)

    def prepare_volumes(self):
        for document in self.documents:
            if document["kind"] == "ConfigMap":
                document["data"].update(self.peers(SERVICES))
            if document["kind"] == "Deployment":
                self.place(document["metadata"]["name"].removeprefix("firstline-"), document["spec"]["template"]["spec"])
        self.file.write_text(yaml.safe_dump_all(self.documents))

    def place(self, name: str, pod: dict):
        pod["hostNetwork"] = True
        (container,) = pod["containers"]
        container["image"] = f"localhost/firstline-{name}:{TAG}"
        container["env"] += [{"name": key, "value": value} for key, value in self.listeners(name).items()]
        for key in ("ports", "startupProbe", "livenessProbe", "readinessProbe"):
            del container[key]
        for volume in pod["volumes"]:
            if volume.pop("secret", None):
                volume["hostPath"] = {"path": str(self.folder / "certificates" / name), "type": "Directory"}

    def run_services(self):
        self.engine.podman("play", "kube", self.file)

    def container(self, name: str) -> str:
        return self.engine.podman("ps", "--all", f"--filter=name=^firstline-{name}-pod", "--format={{.Names}}").stdout.strip()

    def volume_name(self, name: str) -> str:
        return f"firstline-{name}"

    def remove(self):
        self.engine.podman("play", "kube", "--down", self.file, check=False)
        self.engine.podman("volume", "rm", "--force", *map(self.volume_name, SERVICES), check=False)
