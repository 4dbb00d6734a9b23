"""Erasing a person on every store: found wherever they are, gone, and never back from a copy."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.journey.personal_data.erasing import end_erased
from leadline.journey.personal_data.erasing_people import (
    ErasedPeople,
    OnHold,
    erase_again,
    erase_people,
)
from leadline.journey.personal_data.finding_people import find_people
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.follow_up import look_up_due
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.model.facts.corrected_events import event_of_correction
from leadline.model.facts.correcting import Correction
from leadline.model.handling import UNHANDLED
from leadline.model.lead import CapturedLead, Kind
from leadline.model.personal_data.privacy import AuditEntry, DataHold, Tombstone
from leadline.model.task import Step
from leadline.ports.personal_data.audit import AuditLog
from leadline.ports.personal_data.erasures import Erasures
from leadline.ports.store import Store
from leadline.privacy.finding import phone_names
from leadline.privacy.hashes import key_of_text, lead_name
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.stores.aws.privacy.erasures import AwsErasures
from leadline.stores.aws.store import AwsStore
from leadline.stores.memory_erasing import MemoryErasures
from leadline.stores.sqlite.store import SqliteStore
from leadline.wiring import sources
from tests.worlds.channels import ScriptedMessenger, bot_channel, slack_channel
from tests.worlds.leads import HandClock, captured

KEY = key_of_text("a made-up key for tests")
EMAIL = "email:ada@example.com"
PHONE = "+14155550101"
LEAD = b'{"name":"Ada Vance","email":"ada@example.com","phone":"+1 415 555 0101"}'
MARKS = (b"ada@example.com", b"Ada Vance", b"555 0101", b"ada\\u0040")


def erasures_of(store: Store) -> Erasures:
    """Where a store keeps tombstones."""
    if isinstance(store, SqliteStore):
        return store
    return AwsErasures(store.bucket) if isinstance(store, AwsStore) else MemoryErasures()


class ErasingOffice:
    """A store, a worker behind it, and two channels: one can change messages."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock = store, clock
        self.bot, self.hook = ScriptedMessenger(), ScriptedMessenger()
        rename = msgspec.structs.replace
        channels = {
            "bot": rename(bot_channel(self.bot), name="bot"),
            "hook": rename(slack_channel(self.hook), name="hook"),
        }
        self.erasures = erasures_of(store)
        self.kit = Kit(
            store, sources(Settings()), channels, clock, chance=lambda: 0.5,
            erasures=self.erasures, privacy_key=lambda: KEY,
        )  # fmt: skip
        self.ids: list[str] = []

    def take(self, raw: bytes, *, key: str = "", **more: Any) -> str:
        """An event comes; the id it was stored under."""
        self.clock.advance(seconds=1)
        lead = captured(
            self.clock, key=key or f"k{len(self.ids)}", raw=raw, delay=timedelta(), **more
        )
        return self.accept(lead)

    def accept(self, lead: CapturedLead) -> str:
        self.store.accept([lead])
        self.ids.append(lead.id)
        return lead.id

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

    def erase(self, *names: str) -> ErasedPeople:
        self.clock.advance(seconds=1)
        return erase_people(self.kit, names, find_people(self.store, names))

    def left(self) -> set[bytes]:
        """The marks of the person that the store still has."""
        whole = b"\n".join(self._words())
        return {mark for mark in MARKS if mark in whole}

    def _words(self) -> Iterator[bytes]:
        for held in self.store.held_texts():
            yield msgspec.json.encode(held)
            yield held.raw + b"\n" + held.body
        yield from self.store.documents(self.ids).values()


@pytest.fixture
def office(store: Store, clock: HandClock) -> ErasingOffice:
    return ErasingOffice(store, clock)


def test_a_person_is_found_in_every_state_and_place(office: ErasingOffice) -> None:
    refined = office.take(LEAD)
    mention = office.take(b'{"name":"Bo","email":"bo@example.com","message":"ask ada@example.com"}')
    custom = office.take(b'{"name":"Cy","email":"cy@example.com","boss":"ada\\u0040example.com"}')
    office.work()
    waiting = office.take(b'{"email":"ADA@example.com"}')
    early = office.take(b'{"email":"ada@example.com"}', kind=Kind.UPDATED, record="r:9")
    office.take(b'{"email":"eve@example.com"}')
    corrected = office.take(b'{"name":"Dee","email":"dee@example.com"}')
    said = Correction("eve", office.clock.now, {"email": "ada@example.com"})
    office.store.accept([event_of_correction(corrected, "generic", said)])
    office.clock.advance(seconds=1)
    unread = captured(office.clock, key="unread", raw=b"null", kind=Kind.UNREADABLE)
    body = b"email=ada%40example.com&broken=\xff"
    office.accept(msgspec.structs.replace(unread, body=body, why="not JSON"))
    found = find_people(office.store, [EMAIL])
    assert set(found) == {refined, mention, custom, waiting, early, corrected, unread.id}
    assert [i for i, one in found.items() if one.is_own] == [refined]
    assert found[unread.id].places == ("body",)
    assert set(find_people(office.store, phone_names(PHONE))) == {refined}


