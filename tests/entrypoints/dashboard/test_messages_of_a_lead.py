"""LEAD: what each channel says of the lead, as text, for each kind of channel, and the attempts."""

import re
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.installations.accounts import accounts_of
from leadline.model.staff.accounts import UserRole
from leadline.model.task import Alert, Done, Retry, Step, Task
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.dashboard import Browser, known_as
from tests.worlds.dashboard_leads import Staged, office
from tests.worlds.leads import HandClock, lease_task, settle

SETTINGS = """
[channels.slack]
kind = "slack-webhook"
url = "https://hooks.slack.com/services/T/B/x"
[channels.bot]
kind = "slack-bot"
token = "xoxb-1-secret"
room = "C0SALES"
[channels.mail]
kind = "email"
server = "smtp.example.com"
sender = "leads@example.com"
to = "sales@example.com"
[channels.hook]
kind = "webhook"
url = "https://hooks.example.com/leads"
secret = "whsec_dGhpcnR5LXR3byBvY3RldHMgb2YgYSBzZWNyZXQsICE="
"""


@pytest.fixture
def made(tmp_path: Path, clock: HandClock) -> Staged:
    (tmp_path / "leadline.toml").write_text(SETTINGS)
    staged = office(tmp_path, clock)
    lead_id = staged.ids["told"]
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        for name in ("bot", "mail", "hook"):
            store.put([Task(Step.NOTIFY, lead_id, name)], clock.now)
            alert = Alert(lead_id, name, clock.now, "new_lead/1", ref=f"ref-of-{name}")
            assert settle(store, lease_task(store, Step.NOTIFY, name), Done(alert=alert))
        store.put([Task(Step.UPDATE, lead_id, "bot")], clock.now)
        failed = Retry(timedelta(hours=1), why="slack.http_503")
        assert settle(store, lease_task(store, Step.UPDATE, "bot"), failed)
    return staged


def page(made: Staged, role: UserRole = UserRole.OPERATOR) -> str:
    accounts = accounts_of(made.installation.loaded().settings)
    app = create_app(Dashboard(made.installation, accounts, made.clock, known_as("ada", role)))
    shown = Browser(app).get(f"/leads/{made.ids['told']}")
    assert shown.status == 200
    return unescape(shown.text)


def message_of(text: str, channel: str) -> str:
    (found,) = re.findall(rf'<pre [^>]*aria-label="Message of {channel}">(.*?)</pre>', text, re.S)
    return str(found)


@pytest.mark.parametrize("channel", ["slack", "bot", "mail", "hook"])
def test_each_channel_shows_what_it_would_say_now_without_secrets(
    made: Staged, channel: str
) -> None:
    message = message_of(page(made), channel)
    assert "Ada Vance" in message
    assert "ada.vance@example.com" in message
    assert "secret" not in message
    assert "xoxb" not in message


def test_an_email_has_its_addressee_and_subject_and_blocks_of_slack_are_text(
    made: Staged,
) -> None:
    assert "To: sales@example.com\nSubject: " in message_of(page(made), "mail")
    assert '"blocks"' not in message_of(page(made), "bot")


@pytest.mark.parametrize("channel", ["slack", "bot", "mail", "hook"])
def test_a_viewer_sees_the_messages_masked(made: Staged, channel: str) -> None:
    message = message_of(page(made, UserRole.VIEWER), channel)
    for word in ("Vance", "ada.vance", "555-0100"):
        assert word not in message


def test_attempts_are_listed_with_their_answers(made: Staged) -> None:
    text = " ".join(re.sub("<[^>]+>", " ", page(made)).split())
    rows = text.partition("When Step Channel Result Answer")[2]
    assert re.search(r"\S+ notify bot accepted ref-of-bot", rows)
    assert re.search(r"\S+ update – failed slack.http_503", rows)
    assert "what was sent stands with the attempts" in text
