"""Fixtures for the modules that import them: a desk of each test's own, and the mail server that it sends to."""
import pytest

from desk import Desk
from ports import free_ports
from smtp_sink import SMTPSink


@pytest.fixture
def sink():
    with SMTPSink(free_ports(1)[0]) as one:
        yield one


@pytest.fixture
def desk(tmp_path, sink):
    one = Desk(tmp_path / "data", "--smtp", sink.url).start()
    yield one
    if one.process.poll() is None:
        assert one.stop() == 0
