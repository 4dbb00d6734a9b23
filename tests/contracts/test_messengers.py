"""Every messenger keeps the words of `ports.messenger.Messenger`, against servers on loopback."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import NamedTuple

import pytest

from leadline.channels.apprise.plain import PlainWriter
from leadline.channels.apprise.send import AppriseMessenger
from leadline.channels.email.message import EmailWriter
from leadline.channels.email.ses import SesMessenger
from leadline.channels.email.smtp import MailServer, SmtpMessenger
from leadline.channels.pagerduty.events import PagerDutyWriter
from leadline.channels.pagerduty.post import PagerDutyEvents
from leadline.channels.slack.bot import SlackBot
from leadline.channels.slack.webhook import SlackWebhook
from leadline.channels.slack.writer import SlackWriter
from leadline.channels.teams.card import TeamsWriter
from leadline.channels.teams.post import TeamsWorkflow
from leadline.channels.webhook.events import EventWriter
from leadline.channels.webhook.post import WebhookMessenger
from leadline.net.aws.signing import Keys
from leadline.ports.channel import Notice, Writer
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable
from tests.channels.leads import CAPTURED, lead
from tests.standins.mail_server import MailServerStandIn, hangs_up, mail_server, says, says_nothing
from tests.standins.ports import free_port
from tests.standins.scripted_server import Answer, ScriptedServer, answer

SECRET = "s3cretOfTheChannel0123456789abcd"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
NOTICE = Notice(lead=lead(), now=CAPTURED)
MAIL = EmailWriter("mail", "leads@example.com", ["sales@example.com"])


class MessengerKind(NamedTuple):
    """One messenger: *make* gets the base URL of a server (for mail: its port) and a timeout."""

    writer: Writer
    make: Callable[[str, float], Messenger]
    accepts: Answer | None = None
    refuses: Answer | None = None
    words: str = ""
    """The destination's own, as they stand in a refusal."""
    heard: str = SECRET
    """What the destination hears that is to be told to nobody."""


def url(base: str) -> str:
    return f"{base}/hooks/{SECRET}?key={SECRET}"


def keys() -> Keys:
    return Keys("AKIAEXAMPLE", SECRET, TOKEN)


HTTP = {
    "slack-webhook": MessengerKind(
        SlackWriter(),
        lambda base, timeout: SlackWebhook(url(base), timeout),
        answer("200 OK", b"ok", then="close"),
        answer("404 Not Found", b"no_service", then="close"),
        "no_service",
    ),
    "slack-bot": MessengerKind(
        SlackWriter(bot=True, room="C012ABCDEF"),
        lambda base, timeout: SlackBot(SECRET, "C012ABCDEF", timeout, base),
        answer("200 OK", b'{"ok":true,"channel":"C012ABCDEF","ts":"1.2"}', then="close"),
        answer("200 OK", b'{"ok":false,"error":"channel_not_found"}', then="close"),
        "channel_not_found",
    ),
    "webhook": MessengerKind(
        EventWriter("hook"),
        lambda base, timeout: WebhookMessenger(url(base), [WHSEC], timeout),
        answer("204 No Content", then="close"),
        answer("410 Gone", b"unsubscribed", then="close"),
        "unsubscribed",
    ),
    "teams": MessengerKind(
        TeamsWriter(),
        lambda base, timeout: TeamsWorkflow(url(base), timeout),
        answer("202 Accepted", then="close"),
        answer("400 Bad Request", b'{"error":{"code":"TriggerInputSchemaMismatch"}}', then="close"),
        "TriggerInputSchemaMismatch",
    ),
    "pagerduty": MessengerKind(
        PagerDutyWriter(),
        lambda base, timeout: PagerDutyEvents(SECRET, f"{base}/v2/enqueue", timeout),
        answer("202 Accepted", b'{"status":"success","dedup_key":"x"}', then="close"),
        answer(
            "400 Bad Request", b'{"status":"invalid event","errors":["no source"]}', then="close"
        ),
        "invalid event",
    ),
    "ses": MessengerKind(
        MAIL,
        lambda base, timeout: SesMessenger("eu-west-1", keys, base, timeout),
        answer("200 OK", b'{"MessageId":"0102018d-1-000000"}', then="close"),
        answer(
            "400 Bad Request",
            b'{"message":"Email address is not verified: sales@example.com"}',
            "x-amzn-errortype: MessageRejected:http://internal.amazon.com/",
            then="close",
        ),
        "Email address is not verified",
        heard=TOKEN,
    ),
    "apprise": MessengerKind(
        PlainWriter(),
        lambda base, timeout: AppriseMessenger(url(base).replace("http:", "json:"), timeout),
        answer("200 OK", b"ok", then="close"),
    ),
}
SMTP = MessengerKind(
    MAIL, lambda port, timeout: SmtpMessenger(MailServer("127.0.0.1", int(port), "none"), timeout)
)
KINDS = {**HTTP, "email": SMTP}
Server = Callable[[], AbstractContextManager[str]]


@contextmanager
def http(told: Answer) -> Iterator[str]:
    with ScriptedServer(told) as server:
        yield server.endpoint


