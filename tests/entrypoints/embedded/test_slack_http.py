"""Slack's requests at the embedded door: answered in time whatever the store does."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3

from leadline.entrypoints.embedded.receiving import slack_http
from leadline.entrypoints.embedded.receiving.captures import OpenEndpoints
from leadline.entrypoints.embedded.receiving.http import App
from leadline.entrypoints.embedded.receiving.slack_http import SlackRequests
from leadline.entrypoints.slack_endpoint import slack_endpoint
from leadline.journey.responding.claiming import CLAIM
from leadline.model.errors import StorageFailed
from leadline.model.handling import Handling
from leadline.model.task import Done, Step
from leadline.ports.clock import wall_clock
from leadline.settings.top.general import Settings
from leadline.standins.slack_inbox import Reply, SlackInbox
from leadline.stores.memory import MemoryStore
from tests.standins.slack_presses import (
    SECRET,
    command_body,
    press_body,
    press_payload,
    signed_headers,
)
from tests.worlds.http_app import RunningApp
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

NEW = "another-secret"


class SlowStore(MemoryStore):
    """A store that can be held back, or fail."""

    def __init__(self) -> None:
        super().__init__(wall_clock)
        self.open = threading.Event()
        self.open.set()
        self.fails = False

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        assert self.open.wait(20)
        if self.fails:
            raise StorageFailed
        return super().handling(lead_ids)


class PressedServer(RunningApp):
    """The server, with people who press."""

    def __init__(self, inbox: SlackInbox) -> None:
        super().__init__()
        self.inbox = inbox
        self.store = SlowStore()
        self.heard: Counter[tuple[str, str]] = Counter()
        settings = Settings(slack_webhook_url=inbox.webhook_url, slack_signing_secret=(SECRET, NEW))
        self.requests = SlackRequests(
            slack_endpoint(settings),
            self.store,
            lambda: [self.lead_id],
            lambda *what: self.heard.update([what]),
        )
        clock = HandClock(datetime.now(UTC) - timedelta(minutes=2))
        lead = captured(clock, delay=timedelta())
        self.store.accept([lead])
        done = Done(refined=refined(lead, clock, name="Ada"))
        assert settle(self.store, lease_task(self.store, Step.REFINE), done)
        self.lead_id = lead.id

    def open(self) -> None:
        door = OpenEndpoints(self.kit, self.batcher, self.requests)
        self.loop.call_soon_threadsafe(self.app.open, door)
        while self.get("/readyz").status != 200:
            time.sleep(0.01)

    async def _shutdown(self, app: App) -> None:
        await self.requests.close()
        await super()._shutdown(app)

    def press(self, *, answered: bool = True, **more: Any) -> urllib3.BaseHTTPResponse:
        url = f"{self.inbox.url}/services/reply" if answered else ""
        payload = press_payload(CLAIM, self.lead_id, response_url=url, **more)
        return self.signed("/slack/actions", press_body(payload))

    def signed(
        self, path: str, body: bytes, secret: str = SECRET, at: datetime | None = None
    ) -> urllib3.BaseHTTPResponse:
        headers = signed_headers(body, at or datetime.now(UTC), secret)
        return self.post(body, path, **headers)

    @property
    def told(self) -> list[str]:
        return [m["text"] for m in self.inbox.messages]


@pytest.fixture
def starting() -> Iterator[PressedServer]:
    with SlackInbox() as inbox:
        running = PressedServer(inbox)
        running.thread.start()
        while not running.server.started:
            time.sleep(0.01)
        yield running
        running.store.open.set()
        running.slow_inbox.open.set()
        running.http.clear()
        running.server.should_exit = True
        running.thread.join()
        running.listener.close()


@pytest.fixture
def slack(starting: PressedServer) -> PressedServer:
    starting.open()
    return starting


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_http, "_ANSWER_WITHIN_S", 0.2)


def test_a_press_is_answered_with_nothing_and_the_presser_told(slack: PressedServer) -> None:
    answer = slack.press()
    assert (answer.status, answer.data) == (200, b"")
    assert slack.inbox.wait_for(1)
    (data,) = slack.inbox.messages
    assert data["text"] == "Ada is yours."
    assert (data["response_type"], data["replace_original"]) == ("ephemeral", False)
    assert slack.heard == {(CLAIM, "changed"): 1}


def test_while_starting_and_without_a_secret_nothing_is_taken(starting: PressedServer) -> None:
    assert starting.press().status == 503
    RunningApp.open(starting)  # behind this door nobody answers Slack
    assert starting.press().status == 404
    assert starting.store.handling([starting.lead_id]) == {}


@pytest.mark.parametrize("path", ["/slack/actions", "/slack/commands"])
def test_what_is_not_signed_is_401_and_hears_no_detail(slack: PressedServer, path: str) -> None:
    body = command_body()
    old = datetime.now(UTC) - timedelta(minutes=6)
    answers = [
        slack.post(body, path), slack.signed(path, body, "wrong"), slack.signed(path, body, at=old)
    ]  # fmt: skip
    assert [answer.status for answer in answers] == [401, 401, 401]
    assert len({answer.data for answer in answers}) == 1
    assert slack.signed("/slack/commands", body, NEW).status == 200
    assert slack.heard["command" if "commands" in path else "other", "refused"] == 3


def test_only_posts_of_a_bounded_size_are_read(slack: PressedServer) -> None:
    refused = slack.get("/slack/actions")
    assert (refused.status, refused.headers["allow"]) == (405, "POST")
    assert slack.signed("/slack/actions", b"x" * 10_001).status == 413
    assert slack.signed("/slack/actions", b"x=1").status == 400
    assert slack.signed("/slack/other", command_body()).status == 404


def test_what_is_no_button_of_ours_is_answered_politely(slack: PressedServer) -> None:
    for payload in ({"type": "view_submission"}, press_payload("open.crm", "")):
        answer = slack.signed("/slack/actions", press_body(payload))
        assert (answer.status, answer.data) == (200, b"")
    assert slack.heard == {("other", "ignored"): 2}


def test_a_slow_store_delays_no_answer_and_loses_no_press(
    slack: PressedServer, hurried: None
) -> None:
    slack.store.open.clear()
    began = time.monotonic()
    assert slack.press().status == 200
    command = slack.signed("/slack/commands", command_body())
    assert time.monotonic() - began < 2
    assert "could not be read" in command.data.decode()
    assert slack.told == []
    assert slack.post(b'{"name":"a lead meanwhile"}').status == 200
    slack.store.open.set()
    assert slack.inbox.wait_for(1)
    assert slack.told == ["Ada is yours."]


def test_a_slow_writer_of_webhooks_delays_no_press(slack: PressedServer) -> None:
    slack.slow_inbox.open.clear()
    sender = threading.Thread(target=lambda: slack.post(b"1"))
    sender.start()
    assert slack.press().status == 200
    assert slack.inbox.wait_for(1)
    slack.slow_inbox.open.set()
    sender.join()


def test_a_store_that_fails_is_told_or_else_slack_warns(slack: PressedServer) -> None:
    slack.store.fails = True
    assert slack.press().status == 200
    assert slack.inbox.wait_for(1)
    assert slack.told == ["⚠️ Your action was *not* saved. Please try again."]
    warned = slack.press(answered=False)
    assert warned.status == 503
    assert slack.heard == {(CLAIM, "failed"): 2}
    command = slack.signed("/slack/commands", command_body("unassigned"))
    assert (command.status, b"could not be read" in command.data) == (200, True)
    slack.store.fails = False
    assert slack.press().status == 200
    assert slack.inbox.wait_for(2)
    assert slack.told[-1] == "Ada is yours."


def test_what_slack_does_not_take_is_told_once_more(slack: PressedServer) -> None:
    slack.inbox.behave = lambda number: Reply(hang_up=True, status=500) if number == 0 else None
    assert slack.press().status == 200
    assert slack.inbox.wait_for(1)
    assert slack.inbox.posts == 2


def test_answers_that_slack_takes_slowly_hold_nobody_up(slack: PressedServer) -> None:
    slack.inbox.behave = lambda _number: Reply(delay_s=1.0)
    began = time.monotonic()
    for _ in range(20):
        assert slack.press().status == 200
    assert time.monotonic() - began < 5


def test_more_than_can_be_held_is_refused_and_the_rest_is_kept(
    slack: PressedServer, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_http, "_MOST_UNDER_WAY", 3)
    slack.store.open.clear()
    assert [slack.press().status for _ in range(5)] == [200, 200, 200, 429, 429]
    slack.store.open.set()
    assert slack.inbox.wait_for(3)
    assert Counter(slack.told) == {"Ada is yours.": 1, "You claimed it just now.": 2}


def test_a_command_is_answered_in_the_response(slack: PressedServer) -> None:
    answer = slack.signed("/slack/commands", command_body("help"))
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.data)["response_type"] == "ephemeral"
    assert slack.signed("/slack/commands", b"ssl_check=1").data == b""


def test_what_was_pressed_is_finished_before_the_server_ends(
    slack: PressedServer, hurried: None
) -> None:
    slack.store.open.clear()
    assert slack.press().status == 200
    threading.Timer(0.3, slack.store.open.set).start()
    ended = asyncio.run_coroutine_threadsafe(slack.requests.close(), slack.loop)
    ended.result(10)
    assert slack.store.handling([slack.lead_id])[slack.lead_id].claimed_by is not None
