"""The stand-in for Slack: accepts as Slack does, shows what it got, misbehaves on demand."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
import urllib3
from hypothesis import given

from leadline.channels.slack.messages import alert, digest, new_lead, seen_before
from leadline.model.lead import RefinedLead
from leadline.model.texts.links import Links
from leadline.standins.slack_inbox import Reply, SlackInbox
from leadline.standins.slack_page import article, as_terminal, page
from tests.channels.leads import ID, RECORDS, again, any_lead, lead, noticed

AT = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
SHOW = Links("https://leads.example.com/leads/{lead_id}", RECORDS)


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    pool = urllib3.PoolManager(retries=False, timeout=60)
    yield pool
    pool.clear()


def post(http: urllib3.PoolManager, url: str, message: Any) -> tuple[int, bytes]:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    answer = http.request("POST", url, body=body)
    return answer.status, answer.data


def get(http: urllib3.PoolManager, url: str) -> str:
    return http.request("GET", url).data.decode()


def test_a_message_is_accepted_kept_and_shown(http: urllib3.PoolManager) -> None:
    message = new_lead(noticed(lead(), SHOW))
    with SlackInbox() as slack:
        assert post(http, slack.webhook_url, message) == (200, b"ok")
        assert slack.wait_for(1)
        assert slack.messages == [message]
        assert get(http, slack.url + "/count") == "1"
        assert json.loads(get(http, slack.url + "/messages.json")) == [message]
        shown = get(http, slack.url + "/")
        assert "Ada Lovelace" in shown
        assert ID in shown
        assert "/count" in get(http, slack.url + "/page.js")


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (b"not json", (400, b"invalid_payload")),
        (b"\xff", (400, b"invalid_payload")),
        (b"[]", (400, b"invalid_payload")),
        (b"{}", (400, b"no_text")),
        (b'{"text":"","blocks":[]}', (400, b"no_text")),
        (b'{"blocks":[{}]}', (400, b"invalid_blocks")),
        (b'{"blocks":7}', (400, b"invalid_blocks")),
        (b'{"blocks":[{"type":"header"}]}', (400, b"invalid_blocks")),
        (b'{"text":7}', (400, b"invalid_blocks")),
        (b'{"text":"<!date^never^{time}|x>"}', (400, b"invalid_blocks")),
        (b'{"text":"hello"}', (200, b"ok")),
    ],
)
def test_what_is_no_message_is_refused(
    http: urllib3.PoolManager, body: bytes, answer: tuple[int, bytes]
) -> None:
    with SlackInbox() as slack:
        assert post(http, slack.webhook_url, body) == answer
        assert len(slack.messages) == (answer[0] == 200)


def test_other_addresses_are_no_webhooks(http: urllib3.PoolManager) -> None:
    with SlackInbox() as slack:
        assert post(http, slack.url + "/elsewhere", {"text": "x"}) == (404, b"no_service")
        assert http.request("GET", slack.url + "/elsewhere").status == 404
        large = http.request("POST", slack.webhook_url, headers={"content-length": "9999999"})
        assert large.status == 413
        chunked = http.request("POST", slack.webhook_url, body=iter([b"x"]), chunked=True)
        assert chunked.status == 411


def test_it_misbehaves_as_it_is_told(http: urllib3.PoolManager) -> None:
    replies = {
        0: Reply(429, b"rate_limited", {"retry-after": "7"}),
        1: Reply(500, hang_up=True),
        2: Reply(hang_up=True),
    }
    with SlackInbox(behave=replies.get) as slack:
        busy = http.request("POST", slack.webhook_url, body=b'{"text":"0"}')
        assert (busy.status, busy.headers["retry-after"]) == (429, "7")
        for text in ("1", "2"):
            with pytest.raises(urllib3.exceptions.ProtocolError):
                post(http, slack.webhook_url, {"text": text})
        assert post(http, slack.webhook_url, {"text": "3"}) == (200, b"ok")
        assert [m["text"] for m in slack.messages] == ["2", "3"]
        assert slack.posts == len(slack.times) == 4


def test_accepted_messages_are_on_file_before_they_are_answered(
    http: urllib3.PoolManager, tmp_path: Path
) -> None:
    record = tmp_path / "slack.jsonl"
    with SlackInbox(record=record, behave=lambda n: Reply(500) if n == 1 else None) as slack:
        for n in range(4):
            status, _ = post(http, slack.webhook_url, {"text": f"message {n}"})
            on_file = [json.loads(line)["text"] for line in record.read_text().splitlines()]
            assert (f"message {n}" in on_file) == (status == 200)
        assert on_file == ["message 0", "message 2", "message 3"]


def test_waiting_for_messages_that_do_not_come_ends() -> None:
    with SlackInbox() as slack:
        assert slack.wait_for(0)
        assert not slack.wait_for(1, timeout=0.01)


def test_it_runs_as_a_program(http: urllib3.PoolManager, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "leadline.standins.slack_inbox", "--port", "0"]
    command += ["--record", str(tmp_path / "record.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            page_line, setting = process.stdout.readline(), process.stdout.readline()
            webhook = setting.strip().partition("=")[2]
            assert post(http, webhook, {"text": "hello"}) == (200, b"ok")
            assert "hello" in get(http, page_line.split()[-1])
            assert (tmp_path / "record.jsonl").read_text() == '{"text": "hello"}\n'
        finally:
            process.terminate()


def drawn(message: dict[str, Any]) -> str:
    return article(message, AT)


def test_the_page_draws_a_message_as_slack_does() -> None:
    shown = drawn(seen_before(noticed(again(), SHOW)))
    assert "<h2>♻️ Lead Seen Before</h2>" in shown
    assert "<div><b>Company:</b>\nByron &amp; Sons</div>" in shown
    assert 'href="mailto:ada.lovelace@example.com"' in shown
    assert "<blockquote>We need 40 seats &amp; want &lt;2 weeks to go live.\nCall me!" in shown
    assert f"<code>{ID}</code>" in shown
    assert '<time datetime="2026-03-02T09:10:02Z">Mar 2, 2026 09:10:02 UTC</time>' in shown
    assert '<a class=button href="https://crm.example.com/contacts/48213?tab=1&amp;new=2"' in shown


def test_the_page_shows_the_newest_first_and_says_how_many_there_are() -> None:
    shown = page([drawn({"text": f"message {n}"}) for n in range(300)])
    assert "300 messages" in shown
    found = re.findall(r"message \d+", shown)
    assert found[0] == "message 299"
    assert found[-1] == "message 200"
    assert "No alert yet" in page([])
    assert "1 message," in page([drawn({"text": "x"})])


def test_formatting_is_drawn_where_slack_would_format() -> None:
    styled = drawn({"text": "*b* _i_ ~s~ `c` a*b*c 2 * 3 * 4 <https://x.example|*l*> <!here>"})
    for part in (
        "<b>b</b>",
        "<i>i</i>",
        "<s>s</s>",
        "<code>c</code>",
        "a*b*c",
        "2 * 3 * 4",
        "<b>l</b></a>",
        "<b>!here</b>",
    ):
        assert part in styled


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_only_harmless_links_are_links(url: str) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "x"}, "url": url}
    message = {"text": f"<{url}|x>", "blocks": [{"type": "actions", "elements": [button]}]}
    assert "href" not in drawn(message)
    assert "href" not in drawn({"text": f"<{url}|x>"})


TAGS = {"article", "div", "span", "b", "h2", "blockquote", "a", "code", "time"}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


@given(any_lead())
def test_no_lead_gets_markup_of_its_own_onto_the_page(lead: RefinedLead) -> None:
    for message in (alert(noticed(lead, SHOW)), digest([noticed(lead, SHOW)])):
        tags = Tags(drawn(message))
        assert tags.seen <= {
            *["article", "div", "span", "b", "h2", "blockquote", "a", "code", "time"]
        }
        assert tags.attributes <= {"class", "href", "rel", "datetime"}


def test_the_page_lets_nothing_run_but_its_own_script(http: urllib3.PoolManager) -> None:
    with SlackInbox() as slack:
        headers = http.request("GET", slack.url).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline'; script" in headers["content-security-policy"]
    assert "script-src 'self'" in headers["content-security-policy"]


def test_a_message_can_be_read_in_a_terminal() -> None:
    assert as_terminal(new_lead(noticed(lead(problems=("email.role",)), SHOW))) == (
        "🎯 New Lead Captured\n"
        "\n"
        "Name: Ada Lovelace                      Company: Byron & Sons\n"
        "Email: ada.lovelace@example.com         Phone: +1 555-010-0123\n"
        "Source: Website form                    Owner: sales@example.com\n"
        "Title: VP Sales                         Campaign: q4_2025\n"
        "Country: US                             Score: 85\n"
        "\n"
        "│ We need 40 seats & want <2 weeks to go live.\n"
        "│ Call me!\n"
        "\n"
        "[Open in CRM] https://crm.example.com/contacts/48213?tab=1&new=2\n"
        f"[Show in Leadline] https://leads.example.com/leads/{ID}\n"
        "⚠️ Please check: the e-mail address is a role, not a person\n"
        f"Lead ID: {ID} | Processed: Mar 2, 2026 09:10:02 UTC | 10 min 02 s after capture"
    )
    assert as_terminal({"text": "*hello* &lt;you&gt;"}) == "hello <you>"


@given(any_lead())
def test_no_lead_sends_commands_to_the_terminal(lead: RefinedLead) -> None:
    shown = as_terminal(msgspec.json.decode(msgspec.json.encode(alert(noticed(lead, Links())))))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)


def test_nothing_in_code_is_styled() -> None:
    unusual = lead(contact=msgspec.structs.replace(lead().contact, email="_x_@*y*~z~"))
    assert "<code>_x_@*y*~z~</code>" in drawn(new_lead(noticed(unusual, SHOW)))


def test_buttons_and_menus_that_call_back_are_shown(http: urllib3.PoolManager) -> None:
    message = alert(msgspec.structs.replace(noticed(lead(), SHOW), interactive=True))
    with SlackInbox() as slack:
        assert post(http, slack.webhook_url, message) == (200, b"ok")
        shown = get(http, slack.url + "/")
    for caption in ("Claim", "Snooze ▾", "Junk", "Open in CRM"):
        assert f">{caption}</a>" in shown
    assert "[Snooze ▾]" in as_terminal(message)
