"""`leadline deliver test CHANNEL`: a marked test goes out at once, and the answer is told."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from leadline.cloud.session import Cloud
from leadline.installations.on_aws import OnAws
from leadline.standins.slack_inbox import SlackInbox
from tests.standins.command_line import run
from tests.standins.mail_server import MailServerStandIn, mail_server, says
from tests.standins.message_rules import read_email
from tests.standins.scripted_server import ScriptedServer, answer


def deliver_test(
    folder: Path, settings: str, *arguments: str, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    (folder / "leadline.toml").write_text(settings)
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1", **(environ or {})}
    return run(["deliver", "test", *arguments], environment, folder)


def mail_settings(room: MailServerStandIn, to: str) -> str:
    return f"""
[people.ann]
email = "ann@elsewhere.example"
[channels.mail]
kind = "email"
server = "127.0.0.1"
port = {room.port}
security = "none"
sender = "leads@example.com"
to = [{to}]
"""


def test_a_test_arrives_marked_and_nothing_is_stored(tmp_path: Path) -> None:
    with SlackInbox() as slack:
        done = deliver_test(tmp_path, f'slack_webhook_url = "{slack.webhook_url}"', "slack")
        (message,) = slack.messages
    assert done.returncode == 0, done.stderr
    assert done.stderr == "slack: accepted\n"
    assert message["text"].startswith("🧪 Test: ")
    assert [path.name for path in tmp_path.iterdir()] == ["leadline.toml"]


def test_mail_for_owners_needs_somebody_to_go_to(tmp_path: Path) -> None:
    room = MailServerStandIn()
    with mail_server(room):
        settings = mail_settings(room, '"owner"')
        nobody = deliver_test(tmp_path, settings, "mail")
        member = deliver_test(tmp_path, settings, "mail", "--owner", "ann")
        other = deliver_test(tmp_path, settings, "mail", "--owner", "ben@elsewhere.example")
    assert nobody.returncode == 1
    assert "name one with --owner" in nobody.stderr
    assert (member.returncode, other.returncode) == (0, 0), member.stderr + other.stderr
    assert [to for to, _ in room.messages] == [["ann@elsewhere.example"], ["ben@elsewhere.example"]]
    message = read_email(room.messages[0][1])
    assert message["Subject"] == "Test: New lead: Ada Example, Example & Sons"
    assert f"accepted as {message['Message-ID']}" in member.stderr


@pytest.mark.parametrize("json_wanted", [False, True])
def test_what_did_not_arrive_is_told_in_the_destinations_words(
    tmp_path: Path, json_wanted: bool
) -> None:
    room = MailServerStandIn(says("550 5.7.1 Not from here"))
    with mail_server(room):
        settings = mail_settings(room, '"sales@example.com"')
        done = deliver_test(tmp_path, settings, "mail", *(["--json"] if json_wanted else []))
    assert done.returncode == 1
    if json_wanted:
        assert json.loads(done.stdout) == {
            "channel": "mail",
            "arrived": False,
            "refused": {"reason": "smtp.550", "words": "550 5.7.1 Not from here"},
        }
    else:
        assert done.stderr == "mail: permanently refused, smtp.550: 550 5.7.1 Not from here\n"


def test_a_busy_destination_and_a_silent_one_did_not_take_it(tmp_path: Path) -> None:
    busy = answer("429 Too Many Requests", b"", "retry-after: 7", then="close")
    with ScriptedServer(busy, answer("503 Unavailable", then="close")) as server:
        settings = f'[channels.desk]\nkind = "teams"\nurl = "{server.endpoint}/x"'
        told = [deliver_test(tmp_path, settings, "desk") for _ in range(2)]
    assert [done.returncode for done in told] == [1, 1]
    assert [done.stderr for done in told] == [
        "desk: busy, retry after 7 s\n",
        "desk: not reached, teams.http_503\n",
    ]


def test_a_channel_that_there_is_not_is_a_wrong_command(tmp_path: Path) -> None:
    settings = '[channels.desk]\nkind = "teams"\nurl = "https://x.example/"'
    done = deliver_test(tmp_path, settings, "dsek")
    assert done.returncode == 2
    assert done.stderr == "leadline: there is no channel 'dsek' (there are: desk)\n"


def test_a_stacks_mail_is_sent_with_the_operators_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The functions have a role for it; an operator has whatever boto3 finds."""
    boto3 = pytest.importorskip("boto3")
    from leadline.cloud.connecting import ConnectedStack

    session = boto3.Session("AKIAOPERATOR", "secret", "token", region_name="eu-west-1")
    installation = OnAws(ConnectedStack("leads", Cloud("1", "eu-west-1", "", session), {}, {}))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.setenv(name, "before")
    installation.lend_credentials("")
    assert os.environ["AWS_ACCESS_KEY_ID"] == "AKIAOPERATOR"
    assert os.environ["AWS_REGION"] == "eu-west-1"
    installation.lend_credentials("us-east-1")
    assert os.environ["AWS_REGION"] == "us-east-1"
