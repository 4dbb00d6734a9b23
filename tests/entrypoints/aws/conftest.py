"""Functions as tests of one folder have them."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from leadline.entrypoints.aws import capture, deliver, refine
from leadline.standins.slack_inbox import SlackInbox
from tests.standins.aws_faults import world
from tests.worlds.aws_functions import Functions, now


@pytest.fixture
def quiet() -> Iterator[None]:
    """Undo what functions do to logging."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)


@pytest.fixture
def functions(moto: str, quiet: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Functions]:
    """Capture, Refine and Deliver with one set of parts, and a Slack stand-in."""
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        made.set()
        for module in (capture, refine, deliver):
            monkeypatch.setattr(module, "_parts", lambda: made.parts)
        yield made
        made.parts.caller.close()
