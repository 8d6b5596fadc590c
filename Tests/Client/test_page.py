"""proto/PROTOCOL.md says what is true: its examples, its figures, its tables."""
import re
import socket

import pytest

import firstline_client as rpc
from desk import Desk
from examples import examples
from schema import ROOT

PAGE = (ROOT / "proto" / "PROTOCOL.md").read_text()
SHOWN = {
    name: bytes.fromhex("".join(match[1] for line in block.splitlines() if (match := re.match(r"((?:[0-9A-F]{2} {1,2}|[0-9A-F]{2}$)+)", line))))
    for name, block in re.findall(r"^```hex (.+)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)
}
RPC = ROOT / "Shared" / "RPC"


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its own heading."""
    table = re.search(rf"^#+ {heading}\n(?:(?!#).*\n)*?((?:\|.*\n)+)", PAGE, re.MULTILINE)[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def cases(path: str, pattern: str = r"case (\w+) = (\d+)") -> dict[str, int]:
    """An enum's cases, written as on the page."""
    found = re.findall(pattern, (RPC.parent / path).read_text())
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper().replace("_ERROR", "").replace("_", ""): int(number) for name, number in found}


def written(name: str) -> str:
    return name.replace("_ERROR", "").replace("_", "").replace(" ", "").upper()


@pytest.mark.parametrize("name", examples())
def test_an_example_is_what_the_client_makes(name):
    assert SHOWN[name].hex(" ") == examples()[name].hex(" ")


def test_every_example_is_checked():
    assert SHOWN.keys() == examples().keys()


def test_a_server_answers_the_examples(tmp_path):
    """The bytes of the page and nothing else, against a real service."""
    desk = Desk(tmp_path / "data", "--insecure-loopback").start()
    try:
        host, port = desk.service("intake")["rpc"].rsplit(":", 1)
        with socket.create_connection((host, int(port)), 10) as connection, connection.makefile("rb") as answers:
            def answer() -> bytes:
                header = answers.read(rpc.HEADER.size)
                return header + answers.read(rpc.HEADER.unpack(header)[0])

            connection.sendall(SHOWN["HELLO"])
            assert answer() == SHOWN["HELLO with settings"]
            connection.sendall(SHOWN["REQUEST"])
            header, body = (said := answer())[:12], said[12:]
            assert header[4:] == SHOWN["RESPONSE"][4:12] and body.startswith(SHOWN["RESPONSE"][12:])
            connection.sendall(SHOWN["REQUEST with metadata"])
            assert answer() == SHOWN["STATUS"]
            connection.sendall(SHOWN["CREDIT"] + SHOWN["CANCEL"] + SHOWN["PING"])
            assert answer() == SHOWN["PONG"]
    finally:
        desk.stop()


def test_the_limits_are_those_of_the_code():
    def value(text: str) -> float:
        """In bytes, seconds, or a plain number, as the page and the code write them."""
        if match := re.fullmatch(r"\.(seconds|milliseconds)\(([\d_]+)\)", text):
            return int(match[2]) / (1 if match[1] == "seconds" else 1000)
        if match := re.fullmatch(r"([\d.,]+) (s|ms)", text):
            return float(match[1].replace(",", "")) / (1 if match[2] == "s" else 1000)
        product = 1.0
        for factor in re.split(r" \* ", text):
            product *= float(factor.replace("_", "").replace(",", ""))
        return product

    code = dict(re.findall(r"public var (\w+)(?:: \w+)? = (.+)", (RPC / "RPCLimits.swift").read_text()))
    page = {row[0].strip("`"): row[1] for row in rows("Limits")}
    assert page.keys() == code.keys()
    assert {name: value(text) for name, text in page.items()} == {name: value(text) for name, text in code.items()}
    settings = {int(row[0]): int(row[2].replace(",", "")) for row in rows("HELLO")}
    assert settings == rpc.DEFAULTS == {
        1: value(code["maxMessageBytes"]), 2: value(code["maxStreams"]), 3: value(code["maxMetadataBytes"]), 4: value(code["streamCreditBytes"])}


def test_the_numbers_are_those_of_the_code():
    frames = re.findall(r"^\| (\d+) \| ([A-Z]+) \|", PAGE[:PAGE.index("### HELLO")], re.MULTILINE)
    assert {written(name): int(number) for number, name in frames} == cases("RPC/Frame/FrameType.swift")
    assert {written(row[1]): int(row[0]) for row in rows("GOAWAY")} == cases("RPC/Frame/GoAway.swift")
    assert {written(row[1]): int(row[0]) for row in rows("Errors")} == cases("Wire/Call/StatusCode.swift")
    assert {written(row[1]): int(row[0]) for row in rows("HELLO")} == {
        name.replace("BYTES", ""): number for name, number in cases("RPC/Frame/Hello.swift").items()}


def test_the_codes_of_details_are_those_of_the_code():
    """Every code that a service may answer with stands on the page."""
    told = set(re.findall(r"`([a-z_]+)`", "".join(row[3] for row in rows("Errors"))))
    sources = [path for folder in ("Shared", "Services") for path in (ROOT / folder).rglob("*.swift") if "Generated" not in path.parts]
    used = {code for path in sources for code in re.findall(r'ErrorDetail\(code: "([a-z_]+)"', path.read_text())}
    translated = (ROOT / "Shared/ServiceKit/Store/RPCError+Translation.swift").read_text()
    used |= set(re.findall(r'", "([a-z_]+)", error\)', translated))
    assert used - told == set()
