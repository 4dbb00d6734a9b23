"""What `doctor` contacts, and which settings it finds that can never work."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from leadline.entrypoints.cli.doctor.contacts import check_contacts
from leadline.entrypoints.cli.doctor.settings import (
    check_form_of_secrets,
    check_rules,
    check_teams,
)
from leadline.entrypoints.cli.look._state import Check
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from tests.standins.mail_server import (
    PASSWORD,
    USER,
    MailServerStandIn,
    knows_us,
    mail_server,
)
from tests.standins.ports import free_port
from tests.standins.slack_api import TOKEN, SlackApi, WrongAnswer, no


def settings(text: str) -> Settings:
    return load(environ={}, document=(text, "leadline.toml")).settings


def contacts(text: str, *, offline: bool = False) -> list[Check]:
    return check_contacts(settings(text), offline=offline)


def bot(url: str) -> str:
    return f'[channels.sales]\nkind = "slack-bot"\ntoken = "{TOKEN}"\nroom = "C0"\nurl = "{url}"\n'


def mail(port: int, password: str = PASSWORD) -> str:
    return (
        f'[channels.mail]\nkind = "email"\nserver = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        f'user = "{USER}"\ntoken = "{password}"\nsender = "leads@example.com"\n'
        'to = ["sales@example.com"]\n'
    )


def test_a_slack_bot_is_asked_who_it_is_and_nothing_is_posted() -> None:
    with SlackApi() as slack:
        (bot_is, _clock) = contacts(bot(slack.url))
        assert bot_is == ("ok", "channel sales", "it answers, and accepts the credentials")
        slack.faults["auth.test"] = [no("invalid_auth"), WrongAnswer(503)]
        refused, *_ = contacts(bot(slack.url))
        assert refused[0] == "WRONG"
        assert "invalid_auth" in refused[2]
        slack.faults["auth.test"].insert(0, no(f"{TOKEN} is revoked"))
        refused, *_ = contacts(bot(slack.url))
        assert "is revoked" in refused[2]
        assert TOKEN not in refused[2]
        down, *_ = contacts(bot(slack.url))
        assert (down[0], "http_503" in down[2]) == ("WRONG", True)
        assert {call.method for call in slack.calls} == {"auth.test"}
        assert slack.complaints == []


def test_a_mail_server_is_logged_in_to_and_gets_no_message() -> None:
    room = MailServerStandIn()
    more: dict[str, Any] = {"authenticator": knows_us, "auth_require_tls": False}
    with mail_server(room, **more):
        assert contacts(mail(room.port)) == [
            ("ok", "channel mail", "it answers, and accepts the credentials")
        ]
        ((state, what, words),) = contacts(mail(room.port, "another"))
        assert (state, what) == ("WRONG", "channel mail")
        assert "535" in words
    assert room.messages == []
    assert contacts(mail(free_port()))[0][0] == "WRONG"


def test_what_only_a_message_can_try_is_said_not_to_be_contacted() -> None:
    text = (
        f'[channels.bus]\nkind = "webhook"\nurl = "http://127.0.0.1:{free_port()}"\n'
        'secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"\n'
    )
    ((state, what, words),) = contacts(text)
    assert (state, what) == ("note", "channel bus")
    assert words.startswith("not contacted: only a message can try it: `leadline deliver test bus`")


def test_offline_nothing_is_contacted() -> None:
    with SlackApi() as slack:
        text = bot(slack.url) + '[crm.close]\ntoken = "api_0"\n'
        assert contacts(text, offline=True) == [
            ("note", "channel sales", "not contacted (--offline)"),
            ("note", "CRM of close", "not contacted (--offline)"),
        ]
        assert slack.calls == []


class _LateServer(BaseHTTPRequestHandler):
    ahead = timedelta()

    def do_POST(self) -> None:
        body = b'{"ok": true}'
        self.send_response_only(200)
        now = datetime.now(UTC) + self.ahead
        self.send_header("date", format_datetime(now, usegmt=True))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def late_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _LateServer)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("ahead", "state", "words"),
    [
        (timedelta(hours=2), "WRONG", "s behind the servers"),
        (timedelta(hours=-2), "WRONG", "s ahead of the servers"),
        (timedelta(seconds=-60), "note", "s ahead of the servers"),
    ],
)
def test_a_clock_that_differs_from_that_of_others_is_told(
    late_server: str, monkeypatch: pytest.MonkeyPatch, ahead: timedelta, state: str, words: str
) -> None:
    monkeypatch.setattr(_LateServer, "ahead", ahead)
    clock = contacts(bot(late_server))[-1]
    assert clock[:2] == (state, "clock of others")
    assert words in clock[2]


@pytest.mark.parametrize(
    ("source", "secret", "words"),
    [
        ("close", "not-hex-at-all-0123", "in hex"),
        ("standard_webhooks", "whsec_AbC-_wxyzAbCdEfGhIjKlMnOpQrStUv0", "URL-safe"),
        ("hubspot", "changeme", "placeholder"),
        ("hubspot", "your-client-secret", "placeholder"),
        ("hubspot", "<client secret>", "placeholder"),
        ("typeform", "'a-long-random-word'", "quotation marks"),
        ("typeform", "two\\tparts-of-a-word", "control character"),
    ],
)
def test_secrets_that_can_never_work_are_told_without_the_secret(
    source: str, secret: str, words: str
) -> None:
    ((state, _, found),) = check_form_of_secrets(
        settings(f'[sources.{source}]\nsecret = ["{secret}"]')
    )
    assert state == "WRONG"
    assert found.startswith(f"sources.{source}.secret: ")
    assert words in found
    assert secret not in found


@pytest.mark.parametrize(
    "text",
    [
        '[sources.close]\nsecret = "00ff00ff"',
        '[sources.standard_webhooks]\nsecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"',
        '[sources.hubspot]\nsecret = "cbd5a6f2-9a1f-4a1e"',
        '[sources.form]\npublic = "yes"',
        'metrics_token = "kPz7ZyQvLx0w"',
    ],
)
def test_secrets_that_may_work_are_not_told(text: str) -> None:
    assert check_form_of_secrets(settings(text)) == []


def test_secrets_of_channels_and_crms_are_looked_at_too() -> None:
    text = '[crm.close]\ntoken = "your-api-key"\n' + bot("http://127.0.0.1:9").replace(
        TOKEN, "xoxb-…"
    )
    found = [words for _, _, words in check_form_of_secrets(settings(text))]
    assert found == [
        "crm.close.token: it is a placeholder",
        "channels.sales.token: it is a placeholder",
    ]


def test_rules_that_are_never_used_are_noted() -> None:
    text = bot("http://127.0.0.1:9") + (
        '[rules.all]\nchannels = "sales"\n[rules.large]\nmin_score = 50\nchannels = "sales"\n'
    )
    assert check_rules(settings(text)) == [
        ("note", "rules", "large is never used: all before it matches whenever it does")
    ]
    assert check_rules(settings("")) == []


def test_no_file_is_read_or_made_by_these_checks(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert check_contacts(Settings(data=tmp_path / "x"), offline=False) == []
    assert list((tmp_path / "x").iterdir()) == []


def test_a_team_without_a_fallback_fails_unless_its_leads_wait() -> None:
    text = (
        '[people.ada]\nzone = "UTC"\n[rules.all]\nteam = "dach"\n[teams.dach]\npeople = ["ada"]\n'
    )
    told = check_teams(settings(text))
    assert [(level, what) for level, what, _ in told] == [
        ("WRONG", "team dach"),
        ("note", "person ada"),
    ]
    assert check_teams(settings(text + 'fallback = "queue"\n'))[0][0] == "note"
    known = text.replace("[people.ada]", '[people.ada]\nslack = "U0ADA"')
    assert check_teams(settings(known + 'fallback = "queue"\n')) == [("ok", "teams", "1 team")]
    assert check_teams(settings("")) == []
