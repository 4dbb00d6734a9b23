"""Who presses a button or types a command in Slack is noted before it is done."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from leadline.channels.slack.replies import NOT_SAVED
from leadline.channels.slack.requests import SlashCommand
from leadline.entrypoints.slack_endpoint import NOT_READ, SlackEndpoint, slack_endpoint
from leadline.journey.responding.claiming import CLAIM, SNOOZE, Press
from leadline.model.errors import StorageFailed
from leadline.model.personal_data.privacy import AuditEntry
from leadline.model.staff.people import Person
from leadline.settings.loading import load
from leadline.stores.memory import MemoryStore
from leadline.stores.memory_audit import MemoryAudit
from tests.worlds.leads import HandClock, refined_in

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SETTINGS = '[people.grace]\nslack = "U012"\n'


class FullLog(MemoryAudit):
    """A log that can't be written."""

    def append(self, entries: Sequence[AuditEntry]) -> None:
        raise StorageFailed


@pytest.fixture
def audit() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
def endpoint(tmp_path: Path, audit: MemoryAudit) -> SlackEndpoint:
    (tmp_path / "leadline.toml").write_text(SETTINGS)
    return slack_endpoint(load(folder=tmp_path, environ={}).settings, audit)


def noted(audit: MemoryAudit) -> list[tuple[str, str, str, str]]:
    entries = [one.entry for one in audit.entries()]
    return [(one.actor, one.action, one.subject, one.detail) for one in entries]


def test_a_press_is_noted_by_the_name_in_people_else_the_slack_id(
    endpoint: SlackEndpoint, audit: MemoryAudit, clock: HandClock
) -> None:
    store = MemoryStore(clock)
    lead_id = refined_in(store, clock).id
    for action, user in ((CLAIM, "U012"), (SNOOZE, "U099")):
        pressed = Press(action=action, lead_id=lead_id, user=Person(slack=user, name="Somebody"))
        endpoint.press(store, pressed, AT)
    assert noted(audit) == [
        ("person:grace", "lead.claim", lead_id, ""),
        ("person:U099", "lead.snooze", lead_id, ""),
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "mine"), ("unassigned", "unassigned"), ("away until monday", "away"),
     ("ada@example.com", "other")],
)  # fmt: skip
def test_a_command_is_noted_by_its_word_alone(
    endpoint: SlackEndpoint, audit: MemoryAudit, clock: HandClock, text: str, word: str
) -> None:
    command = SlashCommand(Person(slack="U012"), text)
    endpoint.command(MemoryStore(clock), command, AT, list)
    assert noted(audit) == [("person:grace", "slack.command", "", word)]


def test_what_cannot_be_noted_is_not_done(endpoint: SlackEndpoint, clock: HandClock) -> None:
    full = msgspec.structs.replace(endpoint, audit=FullLog())
    store = MemoryStore(clock)
    lead_id = refined_in(store, clock).id
    pressed = Press(action=CLAIM, lead_id=lead_id, user=Person(slack="U012"))
    assert full.press(store, pressed, AT) is NOT_SAVED
    assert store.handling([lead_id]) == {}
    answer = full.command(store, SlashCommand(Person(slack="U012")), AT, list)
    assert NOT_READ in msgspec.json.decode(answer)["text"]