@contextmanager
def mail(room: MailServerStandIn) -> Iterator[str]:
    with mail_server(room):
        yield str(room.port)


def deliver(name: str, server: AbstractContextManager[str], timeout: float = 5.0) -> object:
    kind = KINDS[name]
    with server as where:
        return kind.make(where, timeout).send(kind.writer.alert(NOTICE).body)


def accepting(name: str) -> AbstractContextManager[str]:
    accepts = KINDS[name].accepts
    return mail(MailServerStandIn()) if accepts is None else http(accepts)


each = pytest.mark.parametrize("name", KINDS)
over_http = pytest.mark.parametrize("name", HTTP)


@each
def test_what_is_accepted_was_sent(name: str) -> None:
    assert isinstance(deliver(name, accepting(name)), Sent)


@pytest.mark.parametrize("name", ["slack-bot", "webhook", "pagerduty", "ses", "email"])
def test_by_what_a_message_is_found_again_is_kept(name: str) -> None:
    sent = deliver(name, accepting(name))
    assert isinstance(sent, Sent)
    assert sent.ref


@pytest.mark.parametrize("name", [n for n in KINDS if n != "slack-bot"])
def test_who_can_not_be_asked_what_arrived_says_so(name: str) -> None:
    kind = KINDS[name]
    with accepting(name) as where:
        assert kind.make(where, 5).find(kind.writer.alert(NOTICE).body) is None


@pytest.mark.parametrize("name", [n for n in KINDS if n not in ("apprise", "ses", "email")])
def test_a_busy_destination_is_left_alone_for_as_long_as_it_asks(name: str) -> None:
    busy = answer("429 Too Many Requests", b"slower", "retry-after: 7", then="close")
    told = deliver(name, http(busy))
    assert isinstance(told, Busy)
    assert told.after == timedelta(seconds=7)


def test_mail_that_comes_too_fast_makes_a_pause_too() -> None:
    throttled = answer(
        "429 Too Many Requests",
        b'{"message":"Maximum sending rate exceeded."}',
        "x-amzn-errortype: TooManyRequestsException",
        then="close",
    )
    for told in (
        deliver("ses", http(throttled)),
        deliver(
            "email",
            mail(MailServerStandIn(says("454 Throttling failure: Maximum sending rate exceeded"))),
        ),
    ):
        assert isinstance(told, Busy)
        assert told.after >= timedelta(seconds=1)
        assert "Maximum sending rate exceeded" in told.words


@over_http
@pytest.mark.parametrize("status", ["500 Oops", "503 Unavailable"])
def test_trouble_on_the_other_side_may_pass(name: str, status: str) -> None:
    assert isinstance(deliver(name, http(answer(status, b"oops", then="close"))), Unreachable)


@pytest.mark.parametrize("name", [n for n, kind in HTTP.items() if kind.refuses])
def test_a_refusal_for_good_keeps_the_destinations_own_words(name: str) -> None:
    refuses = HTTP[name].refuses
    assert refuses is not None
    told = deliver(name, http(refuses))
    assert isinstance(told, Refused)
    assert HTTP[name].words in told.words
    assert "@" not in told.words


def test_a_refusal_by_a_mail_server_keeps_its_words() -> None:
    told = deliver("email", mail(MailServerStandIn(says("550 5.7.1 No thanks, sales@example.com"))))
    assert told == Refused("smtp.550", "550 5.7.1 No thanks, …")


@each
def test_silence_is_cut_in_time(name: str) -> None:
    silent = mail(MailServerStandIn(says_nothing)) if name == "email" else http(Answer([], "hang"))
    began = time.monotonic()
    told = deliver(name, silent, 0.4)
    assert isinstance(told, Unreachable)
    assert 0.1 < time.monotonic() - began < 5


@each
def test_who_hangs_up_before_the_answer_is_not_taken_to_have_accepted(name: str) -> None:
    rude = mail(MailServerStandIn(hangs_up)) if name == "email" else http(Answer([], "close"))
    assert isinstance(deliver(name, rude), Unreachable)


@each
def test_nobody_at_the_other_end_is_no_refusal(name: str) -> None:
    port = free_port()
    where = str(port) if name == "email" else f"http://127.0.0.1:{port}"
    kind = KINDS[name]
    assert isinstance(kind.make(where, 3).send(kind.writer.alert(NOTICE).body), Unreachable)


@over_http
@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "429 Slower", "500 Oops"])
def test_secrets_and_addresses_are_told_to_nobody(
    name: str, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    heard = HTTP[name].heard
    echo = f"no such thing at /hooks/{heard}?key={heard} for sales@example.com".encode()
    with caplog.at_level(logging.DEBUG):
        replies = [
            deliver(name, http(answer(status, echo, then="close"))),
            deliver(name, http(Answer([b"HTTP/1.1 200 OK\r\ncontent-le"], "close"))),
        ]
    text = repr(replies) + caplog.text
    assert heard not in text
    assert SECRET not in text
    assert WHSEC not in text
    assert "sales@example.com" not in text
