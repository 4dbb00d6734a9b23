"""What the tests of whole stacks share: Slack's stand-in, and an end to their stacks."""

from collections.abc import Iterator

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.standins.emulator import Emulator


@pytest.fixture(scope="module", autouse=True)
def stacks_end(emulator: Emulator) -> Iterator[None]:
    """No stack goes on with its work beside the tests of another file."""
    yield
    emulator.reset()


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackInbox]:
    """Slack's stand-in, one a module."""
    with SlackInbox() as inbox:
        yield inbox