def test_a_person_is_gone_from_every_state_and_place(office: ErasingOffice) -> None:
    office.take(LEAD, record="r:1")
    office.work()
    office.take(b'{"email":"ada@example.com","more":1}', kind=Kind.UPDATED, record="r:1")
    office.take(b'{"email":"ada@example.com"}', record="r:2")
    dee = office.take(b'{"email":"dee@example.com"}')
    said = Correction("eve", office.clock.now, {"email": "ada@example.com", "name": "Ada Vance"})
    office.store.accept([event_of_correction(dee, "generic", said)])
    office.clock.advance(seconds=1)
    office.take(b'{"email":"ada@example.com"}', kind=Kind.UPDATED, record="r:2")
    office.take(b'{"email":"ada\\u0040example.com"}', kind=Kind.UPDATED, record="r:9")
    unread = captured(office.clock, key="unread", raw=b"null", kind=Kind.UNREADABLE)
    office.accept(msgspec.structs.replace(unread, body=b"ada@example.com", why="not JSON"))
    eve = office.take(b'{"email":"eve@example.com"}')
    done = office.erase(EMAIL)
    assert len(done.leads) == 5
    assert office.left() == set()
    office.work()
    assert office.left() == set()
    assert office.store.refined([eve])[eve].contact.email == "eve@example.com"
    assert not find_people(office.store, [EMAIL])


def test_nothing_more_is_sent_and_messages_that_can_be_changed_are(office: ErasingOffice) -> None:
    lead_id = office.take(LEAD)
    office.work()
    waiting = office.take(b'{"email":"ada@example.com"}')
    before = len(office.hook.accepted)
    done = office.erase(EMAIL)
    office.work()
    assert len(office.hook.accepted) == before
    assert done.not_reached[lead_id][0] == "1 message of hook"
    assert office.store.handling([lead_id])[lead_id].gone == "privacy_deleted"
    assert office.store.refined([waiting])[waiting].status == "quarantined"
    for step in (Step.REFINE, Step.LOOK_UP):
        assert office.store.next_due(step) is None


def test_what_was_written_to_the_crm_is_named_and_forgotten(office: ErasingOffice) -> None:
    lead_id = office.take(LEAD)
    office.work()
    before = office.store.handling([lead_id]).get(lead_id, UNHANDLED)
    wrote = msgspec.structs.replace(before, written={"mail": "ada@example.com"}, reply_url="https")
    assert office.store.handle(lead_id, before, wrote)
    done = office.erase(EMAIL)
    named = (*done.not_reached[lead_id], *done.everywhere)
    assert any(words.startswith("mail of record") for words in named)
    after = office.store.handling([lead_id])[lead_id]
    assert (after.written, after.reply_url) == ({}, "")


def test_a_second_erasure_writes_nothing_new(office: ErasingOffice) -> None:
    office.take(LEAD)
    office.work()
    office.erase(EMAIL)
    office.work()
    kept = list(office.store.held_texts()), list(office.erasures.tombstones())
    again = office.erase(EMAIL)
    assert (again.leads, again.tombstone) == ((), None)
    assert (list(office.store.held_texts()), list(office.erasures.tombstones())) == kept


def test_a_person_may_come_back_as_a_new_lead(office: ErasingOffice) -> None:
    office.take(LEAD)
    office.work()
    office.erase(EMAIL)
    back = office.take(LEAD, key="back")
    office.work()
    tombstones = office.erasures.tombstones()
    assert erase_again(office.kit, tombstones) == 0
    lead = office.store.refined([back])[back]
    assert (lead.contact.email, lead.duplicate_of) == ("ada@example.com", None)


