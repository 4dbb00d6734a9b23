"""Buttons of the stand-in for Slack: pressed on its page alone, and answered in their place."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import urllib3

from leadline.channels.slack.answers import answer_to_one
from leadline.channels.slack.messages import alert
from leadline.channels.slack.requests import read_press
from leadline.journey.responding.claiming import CLAIM, JUNK, SNOOZE
from leadline.model.texts.links import Links
from leadline.standins.slack_inbox import SlackInbox
from tests.channels.leads import ID, lead, noticed
from tests.standins.slack_presses import press_body

ALERT = alert(msgspec.structs.replace(noticed(lead(), Links()), interactive=True))


class PressedPage:
    """The page with one alert, and what was posted to the app."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.wrong = ""
        self.inbox = SlackInbox(on_press=self.take, people={"U01ANN": "Ann <Archer>"})
        self.http = urllib3.PoolManager(retries=False, timeout=60)
        self.post(self.inbox.webhook_url, ALERT)

    def take(self, payload: dict[str, Any]) -> str:
        self.posted.append(payload)
        return self.wrong

    def post(self, url: str, message: Any) -> int:
        return self.http.request("POST", url, body=json.dumps(message).encode()).status

    def press(self, action: str = CLAIM, value: str = ID, **more: Any) -> tuple[int, str]:
        headers = {"content-type": "application/json", **more.pop("headers", {})}
        told = {"message": 0, "action": action, "value": value, "user": "U01ANN", **more}
        url = f"{self.inbox.url}/press"
        answer = self.http.request("POST", url, body=json.dumps(told).encode(), headers=headers)
        return answer.status, answer.data.decode()

    @property
    def shown(self) -> str:
        return self.http.request("GET", self.inbox.url).data.decode()


@pytest.fixture
def page() -> Iterator[PressedPage]:
    made = PressedPage()
    with made.inbox:
        yield made
    made.http.clear()


def test_what_is_pressed_is_posted_as_slack_posts_it(page: PressedPage) -> None:
    assert page.press() == (200, "")
    snoozed = re.search(f'value="(3600:{ID})"', page.shown)
    assert snoozed is not None
    assert page.press(SNOOZE, snoozed[1]) == (200, "")
    assert page.press(JUNK) == (200, "")
    replies = [page.inbox.url]
    presses = [read_press(press_body(payload), replies) for payload in page.posted]
    assert [(p.action, p.lead_id, p.user.slack) for p in presses if p] == [
        (action, ID, "U01ANN") for action in (CLAIM, SNOOZE, JUNK)
    ]
    assert all(p and p.reply_url.startswith(page.inbox.url) for p in presses)


def test_the_answer_stands_below_the_message_and_the_change_in_its_place(
    page: PressedPage,
) -> None:
    page.press(JUNK)
    reply = page.posted[0]["response_url"]
    assert page.post(reply, answer_to_one("You have marked it as junk.", ID)) == 200
    assert "Only visible to you" in page.shown
    assert page.press(private=True) == (200, "")
    assert page.posted[1]["container"]["is_ephemeral"] is True
    assert page.post(reply, {"replace_original": True, "text": "Claimed by Ann"}) == 200
    assert page.shown.count("<article>") == 2
    assert "Claimed by Ann" in page.shown
    assert "Byron &amp; Sons" not in page.shown
    assert len(page.inbox.messages) == 3
    assert page.http.request("GET", f"{page.inbox.url}/count").data == b"3"
    assert 'data-count="3"' in page.shown


def test_an_answer_that_slack_would_refuse_changes_nothing(page: PressedPage) -> None:
    page.press()
    wrong = {"replace_original": True, "blocks": [{"type": "header"}]}
    assert page.post(page.posted[0]["response_url"], wrong) == 400
    assert "Byron &amp; Sons" in page.shown


def test_answers_to_an_earlier_page_are_messages_of_their_own(page: PressedPage) -> None:
    old = f"{page.inbox.webhook_url}/00000000-0"
    assert page.post(old, {"replace_original": True, "text": "Claimed"}) == 200
    assert page.shown.count("<article>") == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "lead.other"},
        {"value": ID[:-1] + "0"},
        {"message": 1},
        {"message": -1},
        {"user": "U02BEN"},
        {"private": True},
        {"action": SNOOZE, "value": ID},
    ],
)
def test_only_what_is_on_the_page_can_be_pressed(page: PressedPage, wrong: dict[str, Any]) -> None:
    assert page.press(**wrong)[0] == 404
    assert page.posted == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"host": "evil.example"},
        {"content-type": "text/plain"},
    ],
)
def test_other_websites_in_the_same_browser_can_press_nothing(
    page: PressedPage, headers: dict[str, str]
) -> None:
    assert page.press(headers=headers)[0] == 403
    assert page.posted == []


def test_a_name_that_leads_here_reads_no_leads(page: PressedPage) -> None:
    for path in ("/", "/messages.json"):
        url = page.inbox.url + path
        stranger = page.http.request("GET", url, headers={"host": "evil.example"})
        assert (stranger.status, b"Ada" in stranger.data) == (403, False)


def test_what_went_wrong_is_told_on_the_page(page: PressedPage) -> None:
    page.wrong = "The server can't be reached."
    assert page.press() == (502, page.wrong)
    assert 'id="told"' in page.shown
    assert "Ann &lt;Archer&gt;</option>" in page.shown


def test_who_is_mentioned_is_shown_by_name(page: PressedPage) -> None:
    page.post(page.inbox.webhook_url, {"text": "<@U01ANN>, it is yours, not <@U02BEN>'s"})
    assert "<b>@Ann &lt;Archer&gt;</b>, it is yours, not <b>@U02BEN</b>" in page.shown
