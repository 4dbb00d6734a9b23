"""A privacy deletion in the CRM: the person leaves what is kept here, on every store."""

import json
from collections.abc import Iterator
from datetime import timedelta
from errno import EACCES
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.traits import traits_of
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.journey.receiving.telling_apart import telling_apart
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.follow_up import look_up_due
from leadline.kit import Kit
from leadline.model.lead import Delivery, Fate
from leadline.model.personal_data.privacy import DataHold
from leadline.model.task import Drop, Step, Task
from leadline.ports.store import Settlement, Store
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.stores.key_file import read_or_make_key
from leadline.stores.memory_erasing import MemoryErasures
from leadline.wiring import sources
from tests.worlds.channels import ScriptedMessenger, bot_channel, slack_channel
from tests.worlds.leads import HandClock
from tests.worlds.timelines import lines_of

SECRET = "client-secret"
T0 = 1_772_442_000_000
SECRETS = ("ada@example.com", "Ada", "Vance", "555 0101", "Secret plans")


def event(action: str, after: int, **more: object) -> dict[str, Any]:
    return {"eventId": after, "subscriptionId": 1, "portalId": 1, "objectId": 5,
            "occurredAt": T0 + after, "subscriptionType": f"contact.{action}", **more}  # fmt: skip


def changed(name: str, value: str, after: int) -> dict[str, Any]:
    return event("propertyChange", after, propertyName=name, propertyValue=value)


CREATED = event("creation", 0)
SAID = [changed("email", "ada@example.com", 1), changed("firstname", "Ada", 2),
        changed("lastname", "Vance", 3), changed("phone", "+1 415 555 0101", 4),
        changed("plans", "Secret plans", 5)]  # fmt: skip
ERASED = event("privacyDeletion", 99)


class Bureau:
    """HubSpot before a store, a worker behind it, and two channels: one can change messages."""

    def __init__(self, store: Store, clock: HandClock, *, secret: bool = True) -> None:
        self.store, self.clock = store, clock
        self.bot, self.hook = ScriptedMessenger(), ScriptedMessenger()
        channels = {
            "bot": bot_channel(self.bot),
            "hook": msgspec.structs.replace(slack_channel(self.hook), name="hook"),
        }
        channels["bot"] = msgspec.structs.replace(channels["bot"], name="bot")
        config = SourceConfig(secret=(SECRET,) if secret else ())
        self.front = CaptureKit(
            sources(Settings(sources={"hubspot": config})), timedelta(minutes=10)
        )
        self.kit = Kit(store, self.front.sources, channels, clock, chance=lambda: 0.5)
        self.ids: list[str] = []

    def send(self, *events: object) -> list[str]:
        """One delivery for each; the ids of leads that came in."""
        made = []
        for body in events:
            delivery = Delivery("hubspot", json.dumps(body).encode(), self.clock.now)
            signed = self.front.sources["hubspot"].sign(delivery, SECRET)
            leads = read(msgspec.structs.replace(delivery, headers=signed), self.front)
            self.ids += [lead.id for lead in leads]
            receipts = self.store.accept(leads)
            made += [r.lead_id for r in receipts if r.fate is Fate.CAPTURED]
            self.clock.advance(seconds=1)
        return made

    def work(self) -> None:
        """Do all that is due."""
        for _ in range(4):
            self.clock.advance(minutes=11)
            refine_due(self.kit)
            look_up_due(self.kit)
            for name in self.kit.channels:
                deliver_due(self.kit, name)
                self.clock.advance(seconds=2)
                update_due(self.kit, name)

    def kept(self, lead_id: str) -> Iterator[bytes]:
        """All words that the store has of the lead and of the other events."""
        for one in self.store.archived(self.ids).values():
            yield one.raw
            yield one.body or b""
        yield from self.store.documents([lead_id]).values()
        yield msgspec.json.encode(self.store.handling([lead_id]).get(lead_id))


@pytest.fixture
def bureau(store: Store, clock: HandClock) -> Bureau:
    return Bureau(store, clock)


def secrets_in(words: Iterator[bytes]) -> set[str]:
    whole = b"\n".join(words).decode()
    return {secret for secret in SECRETS if secret in whole}


