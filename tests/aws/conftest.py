"""What the tests of whole stacks share: Slack's stand-in."""

from collections.abc import Iterator

import pytest

from leadline.standins.slack_inbox import SlackInbox


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackInbox]:
    """Slack's stand-in, one a module."""
    with SlackInbox() as inbox:
        yield inbox
