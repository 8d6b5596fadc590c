"""Renders the part of kustomize that deploy/kubernetes uses: resources, a namespace, JSON patches, deletions, image tags.

`kubectl kustomize` does the same, where there is one; a test compares the two.
"""
import copy
import pathlib

import yaml

CLUSTER_WIDE = {"Namespace"}


def render(folder: pathlib.Path) -> list[dict]:
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    unknown = kustomization.keys() - {"apiVersion", "kind", "namespace", "resources", "patches", "images"}
    if unknown:
        raise ValueError(f"{folder}: {sorted(unknown)} are not rendered here")
    documents: list[dict] = []
    for resource in kustomization["resources"]:
        place = folder / resource
        documents += render(place) if place.is_dir() else list(yaml.safe_load_all(place.read_text()))
    for entry in kustomization.get("patches", []):
        patch = yaml.safe_load((folder / entry["path"]).read_text())
        chosen = [document for document in documents if _fits(document, entry["target"])]
        if not chosen:
            raise ValueError(f"{folder}: {entry['path']} fits nothing")
        if isinstance(patch, dict):
            if patch.get("$patch") != "delete":
                raise ValueError(f"{folder}: {entry['path']} is neither a JSON patch nor a deletion")
            documents = [document for document in documents if document not in chosen]
            continue
        for document in chosen:
            for operation in patch:
                _apply(copy.deepcopy(operation), document)
    tags = {image["name"]: image["newTag"] for image in kustomization.get("images", [])}
    for document in documents:
        if document["kind"] not in CLUSTER_WIDE and "namespace" in kustomization:
            document["metadata"]["namespace"] = kustomization["namespace"]
        for container in document.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
            if container["image"] in tags:
                container["image"] += f":{tags[container['image']]}"
    return documents


def _fits(document: dict, target: dict) -> bool:
    return document["kind"] == target["kind"] and target.get("name") in (None, document["metadata"]["name"])


def _apply(operation: dict, document: dict):
    *path, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].removeprefix("/").split("/")]
    place = document
    for part in path:
        place = place[int(part) if isinstance(place, list) else part]
    value = operation["value"]
    if isinstance(place, list):
        if operation["op"] == "add":
            place.insert(len(place) if last == "-" else int(last), value)
        else:
            place[int(last)] = value
    elif operation["op"] == "add" or last in place:
        place[last] = value
    else:
        raise ValueError(f"{operation['path']} is not there to be replaced")