def test_what_was_told_of_a_person_is_gone_after_a_privacy_deletion(bureau: Bureau) -> None:
    (lead_id,) = bureau.send(CREATED, *SAID)
    bureau.work()
    lead = bureau.store.refined([lead_id])[lead_id]
    keys = {key.hex(): [key] for key in candidate_keys(traits_of(lead)).values()}
    assert secrets_in(bureau.kept(lead_id)) == set(SECRETS)
    for found in bureau.store.candidates(keys).values():
        assert [one.lead_id for one in found.candidates] == [lead_id]
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()
    assert not any(found.candidates for found in bureau.store.candidates(keys).values())
    assert bureau.store.refined([lead_id])[lead_id].problems == ("record.privacy_deleted",)
    assert bureau.store.next_due(Step.LOOK_UP) is None


def test_a_privacy_deletion_is_done_where_no_key_can_be_made_for_what_remains(
    bureau: Bureau,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def may_not(_: Path) -> None:
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr("leadline.stores.key_file.make_folder", may_not)
    bureau.kit = msgspec.structs.replace(
        bureau.kit,
        erasures=MemoryErasures(),
        privacy_key=lambda: read_or_make_key(tmp_path / "data"),
    )
    (lead_id,) = bureau.send(CREATED, *SAID)
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()
    lines = [vars(line) for line in caplog.records if line.msg == "privacy.no_tombstone"]
    (told,) = {line["reason"] for line in lines}
    assert "privacy.key can't be written: Permission denied; set privacy_key" in told


def test_what_filled_blanks_of_a_later_lead_leaves_that_lead_too(bureau: Bureau) -> None:
    (first,) = bureau.send(CREATED, *SAID)
    bureau.work()
    later = [{**one, "objectId": 6, "eventId": 6} for one in (CREATED, *SAID[:3])]
    for number, one in enumerate(later):
        one["eventId"] = 60 + number
    (again,) = bureau.send(*later)
    bureau.work()
    lead = bureau.store.refined([again])[again]
    assert lead.filled["phone"].lead_id == first
    assert "555" in (lead.contact.phone or "")
    bureau.send(ERASED)
    bureau.work()
    lead = bureau.store.refined([again])[again]
    assert (lead.contact.phone, lead.filled) == (None, {})
    assert lead.contact.email == "ada@example.com"


def test_messages_that_can_be_changed_name_nobody_any_more_and_the_others_are_named(
    bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    (lead_id,) = bureau.send(CREATED, *SAID)
    bureau.work()
    assert "ada@example.com" in json.dumps(bureau.bot.accepted)
    bureau.send(ERASED)
    bureau.work()
    shown = json.dumps(bureau.bot.changed[-1])
    assert [secret for secret in SECRETS if secret in shown] == []
    lines = [one.__dict__ for one in caplog.records if one.msg == "privacy.not_reached"]
    left = [line["reason"] for line in lines]
    assert "1 message of hook" in left
    assert "bot" not in "".join(left)
    named = [line for line in lines_of(bureau.store, lead_id) if "record.privacy_deleted" in line]
    assert all(words in named[0] for words in left)


def test_a_lead_that_waits_is_told_to_nobody_and_forgotten(bureau: Bureau) -> None:
    (lead_id,) = bureau.send(CREATED, *SAID, ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()
    assert (bureau.bot.accepted, bureau.hook.accepted) == ([], [])
    assert bureau.store.refined([lead_id])[lead_id].status == "quarantined"


def test_the_words_of_a_dead_letter_are_forgotten_too(bureau: Bureau) -> None:
    (lead_id,) = bureau.send(CREATED, *SAID)
    bureau.clock.advance(minutes=11)
    (lease,) = bureau.store.lease(Step.REFINE, 1, timedelta(minutes=1))
    assert bureau.store.settle([Settlement(lease, Drop("lead.not_understood"))]) == [True]
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()
    bureau.store.put([Task(Step.REFINE, lead_id)], bureau.clock.now)
    bureau.work()
    assert bureau.store.refined([lead_id])[lead_id].status == "quarantined"


def test_updates_of_a_record_that_never_became_a_lead_are_forgotten(bureau: Bureau) -> None:
    assert bureau.send(*SAID, ERASED) == []
    bureau.work()
    assert secrets_in(bureau.kept(bureau.ids[0])) == set()


def test_a_delivery_that_told_of_several_events_keeps_none_of_its_body(bureau: Bureau) -> None:
    (lead_id,) = bureau.send([CREATED, *SAID])
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()


def test_another_lead_stays_as_it_is_but_for_its_link_to_the_erased_one(bureau: Bureau) -> None:
    other = [{**one, "objectId": 6, "eventId": f"b{n}"} for n, one in enumerate([CREATED, *SAID])]
    (mine,) = bureau.send(CREATED, *SAID)
    (theirs,) = bureau.send(*other)
    bureau.work()
    before = bureau.store.refined([theirs])[theirs]
    assert before.duplicate_of is not None
    bureau.send(ERASED)
    bureau.work()
    after = bureau.store.refined([theirs])[theirs]
    assert after == msgspec.structs.replace(before, duplicate_of=None)
    assert bureau.store.documents([mine]) != {}


def test_a_person_who_comes_again_is_somebody_new(bureau: Bureau) -> None:
    bureau.send(CREATED, *SAID)
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    later = [{**one, "objectId": 7, "eventId": f"c{n}"} for n, one in enumerate([CREATED, *SAID])]
    (again,) = bureau.send(*later)
    bureau.work()
    assert bureau.store.refined([again])[again].duplicate_of is None


def test_what_comes_late_of_an_erased_record_is_forgotten_too(bureau: Bureau) -> None:
    (lead_id,) = bureau.send(CREATED, *SAID[1:])
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    for late in (SAID[0], changed("email", "ada@example.com", 6), event("creation", 7)):
        bureau.send(late)
        bureau.work()
        assert secrets_in(bureau.kept(lead_id)) == set()
    handling = bureau.store.handling([lead_id])[lead_id]
    assert handling.gone == "privacy_deleted"


def test_what_comes_late_of_an_erased_record_without_a_lead_is_forgotten_too(
    bureau: Bureau,
) -> None:
    assert bureau.send(*SAID[1:], ERASED) == []
    bureau.work()
    bureau.send(SAID[0])
    bureau.work()
    assert secrets_in(bureau.kept(bureau.ids[0])) == set()


def test_the_first_delivery_again_brings_nothing_back(bureau: Bureau) -> None:
    (lead_id,) = bureau.send(CREATED, *SAID, ERASED)
    bureau.work()
    assert bureau.send(CREATED, *SAID) == []
    bureau.work()
    bureau.ids = bureau.ids[:7]
    assert secrets_in(bureau.kept(lead_id)) == set()


def test_what_a_redelivery_said_otherwise_is_forgotten_too(bureau: Bureau) -> None:
    store: Any = bureau.store
    store.apart = telling_apart(bureau.front.sources)
    (lead_id,) = bureau.send(CREATED, SAID[0], {**SAID[0], "propertyValue": "ada2@example.com"})
    assert any("ada2" in line for line in lines_of(store, lead_id))
    bureau.send(ERASED, {**SAID[0], "propertyValue": "ada3@example.com"})
    bureau.work()
    bureau.send({**SAID[0], "propertyValue": "ada4@example.com"})
    assert not [line for line in lines_of(store, lead_id) if "example.com" in line]


def test_nothing_is_erased_on_the_word_of_a_sender_who_proves_nothing(
    store: Store, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    bureau = Bureau(store, clock, secret=False)
    (lead_id,) = bureau.send(CREATED, *SAID, ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set(SECRETS)
    assert bureau.bot.accepted == [], "but nobody is told"
    assert [one.msg for one in caplog.records if one.msg.startswith("privacy.")] == [
        "privacy.not_proved"
    ]


def test_nothing_is_erased_of_a_lead_under_a_legal_hold(
    bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    (lead_id,) = bureau.send(CREATED, *SAID)
    bureau.work()
    hold = DataHold(lead_id, why="dispute 17", by="command:ada", since=bureau.clock.now)
    assert bureau.store.hold_data(hold)
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set(SECRETS)
    assert [one.msg for one in caplog.records if one.msg.startswith("privacy.")] == ["privacy.held"]
