"""The mail client against a real mail server on this machine that misbehaves on demand."""

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from leadline.channels.email.message import EmailWriter
from leadline.channels.email.smtp import MailServer, SmtpMessenger
from leadline.model.errors import ConfigurationError
from leadline.net import sockets
from leadline.ports.channel import NO_OWNER, Notice
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable
from tests.channels.leads import CAPTURED, lead
from tests.standins.mail_server import (
    PASSWORD,
    USER,
    DrippingServer,
    MailServerStandIn,
    Taken,
    hangs_up,
    knows_us,
    mail_server,
    says,
    says_nothing,
)
from tests.standins.ports import free_port
from tests.standins.scripted_server import certificate

TO = ("sales@example.com", "boss@example.com")
NOTICE = Notice(lead=lead(message=".\n..dots at the start\n.\nFrom here"), now=CAPTURED)
MESSAGE = EmailWriter("mail", "Leads <leads@example.com>", TO).alert(NOTICE).body
MESSAGE_ID = str(message_from_bytes(MESSAGE)["Message-ID"])


def send(taken: Taken | None = None, timeout: float = 5.0, **changes: Any) -> object:
    room = MailServerStandIn(taken)
    for name, value in changes.items():
        setattr(room, name, value)
    with mail_server(room):
        return SmtpMessenger(room.server(), timeout).send(MESSAGE)


def test_a_message_arrives_as_it_was_written() -> None:
    room = MailServerStandIn()
    with mail_server(room):
        messenger: Messenger = SmtpMessenger(room.server())
        assert messenger.send(MESSAGE) == Sent(MESSAGE_ID)
        assert messenger.find(MESSAGE) is None
    assert room.messages == [([*TO], MESSAGE)]
    text = message_from_bytes(room.messages[0][1], policy=policy.SMTP).get_body(["plain"])
    assert text is not None
    assert "> .\n> ..dots at the start\n> .\n> From here" in text.get_content().replace("\r", "")


def test_every_attempt_has_the_same_message_id() -> None:
    room = MailServerStandIn(hangs_up)
    with mail_server(room):
        first = SmtpMessenger(room.server()).send(MESSAGE)
        room._taken = None
        assert SmtpMessenger(room.server()).send(MESSAGE) == Sent(MESSAGE_ID)
    assert first == Unreachable("smtp.hung_up")
    assert room.attempts == 2


def test_it_greets_by_the_address_that_it_speaks_from() -> None:
    room = MailServerStandIn()
    with mail_server(room):
        SmtpMessenger(room.server()).send(MESSAGE)
    assert room.greeted == ["[127.0.0.1]"]


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("452 4.3.1 Insufficient system storage", Unreachable),
        ("421 4.3.2 Closing for maintenance", Unreachable),
        ("451 4.7.1 Greylisted, try again in 300 seconds", Unreachable),
        ("454 Throttling failure: Maximum sending rate exceeded.", Busy),
        ("432 4.3.2 Concurrent connections limit exceeded", Busy),
    ],
)
def test_what_the_server_can_not_do_now_may_pass_later(answer: str, reply: type) -> None:
    told = send(says(answer))
    assert isinstance(told, reply)
    assert isinstance(told, Busy | Unreachable)
    assert answer in told.words


def test_a_refusal_for_good_keeps_the_servers_own_words() -> None:
    assert send(says("550 5.7.1 Message rejected as spam")) == Refused(
        "smtp.550", "550 5.7.1 Message rejected as spam"
    )
    assert send(says("554 No")) == Refused("smtp.554", "554 No")


def test_the_words_are_shortened_and_name_no_address() -> None:
    told = send(
        says("550 5.1.1 <sales@example.com>: unknown, ask postmaster@example.com" + "x" * 400)
    )
    assert isinstance(told, Refused)
    assert "@" not in told.words
    assert "550 5.1.1 <…>: unknown, ask …" in told.words
    assert len(told.words) <= 200


def test_a_sender_that_is_refused_is_refused() -> None:
    assert send(sender_answer="550 5.7.1 Not you") == Refused("smtp.550", "550 5.7.1 Not you")
    assert send(sender_answer="451 Not now") == Unreachable("smtp.451 Not now")


def test_mail_that_some_recipients_get_has_arrived(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert send(refuses={TO[0]: "550 5.1.1 No such user"}) == Sent(MESSAGE_ID)
    (record,) = [r for r in caplog.records if r.name == "leadline.channels.email.smtp"]
    assert record.message == "smtp.some_refused"
    assert vars(record)["count"] == 1
    assert vars(record)["status"] == "550"
    assert "@" not in caplog.text


@pytest.mark.parametrize(
    ("answers", "reply"),
    [
        (("550 No such user", "550 No such user"), Refused("smtp.550", "550 No such user")),
        (("550 No such user", "452 Mailbox full"), Unreachable("smtp.452 Mailbox full")),
    ],
)
def test_mail_that_no_recipient_gets_may_pass_later_if_anybodys_may(
    answers: tuple[str, str], reply: object
) -> None:
    assert send(refuses=dict(zip(TO, answers, strict=True))) == reply


def test_mail_for_nobody_is_refused_without_a_call() -> None:
    writer = EmailWriter("mail", "leads@example.com", ["owner"])
    message = writer.alert(Notice(lead=lead(owner=None), now=CAPTURED)).body
    reply = SmtpMessenger(MailServer("127.0.0.1", free_port())).send(message)
    assert isinstance(reply, Refused)
    assert reply.reason == NO_OWNER


def test_silence_is_cut_in_time() -> None:
    began = time.monotonic()
    assert send(says_nothing, 0.4) == Unreachable("smtp.DeadlineExceeded")
    assert 0.3 < time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("first", "drop"),
    [(b"", b"2"), (b"", b"220-more\r\n"), (b"220 here\r\n", b"2"), (b"220 here\r\n250-", b"x")],
    ids=["greeting", "greetings", "answer", "line"],
)
def test_the_whole_call_ends_in_time_however_slowly_the_words_drip(
    first: bytes, drop: bytes
) -> None:
    with DrippingServer(first, drop) as server:
        began = time.monotonic()
        where = MailServer("127.0.0.1", server.port, "none")
        reply = SmtpMessenger(where, timeout=0.4).send(MESSAGE)
        took = time.monotonic() - began
    assert reply == Unreachable("smtp.DeadlineExceeded")
    assert 0.3 < took < 2