def test_a_tombstone_erases_what_came_back_and_nobody_else(office: ErasingOffice) -> None:
    office.take(LEAD)
    office.take(b'{"email":"ada@example.com"}', record="r:2")
    eve = office.take(b'{"email":"eve@example.com"}')
    office.work()
    named = [EMAIL, *phone_names(PHONE)]
    office.clock.advance(seconds=1)
    tombstone = Tombstone(KEY.hashes_of(named), KEY.id, office.clock.now)
    assert erase_again(office.kit, [tombstone]) == 2
    assert office.left() == set()
    assert erase_again(office.kit, [tombstone]) == 0
    assert office.store.refined([eve])[eve].contact.email == "eve@example.com"
    assert list(office.erasures.tombstones()) == [tombstone]
    assert list(office.erasures.pending()) == []


def test_the_key_of_the_tombstones_is_needed(office: ErasingOffice) -> None:
    tombstone = Tombstone(("0" * 32,), "12345678", office.clock.now)
    with pytest.raises(ConfigurationError, match="12345678"):
        erase_again(office.kit, [tombstone])
    keyless = msgspec.structs.replace(office.kit, privacy_key=None)
    with pytest.raises(ConfigurationError, match="privacy_key"):
        erase_again(keyless, [tombstone])
    with pytest.raises(ConfigurationError, match="privacy_key"):
        erase_people(keyless, [EMAIL], {})


def test_a_tombstone_is_kept_once_with_the_later_time(office: ErasingOffice) -> None:
    one = Tombstone(KEY.hashes_of([EMAIL]), KEY.id, office.clock.now)
    later = msgspec.structs.replace(one, at=office.clock.now + timedelta(days=1))
    assert office.erasures.bury(one)
    assert not office.erasures.bury(later)
    assert not office.erasures.bury(one)
    assert list(office.erasures.tombstones()) == [later]
    assert EMAIL not in str(later)


def test_a_legal_hold_refuses_the_erasure_in_words(
    office: ErasingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = office.take(LEAD)
    hold = DataHold(lead_id, "court case 7", "person:ada", office.clock.now)
    monkeypatch.setattr(type(office.store), "held", lambda *_: {lead_id: hold}, raising=False)
    with pytest.raises(OnHold, match=f"legal hold on {lead_id} .court case 7."):
        office.erase(EMAIL)
    assert b"ada@example.com" in office.left()
    assert list(office.erasures.tombstones()) == []


def test_a_redelivery_of_an_erased_event_is_erased_too(office: ErasingOffice) -> None:
    office.take(LEAD, key="same")
    office.work()
    office.erase(EMAIL)
    office.work()
    office.take(b'{"email":"ada@example.com","twice":true}', key="same")
    office.take(b'{"email":"ada@example.com"}', kind=Kind.UPDATED, record="r:1")
    office.erase(EMAIL)
    office.work()
    assert office.left() == set()


def test_a_privacy_deletion_of_the_crm_leaves_a_tombstone_and_a_note_in_the_audit(
    office: ErasingOffice,
) -> None:
    lead_id = office.take(LEAD)
    office.work()
    noted: list[AuditEntry] = []
    log = SimpleNamespace(append=noted.extend)
    trusted = sources(Settings(sources={"generic": SourceConfig(secret=("s",))}))
    kit = msgspec.structs.replace(office.kit, audit=cast("AuditLog", log), sources=trusted)
    lead = office.store.refined([lead_id])[lead_id]
    assert end_erased(kit, lead) is not None
    (tombstone,) = office.erasures.tombstones()
    assert tombstone.hashes == KEY.hashes_of([lead_name(lead_id)])
    assert [(one.actor, one.action, one.subject) for one in noted] == [
        ("system", "lead.erased", lead_id)
    ]
    assert list(office.erasures.pending()) == []
    assert office.left() == set()


def test_every_erasure_is_in_the_audit_before_it_is_done_also_if_it_is_killed_or_done_again(
    office: ErasingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = office.take(LEAD)
    office.work()
    noted: list[AuditEntry] = []
    log = SimpleNamespace(append=noted.extend)
    kit = msgspec.structs.replace(office.kit, audit=cast("AuditLog", log))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(office.store, "erase", killed)
        with pytest.raises(KeyboardInterrupt):
            erase_people(kit, [EMAIL], find_people(office.store, [EMAIL]), by="command:eve")
    assert [(one.actor, one.action, one.subject) for one in noted] == [
        ("command:eve", "lead.erased", lead_id)
    ]
    noted.clear()
    assert erase_again(kit, office.erasures.tombstones()) == 1
    assert [(one.actor, one.action, one.subject, one.detail) for one in noted] == [
        ("system", "lead.erased", lead_id, "again")
    ]
    assert office.left() == set()
