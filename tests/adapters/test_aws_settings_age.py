"""How long a function on AWS goes on with the settings that it has read."""

import logging
import sys
import threading
import time
from collections.abc import Iterator

import msgspec
import pytest

from leadline.entrypoints.aws.parts import FRESH, Parts
from tests.scripted_server import Answer, ScriptedServer, answer


@pytest.fixture
def quiet() -> Iterator[None]:
    """What functions do to logging is undone."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)


def parameter(text: str) -> Answer:
    return answer("200 OK", msgspec.json.encode({"Parameter": {"Value": text}}))


def test_a_function_that_was_frozen_learns_of_a_new_secret(
    quiet: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Between two calls Lambda freezes a function, and its monotonic clock may stand still: here it
    # goes on for a moment only while the wall's goes on for as long as settings are good.
    wall, passed = time.time, 0.0
    monkeypatch.setattr(time, "time", lambda: wall() + passed)
    with ScriptedServer(parameter("max_body = 1000"), parameter("max_body = 2000")) as aws:
        parts = Parts(
            {
                "AWS_REGION": "eu-west-1",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_ENDPOINT_URL": aws.endpoint,
                "SETTINGS_REFERENCE": "ssm:/leadline/test/settings",
            }
        )
        assert parts.settings().max_body == 1000
        assert parts.settings().max_body == 1000, "read again too soon"
        passed = FRESH.total_seconds() + 1
        assert parts.settings().max_body == 2000
        assert len(aws.requests) == 2
        parts.caller.close()
