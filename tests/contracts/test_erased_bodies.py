"""What a privacy deletion erases of bodies that tell of others, too, or could not be read."""

import json
from typing import Any

import msgspec
import pytest

from leadline.journey.receiving.capture import read, read_again
from leadline.journey.receiving.telling_apart import telling_apart
from leadline.model.lead import CapturedLead, Delivery, Fate, Kind
from leadline.model.task import Step
from leadline.operations.repair import replay
from leadline.operations.repair.replay import Start
from leadline.ports.store import Store
from tests.contracts.test_privacy_deletion import (
    CREATED,
    ERASED,
    SAID,
    SECRET,
    Bureau,
    secrets_in,
)
from tests.worlds.leads import HandClock


@pytest.fixture
def bureau(store: Store, clock: HandClock) -> Bureau:
    return Bureau(store, clock)


def of_ben(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same events of another contact, in other words."""
    said = json.dumps(events)
    for ada, ben in (("ada@", "ben@"), ("Ada", "Ben"), ("Vance", "Okoro"), ("0101", "0199"),
                     ("Secret plans", "Open plans")):  # fmt: skip
        said = said.replace(ada, ben)
    return [{**one, "objectId": 6, "eventId": f"b{n}"} for n, one in enumerate(json.loads(said))]


BEN = of_ben([CREATED, *SAID])


def deliver(bureau: Bureau, body: bytes) -> list[CapturedLead]:
    """Capture a signed delivery of these bytes; its events."""
    delivery = Delivery("hubspot", body, bureau.clock.now)
    signed = bureau.front.sources["hubspot"].sign(delivery, SECRET)
    leads = read(msgspec.structs.replace(delivery, headers=signed), bureau.front)
    bureau.store.accept(leads)
    bureau.ids += [lead.id for lead in leads]
    bureau.clock.advance(seconds=1)
    return leads


def bodies(bureau: Bureau) -> list[bytes]:
    return [one.body for one in bureau.store.archived(bureau.ids).values() if one.body is not None]


def mend(bureau: Bureau, lead_id: str, body: object) -> int:
    """Replay a dead letter of capture with this body."""
    kit, now = bureau.front, bureau.clock.now
    todo = replay.plan(bureau.store, kit.sources, lambda _: {}, [lead_id], Start.CAPTURE)
    whole = json.dumps(body).encode()
    return replay.carry_out(
        bureau.store, todo, now, read=lambda kept: read_again(kept, kit, now, whole)
    )


def unreadable(bureau: Bureau, events: list[dict[str, Any]]) -> str:
    """A delivery of these events in which a comma is missing; the id of its dead letter."""
    (lead,) = deliver(bureau, json.dumps(events).replace(", ", " ", 1).encode())
    assert lead.kind is Kind.UNREADABLE
    return lead.id


@pytest.mark.parametrize("first", [True, False])
def test_a_body_that_tells_of_others_keeps_their_events_byte_for_byte(
    bureau: Bureau, *, first: bool
) -> None:
    hers, his = [json.dumps(e) for e in (CREATED, *SAID)], [json.dumps(e) for e in BEN]
    mixed = [one for pair in zip(hers, his, strict=True) for one in (pair if first else pair[::-1])]
    deliver(bureau, f"[{' , '.join(mixed)}]".encode())
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    assert bodies(bureau) == [f"[{','.join(his)}]".encode()]
    raws = [one.raw.decode() for one in bureau.store.archived(bureau.ids).values()]
    assert [one for one in his if one not in raws] == []
    assert secrets_in(bureau.kept(bureau.ids[0])) == set()


def test_both_can_be_erased_one_after_the_other(bureau: Bureau) -> None:
    deliver(bureau, json.dumps([CREATED, *BEN, *SAID]).encode())
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    bureau.send({**ERASED, "objectId": 6, "eventId": 100})
    bureau.work()
    assert bodies(bureau) == []
    assert b"ben@" not in b"".join(bureau.kept(bureau.ids[0]))


REPEATED = [*BEN, {**SAID[0], "attemptNumber": 2}]


@pytest.mark.parametrize("late", [False, True])
def test_a_body_that_repeats_an_event_beside_those_of_others_keeps_none_of_it(
    bureau: Bureau, *, late: bool
) -> None:
    """Before the erasure, or after it."""
    store: Any = bureau.store
    store.apart = telling_apart(bureau.front.sources)
    deliver(bureau, json.dumps([CREATED, *SAID]).encode())
    for happens in (late, not late):
        if happens:
            bureau.send(ERASED)
        else:
            deliver(bureau, json.dumps(REPEATED).encode())
        bureau.work()
    assert secrets_in(bureau.kept(bureau.ids[0])) == set()
    assert b"ben@" in b"".join(bureau.kept(bureau.ids[0]))
    assert bureau.store.next_due(Step.LOOK_UP) is None


def test_the_bytes_of_an_update_that_was_read_at_last_are_erased_with_its_record(
    bureau: Bureau,
) -> None:
    (lead_id,) = bureau.send([CREATED])
    lost = unreadable(bureau, SAID[:1])
    assert mend(bureau, lost, SAID[:1]) == 1
    bureau.work()
    assert bureau.store.refined([lead_id])[lead_id].contact.email == "ada@example.com"
    assert bureau.store.archived([lost])[lost].fate is Fate.FILTERED
    assert secrets_in(bureau.kept(lost)) == {"ada@example.com"}
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()
    assert bodies(bureau) == []


def test_they_are_erased_too_where_the_lead_came_later(bureau: Bureau) -> None:
    bureau.send(SAID[1])
    lost = unreadable(bureau, SAID[:1])
    mend(bureau, lost, SAID[:1])
    (lead_id,) = bureau.send([CREATED])
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()


def test_they_are_erased_too_where_the_sender_sent_them_again(bureau: Bureau) -> None:
    lost = unreadable(bureau, [CREATED, *SAID])
    (lead_id,) = bureau.send([CREATED, *SAID])
    mend(bureau, lost, [CREATED, *SAID])
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()


def test_what_is_read_after_the_erasure_is_erased_as_well(bureau: Bureau) -> None:
    (lead_id,) = bureau.send([CREATED, *SAID[1:]])
    lost = unreadable(bureau, SAID[:1])
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    mend(bureau, lost, SAID[:1])
    bureau.work()
    assert secrets_in(bureau.kept(lead_id)) == set()
    assert bureau.store.next_due(Step.LOOK_UP) is None


def test_of_unreadable_bytes_that_told_of_two_the_second_erases_them_too(bureau: Bureau) -> None:
    lost = unreadable(bureau, [*BEN, CREATED, *SAID])
    assert mend(bureau, lost, [*BEN, CREATED, *SAID]) >= 2
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    assert secrets_in(bureau.kept(lost)) == set()
    assert bureau.store.refined([lost])[lost].contact.email == "ben@example.com"


def test_a_dead_letter_that_nobody_read_yet_stays_whole(bureau: Bureau) -> None:
    bureau.send([CREATED, *SAID])
    lost = unreadable(bureau, BEN)
    bureau.work()
    bureau.send(ERASED)
    bureau.work()
    assert bureau.store.archived([lost])[lost].body
    assert bureau.store.archived([lost])[lost].kind is Kind.UNREADABLE
