"""The corpus is what its generator writes, and a running desk takes every message of it."""
import importlib.machinery
import importlib.util
import json
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "System"))

from desk import Desk  # noqa: E402

FOLDER = HERE / "messages"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))


def test_the_folder_is_what_the_generator_writes():
    loader = importlib.machinery.SourceFileLoader("generate", str(HERE / "generate"))
    generate = importlib.util.module_from_spec(importlib.util.spec_from_loader("generate", loader))
    loader.exec_module(generate)
    made = generate.made()
    assert {path.name for path in FOLDER.iterdir() if path.suffix in (".eml", ".json")} == made.keys(), "run Tests/Corpus/generate"
    for name, content in made.items():
        assert (FOLDER / name).read_bytes() == content, f"{name}: run Tests/Corpus/generate"
    assert len(NAMES) >= 150


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("corpus") / "data").start()
    yield desk
    if desk.process.poll() is None:
        desk.stop()


@pytest.mark.timeout(600)
def test_a_desk_takes_every_message_by_http_and_shows_what_a_person_reads(desk):
    for name in NAMES:
        raw, expected = (FOLDER / f"{name}.eml").read_bytes(), json.loads((FOLDER / f"{name}.json").read_text())
        answer = desk.request("POST", "/api/v1/mail", raw=raw, headers={"Content-Type": "message/rfc822"})
        if not raw:
            assert answer.status == 422, name
            continue
        assert answer.status in (200, 201), (name, answer.status, answer.body)
        ticket_id, message_id = answer.json["ticket_id"], answer.json["message_id"]
        ticket = desk.api("GET", f"/tickets/{ticket_id}")
        assert bool(ticket.get("quarantined")) == bool(expected["quarantine"]), name
        message = next(one for one in desk.all(f"/tickets/{ticket_id}/messages") if one["id"] == message_id)
        for words in expected["text_contains"]:
            assert words in message["text"], name
        for words in expected["new_text_contains"]:
            assert words in message["new_text"], name
        # A quarantined mail has its source among its attachments.
        files = [one for one in message["attachments"] if one["filename"] != "message.eml" or not expected["quarantine"]]
        assert [one["filename"] for one in files] == [one["filename"] for one in expected["attachments"]], name
        source = desk.request("GET", f"/api/v1/tickets/{ticket_id}/messages/{message_id}/source")
        assert source.body == raw, name
