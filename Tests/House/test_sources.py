"""How the sources read, as far as a machine can see it."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONGEST_FILE_LINES = 400


def tracked(*patterns: str) -> list[pathlib.Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_a_long_file_says_why():
    for path in tracked("*.swift"):
        lines = path.read_text().splitlines()
        if len(lines) > LONGEST_FILE_LINES and "/Generated/" not in str(path):
            header = "\n".join(lines[:12])
            assert re.search(r"^//.*(long|one place|together)", header, re.MULTILINE | re.IGNORECASE), (
                f"{path.relative_to(ROOT)} has {len(lines)} lines and its header does not say why")


def test_no_source_forces_a_cast_or_a_try():
    for path in tracked("Services/*.swift", "Shared/*.swift"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not re.search(r"\btry!|\bas!", line.split("//")[0]), f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_no_file_names_a_path_of_one_machine():
    for path in tracked():
        if path.suffix in (".png", ".bin", ".eml") or path == pathlib.Path(__file__):
            continue
        text = path.read_text(errors="replace")
        assert not re.search(r"(?<![\w.])/(work|farm|root)/[a-z]", text), f"{path.relative_to(ROOT)}"


def test_one_place_decides_who_may_call_what():
    """Every server asks Model's table; nothing else serves methods or names roles that may."""
    sources = {path: path.read_text() for path in tracked("Services/*.swift", "Shared/*.swift")}
    serving = [path for path, text in sources.items() if "RPCServer.bind(" in text and "/Shared/RPC/" not in str(path)]
    assert [path.name for path in serving] == ["GuardedServer.swift"]
    assert "AccessPolicy.allows(caller, method)" in sources[serving[0]]
    tables = [path for path, text in sources.items() if "MethodAccess]" in text]
    assert {path.parent.name for path in tables} == {"Access"} and all("/Shared/Model/" in str(path) for path in tables)


def test_shell_scripts_are_executable_and_parse():
    for path in tracked("deploy/up", "deploy/prepare", "deploy/certificates", "deploy/containers/b*", "deploy/containers/co*", "deploy/containers/health",
                        "deploy/containers/trim",
                        "Tests/run", "Tests/Fuzz/fuzz", ".ci/run", "proto/generate"):
        assert path.stat().st_mode & 0o111, path
        subprocess.run(["bash", "-n", path], check=True)
