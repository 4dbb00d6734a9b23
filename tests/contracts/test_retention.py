"""Retention deletes what is older than its term, and nothing else, on every store."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.traits import traits_of
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.ids import uuid7
from leadline.model.lead import CapturedLead, Fate, Kind, RefinedLead
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import RETIRED_PROBLEM, RETIRED_WORDS, DataKind
from leadline.model.quotas import Quota
from leadline.model.task import Alert, Done, Drop, Step, Task
from leadline.ports.store import Among, Store
from tests.worlds.leads import HandClock, captured, lease_task, refined, settle

EVERYTHING = Among(frozenset(), others=True)
PERSON = ("Ada Vance", "ada@example.com", "+14155550101", "Vance Works")


def person(lead: CapturedLead, clock: HandClock) -> RefinedLead:
    name, email, phone, company = PERSON
    return refined(lead, clock, name=name, email=email, email_canonical=email, phone=phone,
                   phone_e164=phone, company=company)  # fmt: skip


def told(store: Store, clock: HandClock, name: str = "ada") -> str:
    """A lead that was refined and alerted, and whose handling has a value written to the CRM."""
    lead = captured(clock, name, delay=timedelta(), record=f"contact:{name}")
    store.accept([lead])
    made = person(lead, clock)
    traits = traits_of(made)
    done = Done(
        refined=made,
        traits=traits,
        match_keys=candidate_keys(traits),
        then=(Task(Step.NOTIFY, lead.id, "slack"),),
    )
    assert settle(store, lease_task(store, Step.REFINE), done)
    alert = Alert(lead.id, "slack", clock.now, "new_lead/1", ref="C1/17.1")
    assert settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
    after = Handling(written={"phone": PERSON[2]}, borrowed={"phone": "ab12"})
    assert store.handle(lead.id, UNHANDLED, after, note="crm.written")
    return lead.id


def kept_of(store: Store, lead_id: str) -> str:
    """All that a store gives of a lead, as text."""
    archived = store.archived([lead_id])[lead_id]
    parts: list[Any] = [archived.raw, archived.body or b"", *store.documents([lead_id]).values()]
    parts.append(msgspec.json.encode(store.handling([lead_id])))
    return b" ".join(parts).decode()


def names_person(text: str) -> bool:
    return any(part in text for part in PERSON)


def old(store: Store, kind: DataKind, before: datetime, among: Among = EVERYTHING) -> list[str]:
    """The ids of all leads that may be deleted, page by page."""
    found: list[str] = []
    after = ""
    while True:
        page = store.too_old(kind, before, among, after)
        found += [one.lead_id for one in page.leads]
        if not page.seen:
            return found
        after = page.seen


def test_what_was_sent_is_deleted_and_the_refined_lead_stays(
    store: Store, clock: HandClock
) -> None:
    lead_id = told(store, clock)
    clock.advance(days=1)
    young = told(store, clock, "ben")
    before = clock.now - timedelta(hours=1)
    assert old(store, DataKind.RAW, before) == [lead_id]
    assert list(store.retire(DataKind.RAW, before, [lead_id, young])) == [lead_id]
    assert store.archived([lead_id])[lead_id].raw == RETIRED_WORDS
    assert RETIRED_WORDS in store.documents([lead_id])[lead_id]
    assert b"ada@example.com" in store.archived([young])[young].raw.replace(b"ben", b"ada")
    assert store.refined([lead_id])[lead_id].contact.email == "ada@example.com"
    assert old(store, DataKind.RAW, before) == []
    assert list(store.retire(DataKind.RAW, before, [lead_id])) == []


def test_the_person_leaves_the_refined_lead_its_handling_and_the_candidates(
    store: Store, clock: HandClock
) -> None:
    lead_id = told(store, clock)
    keys = {"x": [*candidate_keys(traits_of(store.refined([lead_id])[lead_id])).values()]}
    assert [one.lead_id for one in store.candidates(keys)["x"].candidates] == [lead_id]
    clock.advance(days=1)
    assert old(store, DataKind.REFINED, clock.now) == [lead_id]
    assert list(store.retire(DataKind.REFINED, clock.now, [lead_id])) == [lead_id]
    assert store.candidates(keys)["x"].candidates == ()
    kept = store.refined([lead_id])[lead_id]
    assert kept.problems == (RETIRED_PROBLEM,)
    assert kept.lead_details.source == "Website"
    assert store.handling([lead_id])[lead_id].written == {}
    assert old(store, DataKind.REFINED, clock.now) == []
    assert b"ada" in store.archived([lead_id])[lead_id].raw, "it has a term of its own"
    store.retire(DataKind.RAW, clock.now, [lead_id])
    assert not names_person(kept_of(store, lead_id))


def test_the_references_of_messages_go_with_the_timeline_and_the_alert_stays(
    store: Store, clock: HandClock
) -> None:
    lead_id = told(store, clock)
    clock.advance(days=1)
    assert old(store, DataKind.TIMELINE, clock.now) == [lead_id]
    assert list(store.retire(DataKind.TIMELINE, clock.now, [lead_id])) == [lead_id]
    (alert,) = store.alerts([lead_id])[lead_id]
    assert (alert.channel, alert.ref) == ("slack", "")
    assert old(store, DataKind.TIMELINE, clock.now) == []


@pytest.mark.parametrize("kind", [DataKind.RAW, DataKind.REFINED, DataKind.TIMELINE])
def test_a_lead_that_waits_or_is_leased_is_left_alone(
    store: Store, clock: HandClock, kind: DataKind
) -> None:
    waiting = captured(clock, "waiting")
    store.accept([waiting])
    lead_id = told(store, clock)
    store.put([Task(Step.LOOK_UP, lead_id)], clock.now)
    clock.advance(days=1)
    assert old(store, kind, clock.now) == []
    assert list(store.retire(kind, clock.now, [waiting.id, lead_id])) == []
    lease = lease_task(store, Step.LOOK_UP)
    assert old(store, kind, clock.now) == []
    assert settle(store, lease, Done())
    assert old(store, kind, clock.now) == [lead_id]


@pytest.mark.parametrize("kind", [DataKind.RAW, DataKind.REFINED, DataKind.TIMELINE])
def test_a_lead_under_a_legal_hold_is_left_alone_until_it_is_released(
    store: Store, clock: HandClock, kind: DataKind
) -> None:
    lead_id = told(store, clock)
    hold = DataHold(lead_id, "dispute 17", "command:ops", clock.now)
    assert store.hold_data(hold)
    clock.advance(days=1)
    assert old(store, kind, clock.now) == []
    assert list(store.retire(kind, clock.now, [lead_id])) == []
    assert store.held([lead_id]) == {lead_id: hold}
    assert list(store.all_held()) == [hold]
    assert store.release_data(lead_id)
    assert not store.release_data(lead_id)
    assert store.held([lead_id]) == {}
    assert old(store, kind, clock.now) == [lead_id]


def test_there_is_no_legal_hold_on_a_lead_that_does_not_exist(
    store: Store, clock: HandClock
) -> None:
    assert not store.hold_data(DataHold(uuid7(clock.now), "why", "command:ops", clock.now))
    assert list(store.all_held()) == []


def test_updates_of_a_lead_stay_as_long_as_the_lead_must(store: Store, clock: HandClock) -> None:
    lead_id = told(store, clock)
    update = captured(clock, "late", kind=Kind.UPDATED, record="contact:ada")
    store.accept([update])
    lease = lease_task(store, Step.LOOK_UP)
    clock.advance(days=1)
    assert old(store, DataKind.RAW, clock.now) == []
    assert settle(store, lease, Done())
    store.hold_data(DataHold(lead_id, "why", "command:ops", clock.now))
    assert old(store, DataKind.RAW, clock.now) == []
    store.release_data(lead_id)
    assert old(store, DataKind.RAW, clock.now) == sorted([lead_id, update.id])
    store.retire(DataKind.RAW, clock.now, [update.id])
    assert store.waiting([lead_id])[lead_id].late == (RETIRED_WORDS,)


def test_a_dead_letter_keeps_its_lead_until_it_goes_itself(store: Store, clock: HandClock) -> None:
    lead = captured(clock, "ada", delay=timedelta())
    store.accept([lead])
    assert settle(store, lease_task(store, Step.REFINE), Drop("lead.not_understood", "ada"))
    died = clock.now
    clock.advance(days=1)
    assert old(store, DataKind.RAW, clock.now) == []
    assert old(store, DataKind.DEAD, died) == []
    assert old(store, DataKind.DEAD, clock.now) == [lead.id]
    assert list(store.retire(DataKind.DEAD, clock.now, [lead.id])) == [lead.id]
    archived = store.archived([lead.id])[lead.id]
    assert (archived.raw, archived.fate) == (RETIRED_WORDS, Fate.FILTERED)
    assert old(store, DataKind.DEAD, clock.now) == []
    assert store.next_due(Step.REFINE) is None
    assert store.readmit([lead.id], clock.now) in ([], [lead.id])


def test_an_unreadable_delivery_gives_its_quota_back(store: Store, clock: HandClock) -> None:
    body = b'{"email": "ada@example.com'
    quota = Quota(100, len(body))

    def unreadable(name: str) -> CapturedLead:
        lead = captured(clock, name, kind=Kind.UNREADABLE, raw=b"null", why="json")
        return msgspec.structs.replace(lead, body=body, quota=quota)

    first = unreadable("one")
    assert [r.fate for r in store.accept([first])] == [Fate.CAPTURED]
    assert [r.fate for r in store.accept([unreadable("two")])] == [Fate.REFUSED]
    clock.advance(days=1)
    assert list(store.retire(DataKind.DEAD, clock.now, [first.id])) == [first.id]
    assert store.archived([first.id])[first.id].body is None
    assert [r.fate for r in store.accept([unreadable("three")])] == [Fate.CAPTURED]


def test_only_the_leads_of_the_sources_that_are_asked_for_are_old(
    store: Store, clock: HandClock
) -> None:
    mine = told(store, clock)
    other = msgspec.structs.replace(
        captured(clock, "ben", kind=Kind.IGNORED, why="test"), source="form"
    )
    store.accept([other])
    clock.advance(days=1)
    generic = frozenset(("generic",))
    assert old(store, DataKind.RAW, clock.now, Among(generic)) == [mine]
    assert old(store, DataKind.RAW, clock.now, Among(generic, others=True)) == [other.id]


def test_pages_follow_each_other_without_gap_or_repeat(store: Store, clock: HandClock) -> None:
    events = [captured(clock, f"n{n}", kind=Kind.IGNORED, why="test") for n in range(5)]
    store.accept(events)
    clock.advance(days=1)
    page = store.too_old(DataKind.RAW, clock.now, EVERYTHING, limit=2)
    rest = store.too_old(DataKind.RAW, clock.now, EVERYTHING, page.seen)
    assert [one.lead_id for one in (*page.leads, *rest.leads)] == sorted(e.id for e in events)
    assert len(page.leads) == 2
    assert page.leads[0].source == "generic"


def test_a_redelivery_of_what_was_deleted_is_still_one(store: Store, clock: HandClock) -> None:
    lead_id = told(store, clock)
    clock.advance(days=1)
    store.retire(DataKind.RAW, clock.now, [lead_id])
    again = captured(clock, "ada", record="contact:ada")
    (receipt,) = store.accept([again])
    assert (receipt.fate, receipt.lead_id) == (Fate.REDELIVERED, lead_id)
    assert store.archived([lead_id])[lead_id].raw == RETIRED_WORDS
