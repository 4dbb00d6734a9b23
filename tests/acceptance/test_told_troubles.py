"""A real server tells its operators what is wrong, and nothing about people."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3

from leadline.standins.slack_inbox import Reply, SlackInbox
from tests.acceptance.installation import Installation
from tests.acceptance.test_failed_sync import on_a_failing_disk


@pytest.fixture
def slack() -> Iterator[SlackInbox]:
    with SlackInbox() as inbox:
        yield inbox


@pytest.fixture
def ops() -> Iterator[SlackInbox]:
    with SlackInbox() as inbox:
        yield inbox


def until(true: Callable[[], object], server: Installation, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, server.log.read_text()[-3000:]
        time.sleep(0.1)


def with_ops(folder: Path, slack: SlackInbox, ops: SlackInbox, **more: str) -> Installation:
    """A server whose troubles are told by the channel `ops`, which gets no leads."""
    settings = {
        "LEADLINE_SLACK_WEBHOOK_URL": slack.webhook_url,
        "LEADLINE_CHANNELS__OPS__KIND": "slack-webhook",
        "LEADLINE_CHANNELS__OPS__URL": ops.webhook_url,
        "LEADLINE_CHANNELS__OPS__LEADS": "no",
        "LEADLINE_ALERTS__TROUBLE": "ops",
        "LEADLINE_DELAY": "0",
    }
    return Installation(folder, **settings, **more)


def lines(server: Installation, event: str) -> list[dict[str, Any]]:
    """The log lines of an event."""
    found = (line for line in server.log.read_text().splitlines() if f'"event":"{event}"' in line)
    return [json.loads(line) for line in found]


def test_dead_letters_are_told_by_reason_with_what_to_do_and_without_persons(
    tmp_path: Path, slack: SlackInbox, ops: SlackInbox
) -> None:
    slack.behave = lambda _number: Reply(403, b"action_prohibited")
    with with_ops(tmp_path, slack, ops) as server:
        server.start()
        ids = [server.post(f'{{"name":"Ada Secret{n}"}}'.encode()).json()["lead_id"] for n in "123"]
        until(lambda: ops.messages, server)
        server.stop()
        told = json.dumps(ops.messages)
        assert "slack.action" in told
        assert "leadline replay --reason" in told
        assert any(lead_id in told for lead_id in ids)
        assert "Secret" not in told
        (found, *_) = lines(server, "trouble.found")
        assert found["level"] == "warning"
        assert lines(server, "trouble.sent")[0]["channel"] == "ops"
        server.start()  # the restart tells nothing again
        server.post(b'{"name":"After Restart"}')
        until(lambda: slack.posts >= 4, server)
        assert server.stop() == 0
    assert len(ops.messages) == 1


def test_a_channel_that_fails_for_longer_than_its_fallback_is_told_by_another(
    tmp_path: Path, slack: SlackInbox, ops: SlackInbox
) -> None:
    slack.behave = lambda _number: Reply(500, b"internal_error")
    more = {"LEADLINE_CHANNELS__SLACK__KIND": "slack-webhook",
            "LEADLINE_CHANNELS__SLACK__FALLBACK_AFTER": "1s"}  # fmt: skip
    with with_ops(tmp_path, slack, ops, **more) as server:
        server.start()
        server.post(b'{"name":"Ada Secret"}')
        until(lambda: ops.messages, server)
        assert server.stop() == 0
    assert "The channel slack has failed since" in json.dumps(ops.messages)


def test_a_server_whose_disk_fails_twice_tells_its_operators_before_it_ends(
    tmp_path: Path, slack: SlackInbox, ops: SlackInbox
) -> None:
    failing, order = on_a_failing_disk(tmp_path)
    site = failing.settings["PYTHONPATH"]
    with with_ops(tmp_path / "made", slack, ops, PYTHONPATH=site) as server:
        server.start()
        for _ in range(2):
            order.touch()
            until(lambda: _posted(server) and not order.exists(), server)
            until(lambda: _ended(server) or _is_ready(server), server)
        until(lambda: _ended(server), server)
    told = json.dumps(ops.messages)
    assert "`leadline serve` has ended" in told.replace("\u02cb", "`").replace("\\u02cb", "`")


def _ended(server: Installation) -> bool:
    assert server.process is not None
    return server.process.poll() is not None


def _is_ready(server: Installation) -> bool:
    with suppress(urllib3.exceptions.HTTPError):
        return server.http.request("GET", f"{server.url}/readyz").status == 200
    return False


def _posted(server: Installation) -> bool:
    """Post once, whatever the answer is."""
    with suppress(urllib3.exceptions.HTTPError):
        server.post(b'{"name":"Ada"}')
    return True


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"LEADLINE_ALERTS__TROUBLE": "nobody"}, "there is no channel 'nobody'"),
        ({"LEADLINE_ALERTS__TROUBLE": "slack"}, "is not set, so nobody would be told"),
        (
            {
                "LEADLINE_ALERTS__TROUBLE": "bot",
                "LEADLINE_CHANNELS__BOT__KIND": "slack-bot",
                "LEADLINE_CHANNELS__BOT__TOKEN": "xoxb-1",
                "LEADLINE_CHANNELS__BOT__ROOM": "dm",
            },
            "writes to the owners of leads only",
        ),
    ],
)
def test_a_channel_that_cannot_tell_troubles_is_refused_at_the_start(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    server = Installation(tmp_path, **settings)
    refused = server.command("serve")
    assert refused.returncode == 2
    assert words in refused.stderr