def test_who_hangs_up_at_once_is_unreachable() -> None:
    with DrippingServer(b"", b"", 0.01) as server:
        server._over.set()
        where = MailServer("127.0.0.1", server.port, "none")
        assert SmtpMessenger(where, 3).send(MESSAGE) == Unreachable("smtp.hung_up")


@pytest.mark.parametrize("server", ["127.0.0.1", "localhost"])
def test_nobody_at_the_other_end_is_no_refusal(server: str) -> None:
    reply = SmtpMessenger(MailServer(server, free_port(), "none"), 3).send(MESSAGE)
    assert reply == Unreachable("smtp.ConnectionRefusedError")


def test_a_server_that_refuses_to_talk_is_told_by_its_words() -> None:
    with DrippingServer(b"554 5.3.2 No mail here\r\n", b"") as server:
        where = MailServer("127.0.0.1", server.port, "none")
        assert SmtpMessenger(where, 3).send(MESSAGE) == Refused(
            "smtp.554", "554 5.3.2 No mail here"
        )


# --- TLS and login ------------------------------------------------------------------------------


@contextmanager
def trust(file: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", file)
    monkeypatch.setenv("SSL_CERT_DIR", "/nonexistent")
    sockets.trust.cache_clear()
    yield
    sockets.trust.cache_clear()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_handed_in_over_tls_after_login(
    security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path, "127.0.0.1")
    room = MailServerStandIn()
    implicit = security == "tls"
    options = {"implicit": implicit, "authenticator": knows_us, "auth_require_tls": not implicit}
    with trust(made[0], monkeypatch), mail_server(room, tls=made, **options):
        where = room.server(security=security, user=USER, password=PASSWORD)
        assert SmtpMessenger(where).send(MESSAGE) == Sent(MESSAGE_ID)
    assert room.logins == [USER]
    assert room.secure == [True]


def test_a_wrong_password_is_told_by_the_servers_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path, "127.0.0.1")
    room = MailServerStandIn()
    with trust(made[0], monkeypatch), mail_server(room, tls=made, authenticator=knows_us):
        where = room.server(security="starttls", user=USER, password="wr0ng-passw0rd")
        reply = SmtpMessenger(where).send(MESSAGE)
    assert isinstance(reply, Refused)
    assert reply.reason == "smtp.535"
    assert "wr0ng" not in repr(reply)
    assert room.attempts == 0


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["127.0.0.1", "mail.example.com"])
def test_who_can_not_prove_to_be_the_server_gets_no_mail(
    security: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forgery with the right name, and a certificate that is trusted with another name."""
    for folder in ("ours", "theirs"):
        (tmp_path / folder).mkdir()
    theirs = certificate(tmp_path / "theirs", name)
    known = certificate(tmp_path / "ours", "127.0.0.1") if name == "127.0.0.1" else theirs
    room = MailServerStandIn()
    implicit = security == "tls"
    with trust(known[0], monkeypatch), mail_server(room, tls=theirs, implicit=implicit):
        where = room.server(security=security, user=USER, password=PASSWORD)
        reply = SmtpMessenger(where, 3).send(MESSAGE)
    assert reply == Unreachable("smtp.certificate_not_trusted")
    assert room.attempts == 0


def test_without_starttls_nothing_is_sent() -> None:
    room = MailServerStandIn()
    with mail_server(room):
        where = room.server(security="starttls", user=USER, password=PASSWORD)
        assert SmtpMessenger(where).send(MESSAGE) == Unreachable("smtp.starttls_not_offered")
    assert room.attempts == 0
    assert room.secure == []


def test_a_server_that_asks_nobody_to_log_in_is_not_told_the_password() -> None:
    room = MailServerStandIn()
    with mail_server(room):
        where = room.server(user=USER, password=PASSWORD)
        assert SmtpMessenger(where).send(MESSAGE) == Unreachable("smtp.login_not_offered")
    assert room.attempts == 0


def test_a_password_does_not_leave_this_machine_in_the_clear() -> None:
    far = MailServer("mail.example.com", 25, "none", USER, PASSWORD)
    with pytest.raises(ConfigurationError, match=r"^channels.mail.security must be") as caught:
        SmtpMessenger(far, setting="channels.mail")
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(far)


def test_the_password_is_in_no_word(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
        where = MailServer("localhost", port, "none", USER, PASSWORD)
        reply = SmtpMessenger(where, 0.3).send(MESSAGE)
    assert isinstance(reply, Unreachable)
    assert PASSWORD not in repr(reply) + caplog.text
