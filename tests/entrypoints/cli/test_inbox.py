"""`leadline inbox`: on this machine alone, and what it tells when a press does not arrive."""

import hmac
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from typer.testing import CliRunner

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.connect.inboxing import _people, _print_settings
from leadline.entrypoints.slack_presses import PressSender
from leadline.model.errors import ConfigurationError
from leadline.settings.team.people import MemberConfig
from leadline.settings.top.general import Settings
from leadline.standins.slack_inbox import SlackInbox
from tests.standins.scripted_server import ScriptedServer, answer, unreachable


def refusal(*words: str) -> str:
    result = CliRunner().invoke(app, ["inbox", *words])
    assert isinstance(result.exception, ConfigurationError)
    return result.exception.detail


def test_a_port_that_is_taken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with SlackInbox() as other:
        assert "--port" in refusal("--port", other.url.rpartition(":")[2])


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1:8080", "https://leads.example.com", "http://127.evil.example", "x"]
)
def test_buttons_are_pressed_at_no_server_of_another_machine(url: str) -> None:
    assert "127.0.0.1" in refusal("--to", url)


def test_a_press_is_signed_as_slack_signs_it() -> None:
    with ScriptedServer(answer()) as server:
        assert PressSender(server.endpoint, "secret")({"type": "block_actions"}) == ""
        (request,) = server.requests
    assert request.target == "/slack/actions"
    assert parse_qs(request.body.decode()) == {"payload": ['{"type": "block_actions"}']}
    stamp = request.headers["x-slack-request-timestamp"].encode()
    digest = hmac.digest(b"secret", b"v0:" + stamp + b":" + request.body, "sha256").hex()
    assert request.headers["x-slack-signature"] == f"v0={digest}"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("401 Unauthorized", "another slack_signing_secret"),
        ("404 Not Found", "set slack_signing_secret"),
        ("503 Service Unavailable", "starting"),
        ("500 Internal Server Error", "answered 500"),
    ],
)
def test_why_a_press_was_refused_is_told(status: str, words: str) -> None:
    with ScriptedServer(answer(status)) as server:
        assert words in PressSender(server.endpoint, "secret")({})


def test_a_server_that_is_away_is_told() -> None:
    with unreachable() as url:
        assert "can't be reached" in PressSender(url, "secret")({})


def test_the_settings_are_printed_unless_they_point_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = "http://127.0.0.1:8090/services/T00000000/B00000000/local"
    _print_settings(Settings(), url, "s3")
    printed = capsys.readouterr()
    assert printed.out == f'slack_webhook_url = "{url}"\nslack_signing_secret = "s3"\n'
    assert f"LEADLINE_SLACK_WEBHOOK_URL={url}" in printed.err
    _print_settings(Settings(slack_webhook_url=url), url, "s3")
    assert url in capsys.readouterr().out
    _print_settings(Settings(slack_webhook_url=url, slack_signing_secret=("s3",)), url, "s3")
    assert capsys.readouterr().out == ""


def test_the_people_of_the_settings_press() -> None:
    assert list(_people(Settings()).values()) == ["you"]
    people = {"ada": MemberConfig(slack="U012ABCDEF"), "ben": MemberConfig()}
    assert _people(Settings(people=people)) == {"U012ABCDEF": "ada"}
