"""The bot's messenger against a workspace on this machine that checks calls and misbehaves."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.channels.slack.bot import SlackBot
from leadline.channels.slack.writer import SlackWriter
from leadline.model.errors import ConfigurationError
from leadline.model.handling import Handling
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Step
from leadline.ports.channel import GONE, NO_OWNER, Notice, OutgoingMessage
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable
from tests.channels.leads import CAPTURED, FIRST_ID, ID, lead
from tests.standins.slack_api import TOKEN, SlackApi, WrongAnswer, no
from tests.standins.slack_rules import markup_of, violations

ROOM = "C012SALES"
ADA = Person(name="Ada", email="Ada@example.com")
NOW = CAPTURED + timedelta(minutes=10, seconds=2)
WRITER = SlackWriter(bot=True, room=ROOM)
DIRECT = SlackWriter(bot=True, room="dm")


@pytest.fixture
def slack() -> Iterator[SlackApi]:
    with SlackApi() as api:
        api.now = NOW.timestamp()
        yield api
        assert api.complaints == []


def bot(slack: SlackApi, room: str = ROOM, timeout: float = 5.0) -> SlackBot:
    return SlackBot(TOKEN, room, timeout, slack.url)


def notice(lead_id: str = ID, owner: Person | None = None, **more: Any) -> Notice:
    refined_lead = lead(lead_id=lead_id, owner=None)
    handling = more.pop("handling", Handling(owner=owner))
    return Notice(lead=refined_lead, now=NOW, handling=handling, **more)


def told(ref: str, step: Step = Step.NOTIFY) -> Alert:
    return Alert(ID, "bot", NOW, "new_lead/1", ref=ref, step=step)


def written(message: OutgoingMessage | None) -> bytes:
    assert message is not None
    return message.body


def alert(lead_id: str = ID, **more: Any) -> bytes:
    return WRITER.alert(notice(lead_id, **more)).body


def valid(message: dict[str, Any]) -> bool:
    parts = {k: v for k, v in message.items() if k in ("text", "blocks", "metadata")}
    return violations(parts) == []


def test_an_alert_is_posted_to_its_room_and_found_by_its_ref(slack: SlackApi) -> None:
    messenger: Messenger = bot(slack)
    reply = messenger.send(alert())
    (message,) = slack.messages
    assert reply == Sent(f"{ROOM}/{message['ts']}")
    assert valid(message)
    assert message["metadata"]["event_payload"] == {"lead_id": ID, "template": "new_lead/1"}


def test_an_alert_is_changed_in_its_place(slack: SlackApi) -> None:
    messenger = bot(slack)
    reply = messenger.send(alert())
    assert isinstance(reply, Sent)
    claimed = Handling(claimed_by=Person(name="Bob"), claimed_at=NOW)
    outgoing = WRITER.update(notice(handling=claimed), told(reply.ref))
    assert messenger.send(written(outgoing)) == reply
    (message,) = slack.messages
    assert "Claimed by Bob after 0 s" in message["blocks"][1]["text"]["text"]
    assert valid(message)


@pytest.mark.parametrize(
    "error", ["message_not_found", "cant_update_message", "edit_window_closed"]
)
def test_a_message_that_can_not_be_changed_any_more_is_gone(slack: SlackApi, error: str) -> None:
    slack.faults["chat.update"] = [no(error)]
    message = WRITER.update(notice(), told(f"{ROOM}/1.000000"))
    assert bot(slack).send(written(message)) == Refused(GONE, error)


def test_a_digest_or_a_message_without_a_ref_is_never_changed() -> None:
    assert WRITER.update(notice(), msgspec.structs.replace(told("C1/2.3"), digest=True)) is None
    assert WRITER.update(notice(), told("")) is None


def test_news_and_reminders_stand_below_the_alert(slack: SlackApi) -> None:
    messenger = bot(slack)
    first = messenger.send(alert())
    assert isinstance(first, Sent)
    ts = first.ref.partition("/")[2]
    found = notice(owner=ADA, handling=Handling(owner=ADA, level=1))
    assert isinstance(messenger.send(written(WRITER.news(found, told(first.ref)))), Sent)
    messenger.send(WRITER.reminder(found, told(first.ref)).body)
    late = notice(handling=Handling(owner=ADA, level=2))
    messenger.send(WRITER.reminder(late, told(first.ref)).body)
    _, news, reminder, escalation = slack.messages
    assert [m.get("thread_ts") for m in (news, reminder, escalation)] == [ts] * 3
    assert [m.get("reply_broadcast") for m in (news, reminder, escalation)] == [None, None, True]
    assert all(map(valid, slack.messages))


def test_what_was_told_elsewhere_is_no_thread_here() -> None:
    message = WRITER.reminder(notice(handling=Handling(level=1)), told("C0OTHER/1.2"))
    assert "thread_ts" not in msgspec.json.decode(message.body)["body"]


# --- people -----------------------------------------------------------------------------------


def test_an_owner_is_mentioned_by_their_e_mail_address_and_asked_for_once(slack: SlackApi) -> None:
    slack.users["ada@example.com"] = "U012ABCDEF"
    messenger = bot(slack)
    for lead_id in (ID, FIRST_ID):
        messenger.send(alert(lead_id, owner=ADA))
    assert slack.called("users.lookupByEmail") == [{"email": "Ada@example.com"}]
    for message in slack.messages:
        assert message["text"].endswith("Owner: <@U012ABCDEF>")
        assert "*Owner:*\n<@U012ABCDEF>" in [f["text"] for f in message["blocks"][1]["fields"]]
        assert valid(message)


@pytest.mark.parametrize(
    "fault",
    [
        None,
        no("missing_scope", needed="users:read.email", provided="chat:write"),
        no("internal_error"),
        WrongAnswer(429, {"ok": False, "error": "ratelimited"}, {"retry-after": "30"}),
        WrongAnswer(None),
    ],
)
def test_an_owner_whom_slack_does_not_tell_of_is_named(
    slack: SlackApi, fault: WrongAnswer | None
) -> None:
    slack.faults["users.lookupByEmail"] = [fault] * 9 if fault else []
    assert isinstance(bot(slack).send(alert(owner=ADA)), Sent)
    (message,) = slack.messages
    assert message["text"].endswith("Owner: Ada")
    assert not any("mailto:Ada" in text for text in markup_of(message))
    assert len(slack.called("users.lookupByEmail")) == 1


def test_what_a_lead_wrote_is_never_taken_for_a_mention(slack: SlackApi) -> None:
    slack.users["ada@example.com"] = "U012ABCDEF"
    forged = "<@mailto:ada@example.com|Ada>"
    refined_lead = lead(name=forged, company=forged, message=forged, title=forged, owner=None)
    bot(slack).send(WRITER.alert(Notice(lead=refined_lead, now=NOW)).body)
    assert slack.called("users.lookupByEmail") == []
    assert "U012ABCDEF" not in repr(slack.messages)


def test_the_owner_is_told_by_direct_message(slack: SlackApi) -> None:
    slack.users["ada@example.com"] = "U012ABCDEF"
    messenger = bot(slack, "dm")
    replies = [messenger.send(DIRECT.alert(notice(i, owner=ADA)).body) for i in (ID, FIRST_ID)]
    assert [m["channel"] for m in slack.messages] == ["D012ABCDEF"] * 2
    assert replies == [Sent(f"D012ABCDEF/{m['ts']}") for m in slack.messages]
    assert slack.called("conversations.open") == [{"users": "U012ABCDEF"}]
    by_id = Person(name="Ada", slack="U012ABCDEF")
    messenger.send(DIRECT.alert(notice(owner=by_id)).body)
    assert slack.messages[-1]["channel"] == "D012ABCDEF"


def test_a_direct_message_to_nobody_is_refused(slack: SlackApi) -> None:
    messenger = bot(slack, "dm")
    nobody = messenger.send(DIRECT.alert(notice()).body)
    stranger = messenger.send(DIRECT.alert(notice(owner=ADA)).body)
    for reply, why in ((nobody, "nobody owns it"), (stranger, "Slack has no user")):
        assert isinstance(reply, Refused)
        assert reply.reason == NO_OWNER
        assert why in reply.words
        assert "example.com" not in reply.words
    assert slack.messages == []


def test_a_direct_message_waits_while_slack_can_not_say_who_the_owner_is(slack: SlackApi) -> None:
    slack.faults["users.lookupByEmail"] = [no("internal_error")]
    slack.faults["conversations.open"] = [no("fatal_error")]
    slack.users["ada@example.com"] = "U012ABCDEF"
    messenger = bot(slack, "dm")
    body = DIRECT.alert(notice(owner=ADA)).body
    assert messenger.send(body) == Unreachable("slack.internal_error")
    assert messenger.send(body) == Unreachable("slack.fatal_error")
    assert isinstance(messenger.send(body), Sent)


def test_a_digest_by_direct_message_has_one_reader() -> None:
    bob = Person(name="Bob", email="bob@example.com")
    assert DIRECT.digest([notice(owner=ADA), notice(FIRST_ID, owner=bob)]) is None
    assert DIRECT.digest([notice(owner=ADA), notice(FIRST_ID, owner=ADA)]) is not None


# --- trouble ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (no("channel_not_found"), Refused("slack.channel_not_found", "channel_not_found")),
        (no("invalid_auth"), Refused("slack.invalid_auth", "invalid_auth")),
        (no("is_archived"), Refused("slack.is_archived", "is_archived")),
        (
            no("missing_scope", needed="chat:write", provided="im:write"),
            Refused("slack.missing_scope", "missing_scope; needs the scope chat:write"),
        ),
        (
            no("invalid_blocks", response_metadata={"messages": ["[ERROR] must be <3001 chars"]}),
            Refused("slack.invalid_blocks", "invalid_blocks; [ERROR] must be <3001 chars"),
        ),
        (no("internal_error"), Unreachable("slack.internal_error")),
        (no("fatal_error"), Unreachable("slack.fatal_error")),
        (no("service_unavailable"), Unreachable("slack.service_unavailable")),
        (no("request_timeout"), Unreachable("slack.request_timeout")),
        (
            WrongAnswer(429, {"ok": False, "error": "ratelimited"}, {"retry-after": "17"}),
            Busy(timedelta(seconds=17), '{"ok": false, "error": "ratelimited"}'),
        ),
        (no("ratelimited"), Busy(timedelta(seconds=30), "ratelimited")),
        (WrongAnswer(500, b"oops"), Unreachable("slack.http_500")),
        (WrongAnswer(503, b""), Unreachable("slack.http_503")),
        (WrongAnswer(200, b"<html>"), Unreachable("slack.not_understood")),
        (WrongAnswer(200, b"[]"), Unreachable("slack.not_understood")),
        (WrongAnswer(200, b'{"ok":tr'), Unreachable("slack.not_understood")),
        (WrongAnswer(404, b"<html>gone"), Refused("slack.http_404", "<html>gone")),
        (WrongAnswer(302, b"", {"location": "/x"}), Refused("slack.http_302", "")),
        (WrongAnswer(None), Unreachable("slack.hung_up")),
    ],
)
def test_every_way_to_fail_has_its_meaning(
    slack: SlackApi, fault: WrongAnswer, reply: object
) -> None:
    slack.faults["chat.postMessage"] = [fault]
    assert bot(slack).send(alert()) == reply
    assert slack.messages == []


def test_the_token_is_never_told(slack: SlackApi, caplog: pytest.LogCaptureFixture) -> None:
    faults = [
        no("invalid_auth"),
        WrongAnswer(500, b""),
        WrongAnswer(None),
        WrongAnswer(200, b"?"),
        WrongAnswer(404, b""),
    ]
    slack.faults["chat.postMessage"] = list(faults)
    slack.faults["conversations.history"] = [no("missing_scope", needed="channels:history")]
    with caplog.at_level(logging.DEBUG):
        messenger = bot(slack)
        replies = [repr(messenger.send(alert())) for _ in faults] + [repr(messenger.find(alert()))]
    assert "sEcReT" not in "".join(replies) + caplog.text + repr(messenger)


@pytest.mark.parametrize(
    ("token", "room", "url", "says"),
    [
        ("", ROOM, "https://slack.com/api", "token"),
        (TOKEN, "", "https://slack.com/api", "room"),
        (TOKEN, ROOM, "slack.com/api", "url"),
    ],
)
def test_what_is_missing_is_said_at_once(token: str, room: str, url: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SlackBot(token, room, url=url)
    assert says in caught.value.detail
    assert TOKEN not in caught.value.detail


# --- what was lost ----------------------------------------------------------------------------


def test_a_message_whose_answer_was_lost_is_found(slack: SlackApi) -> None:
    slack.faults["chat.postMessage"] = [WrongAnswer(None, done=True)]
    messenger = bot(slack)
    assert isinstance(messenger.send(alert()), Unreachable)
    (message,) = slack.messages
    assert messenger.find(alert()) == Sent(f"{ROOM}/{message['ts']}")
    assert messenger.find(alert(FIRST_ID)) is None


def test_it_is_found_among_many_of_others(slack: SlackApi) -> None:
    messenger = bot(slack)
    reply = messenger.send(alert())
    for number in range(10):
        messenger.send(alert(f"0195568a-7c00-7abc-8def-{number:012x}"))
    assert messenger.find(alert()) == reply
    assert len(slack.called("conversations.history")) == 4


def test_what_was_posted_long_before_the_lead_came_is_not_looked_at(slack: SlackApi) -> None:
    slack.now = (CAPTURED - timedelta(minutes=2)).timestamp()
    messenger = bot(slack)
    messenger.send(alert())
    assert messenger.find(alert()) is None


def test_a_message_that_is_known_already_is_another_one(slack: SlackApi) -> None:
    messenger = bot(slack)
    first = messenger.send(alert())
    assert isinstance(first, Sent)
    again = alert(alerts=(told(first.ref),))
    assert messenger.find(again) is None
    second = messenger.send(again)
    assert messenger.find(again) == second


def test_a_lead_that_a_digest_told_of_is_told_and_the_digest_stays_as_it_is(
    slack: SlackApi,
) -> None:
    messenger = bot(slack)
    messenger.send(written(WRITER.digest([notice(), notice(FIRST_ID)])))
    assert messenger.find(alert()) == Sent("")
    reminder = WRITER.reminder(notice(handling=Handling(level=1)), None)
    assert messenger.find(reminder.body) is None


def test_what_stands_in_a_thread_is_looked_for_there(slack: SlackApi) -> None:
    messenger = bot(slack)
    first = messenger.send(alert())
    assert isinstance(first, Sent)
    news = written(WRITER.news(notice(owner=ADA), told(first.ref)))
    assert messenger.find(news) is None
    second = messenger.send(news)
    assert messenger.find(news) == second
    bob = Person(name="Bob", email="bob@example.com")
    assert messenger.find(written(WRITER.news(notice(owner=bob), told(first.ref)))) is None


def test_a_direct_message_is_looked_for_among_those(slack: SlackApi) -> None:
    slack.users["ada@example.com"] = "U012ABCDEF"
    messenger = bot(slack, "dm")
    body = DIRECT.alert(notice(owner=ADA)).body
    sent = messenger.send(body)
    assert messenger.find(body) == sent
    assert messenger.find(DIRECT.alert(notice()).body) is None


@pytest.mark.parametrize(
    "fault",
    [no("missing_scope", needed="channels:history"), WrongAnswer(500, b""), WrongAnswer(None)],
)
def test_a_workspace_that_does_not_tell_has_told_nothing(
    slack: SlackApi, fault: WrongAnswer
) -> None:
    messenger = bot(slack)
    messenger.send(alert())
    slack.faults["conversations.history"] = [fault]
    assert messenger.find(alert()) is None


def test_a_change_is_done_again_rather_than_looked_for(slack: SlackApi) -> None:
    messenger = bot(slack)
    reply = messenger.send(alert())
    assert isinstance(reply, Sent)
    message = WRITER.update(notice(owner=ADA), told(reply.ref))
    assert messenger.find(written(message)) is None
    assert slack.called("conversations.history") == []
