"""Text that was mended is text in every message: nothing in it becomes markup or a mention."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from leadline.channels.email.message import EmailWriter
from leadline.channels.slack.messages import alert
from leadline.channels.slack.writer import SlackWriter
from leadline.model.lead import LeadFields, RefinedLead
from leadline.model.texts.links import Links
from leadline.ports.channel import Notice
from leadline.refine import About, refine
from leadline.standins.slack_page import article
from tests.channels.leads import CAPTURED, noticed

ABOUT = About("0190", CAPTURED, CAPTURED, "form")
TYPED = [  # as a form encodes it once or twice, or as a developer types it on purpose
    "&lt;img src=x&gt;&lt;!channel&gt; &lt;https://evil.example|here&gt;",
    "&amp;lt;img src=x&amp;gt;&amp;lt;!channel&amp;gt; &amp;lt;https://evil.example|here&amp;gt;",
    "&#60;img src=x&#62;&#x3c;!channel&#x3E; &#60;https://evil.example|here&#62;",
    "%3Cimg%20src=x%3E&lt;!channel&gt;",
]


def mended(typed: str) -> RefinedLead:
    return refine(
        LeadFields(name=f"Ada {typed}", company=typed, message=typed, custom={"city": typed}), ABOUT
    )


def notice(typed: str) -> Notice:
    return noticed(mended(typed), Links())


def test_a_message_is_read_as_its_writer_saw_it() -> None:
    for typed in TYPED[:3]:
        message = mended(typed).lead_details.message
        assert message == "<img src=x><!channel> <https://evil.example|here>"


def interpreted(part: Any, *, whole: bool = True) -> Iterator[str]:
    """The texts of a message in which Slack looks for markup: its own, and all of type `mrkdwn`."""
    if isinstance(part, list):
        for one in part:
            yield from interpreted(one, whole=False)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn" or (whole and "text" in part):
            yield part["text"]
        for value in part.values():
            yield from interpreted(value, whole=False)


@pytest.mark.parametrize("typed", TYPED)
def test_slack_shows_it_as_text(typed: str) -> None:
    for writer in (SlackWriter(), SlackWriter(bot=True, room="C012ABCDEF")):
        shown = list(interpreted(json.loads(writer.alert(notice(typed)).body)))
        assert any("channel" in text for text in shown)
        for text in shown:
            assert "<!channel>" not in text
            assert "<img" not in text
            assert "<https://evil.example" not in text


@pytest.mark.parametrize("typed", TYPED)
def test_mail_shows_it_as_text(typed: str) -> None:
    writer = EmailWriter("mail", "Leads <leads@example.com>", ["sales@example.com"])
    message = message_from_bytes(writer.alert(notice(typed)).body, policy=default)
    html = message.get_body(["html"])
    assert html is not None
    assert "<img" not in html.get_content()
    assert "<!channel" not in html.get_content()


@pytest.mark.parametrize("typed", TYPED)
def test_a_page_shows_it_as_text(typed: str) -> None:
    page = article(alert(notice(typed)), datetime(2026, 3, 2, tzinfo=UTC))
    assert "<img src" not in page
    assert "<!channel" not in page
