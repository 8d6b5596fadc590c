"""The import table: which module may import which. Arrows point one way; what is not listed here does not stand."""
import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Modules that every target may import: the language's own.
LANGUAGE = {
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing", "XCTest", "Swift", "_Concurrency",
}

# Our own modules, by the folder they stand in, and what of ours each may import.
OWN = {
    "Model": ("Shared/Model", set()),
    "CWire": ("Shared/CWire", set()),
    "Wire": ("Shared/Wire", {"Model", "CWire"}),
    "RPC": ("Shared/RPC", {"Model", "Wire", "COpenSSL"}),
    "Store": ("Shared/Store", {"Model", "COpenSSL", "CPostgreSQL"}),
    "ServiceKit": ("Shared/ServiceKit", {"Model", "Wire", "RPC", "Store", "COpenSSL"}),
    "FirstlineTesting": ("Shared/Testing", {"Model", "Wire", "RPC", "Store", "ServiceKit"}),
    "MessageGenerator": ("Shared/MessageGenerator", {"CWire", "CDescriptor"}),
    "Mail": ("Services/Intake/Mail", {"Model", "CGMime", "CGumbo"}),
    "IntakeServer": (
        "Services/Intake/Server", {"Model", "Wire", "RPC", "Store", "ServiceKit", "Mail", "CStemmer", "CCurl"}),
    "IntakeMain": ("Services/Intake/Main", {"IntakeServer", "ServiceKit"}),
    "RoutingServer": ("Services/Routing/Server", {"Model", "Wire", "RPC", "Store", "ServiceKit"}),
    "RoutingMain": ("Services/Routing/Main", {"RoutingServer", "ServiceKit"}),
    "SLATimerServer": ("Services/SLATimer/Server", {"Model", "Wire", "RPC", "Store", "ServiceKit"}),
    "SLATimerMain": ("Services/SLATimer/Main", {"SLATimerServer", "ServiceKit"}),
    "NotificationServer": (
        "Services/Notification/Server", {"Model", "Wire", "RPC", "Store", "ServiceKit", "CGMime", "CCurl"}),
    "NotificationMain": ("Services/Notification/Main", {"NotificationServer", "ServiceKit"}),
    "GatewayServer": ("Services/Gateway/Server", {"Model", "Wire", "RPC", "Store", "ServiceKit"}),
    "GatewayMain": ("Services/Gateway/Main", {"GatewayServer", "ServiceKit"}),
    "FirstlineCommand": ("Services/Firstline/Command", {"Model", "Wire", "RPC", "Store", "COpenSSL"}),
    "FirstlineMain": ("Services/Firstline/Main", {"FirstlineCommand"}),
}

# Modules that pure code may not import.
IMPURE = {"NIOCore", "NIOPosix", "GRDB", "FoundationNetworking"}
PURE_FOLDERS = ["Shared/Model", "Services/*/Server/Domain"]

IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|internal|package|private|fileprivate)\s+)?import\s+"
                    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.MULTILINE)


def imports_of(folder: pathlib.Path) -> dict[str, set[pathlib.Path]]:
    found: dict[str, set[pathlib.Path]] = {}
    for path in folder.rglob("*.swift"):
        for module in IMPORT.findall(path.read_text()):
            found.setdefault(module, set()).add(path.relative_to(ROOT))
    return found


@pytest.fixture(scope="module")
def package() -> dict:
    """The package's targets, as SwiftPM reads them."""
    text = subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {target["name"]: target for target in json.loads(text)["targets"]}


def declared_dependencies(target: dict) -> set[str]:
    names = set()
    for dependency in target["dependencies"]:
        for kind in ("byName", "product", "target"):
            if kind in dependency:
                names.add(dependency[kind][0])
    return names


@pytest.mark.parametrize("module", OWN)
def test_a_module_imports_only_what_the_table_allows(module):
    folder, allowed = OWN[module]
    for imported, files in imports_of(ROOT / folder).items():
        if imported in OWN or imported.startswith("C") and imported[1:2].isupper():
            if imported in ("Configuration", "Collections"):
                continue
            assert imported in allowed | {module}, f"{module} imports {imported} in {sorted(map(str, files))}"


def test_every_import_is_declared(package):
    for name, target in package.items():
        if target["type"] == "system-target" or not target.get("path"):
            continue
        declared = declared_dependencies(target) | {name}
        for imported, files in imports_of(ROOT / target["path"]).items():
            if imported in LANGUAGE or imported in declared:
                continue
            # A product may hold modules of other names.
            assert {"Collections": "DequeModule", "Hummingbird": "HummingbirdCore"}.get(imported) in declared or any(
                imported in MODULES_OF_PRODUCTS.get(product, ()) for product in declared
            ), f"{name} imports {imported}, which its target does not declare: {sorted(map(str, files))}"


MODULES_OF_PRODUCTS = {
    "Collections": {"DequeModule", "OrderedCollections", "HeapModule"},
    "Metrics": {"CoreMetrics"},
}


@pytest.mark.parametrize("module", [name for name in OWN if name not in ("CWire",)])
def test_every_module_of_the_table_stands_in_the_package(module, package):
    assert package[module]["path"] == OWN[module][0]


@pytest.mark.parametrize("pattern", PURE_FOLDERS)
def test_pure_code_imports_no_machinery(pattern):
    for folder in ROOT.glob(pattern):
        for imported, files in imports_of(folder).items():
            assert imported not in IMPURE, f"{imported} is imported by {sorted(map(str, files))}"


def test_nothing_else_stands_at_the_top_level():
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    places = {"Package.swift", "README.md", "LICENSE", "Services", "Shared", "Tests", "deploy", "proto"}
    assert [name for name in listed if not name.startswith(".") and name not in places] == []
