"""What every ledger promises about lists of leads: slices, counts, short ids, waits, channels."""

from datetime import timedelta

import msgspec
import pytest

from leadline.model.lead import Status
from leadline.model.task import ON_HOLD_UNTIL, Step, Task
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.reading.listing import ENDS_ARE_FOUND_FOR, FEWEST_DIGITS, LONGER, SHORT
from tests.worlds.leads import captured
from tests.worlds.ledger import LedgerWorld

FILTERS = (
    LeadFilter(),
    LeadFilter(limit=2),
    LeadFilter(events=True),
    LeadFilter(status=Status.REFINED),
    LeadFilter(search="TELL"),
    LeadFilter(reason="slack.no_service"),
    LeadFilter(source="close"),
)


@pytest.mark.parametrize("which", FILTERS)
def test_leads_come_one_by_one_as_they_are_found_at_once(
    filled: LedgerWorld, which: LeadFilter
) -> None:
    assert list(filled.ledger.each(which)) == list(filled.ledger.find(which))


def test_more_leads_than_one_slice_come_newest_first_and_once(world: LedgerWorld) -> None:
    leads = [captured(world.clock, f"lead {n}") for n in range(150)]
    world.store.accept(leads)
    found = [row.lead_id for row in world.ledger.each(LeadFilter(limit=140))]
    assert found == [lead.id for lead in reversed(leads)][:140]
    assert world.ledger.count(LeadFilter(limit=5), 1_000) == 150


@pytest.mark.parametrize(
    ("which", "most", "number"),
    [
        (LeadFilter(limit=1), 100, 7),
        (LeadFilter(limit=1), 3, 3),
        (LeadFilter(events=True), 100, 9),
        (LeadFilter(status=Status.REFINED), 100, 2),
        (LeadFilter(search="tell"), 100, 2),
        (LeadFilter(source="close"), 100, 0),
    ],
)
def test_leads_are_counted_up_to_a_number(
    filled: LedgerWorld, which: LeadFilter, most: int, number: int
) -> None:
    assert filled.ledger.count(which, most) == number


@pytest.mark.parametrize("length", [8, 9, 12, 13, 18, 36])
def test_an_id_is_known_by_its_end(filled: LedgerWorld, length: int) -> None:
    for name in ("told", "waiting", "update"):
        whole = filled.ids[name]
        assert list(filled.ledger.ending(whole[-length:].upper())) == [whole]


@pytest.mark.parametrize("part", [slice(-8, None), slice(-13, None), slice(0, 9), slice(None)])
def test_a_search_finds_an_id_by_either_end(filled: LedgerWorld, part: slice) -> None:
    found = [row.lead_id for row in filled.ledger.find(LeadFilter(search=filled.ids["told"][part]))]
    assert filled.ids["told"] in found
    assert part == slice(0, 9) or len(found) == 1


@pytest.mark.parametrize("end", ["", "-", "zzzzzzzz", "0" * 33, "1234567", "00000000"])
def test_no_id_is_known_by_what_is_no_end(filled: LedgerWorld, end: str) -> None:
    assert list(filled.ledger.ending(end)) == []


def test_fewer_digits_than_eight_are_no_end(filled: LedgerWorld) -> None:
    assert list(filled.ledger.ending(filled.ids["told"][-FEWEST_DIGITS + 1 :])) == []


def test_ids_with_one_end_are_all_named(world: LedgerWorld) -> None:
    ids = [f"0195a3c2-{n:04}-7000-8000-00000000beef" for n in range(12)]
    for lead_id in ids:
        world.store.accept([msgspec.structs.replace(captured(world.clock, lead_id), id=lead_id)])
    found = list(world.ledger.ending("0000beef"))
    assert len(found) == 10
    assert set(found) <= set(ids)


def test_an_end_is_found_for_two_weeks_at_least(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    world.clock.advance(days=ENDS_ARE_FOUND_FOR.days)
    assert list(world.ledger.ending(lead.id[-12:])) == [lead.id]
    assert list(world.ledger.complete(lead.id[:18])) == [lead.id]


def test_lists_print_eight_digits_or_twelve(filled: LedgerWorld) -> None:
    assert filled.ledger.short_length() in (SHORT, LONGER)


def test_the_waits_of_waiting_leads_alone_are_told(filled: LedgerWorld) -> None:
    waits = filled.ledger.waits([*filled.ids.values()], 1_000)
    assert set(waits) == {filled.ids["waiting"]}
    (wait,) = waits.values()
    (task,) = filled.story("waiting").tasks
    assert (wait.due_at, wait.record) == (task.due_at, "contact:1")
    assert wait.raw == bytes(filled.story("waiting").raw)


def test_words_longer_than_asked_for_are_not_read(filled: LedgerWorld) -> None:
    size = len(bytes(filled.story("waiting").raw))
    asked = [filled.ids["waiting"]]
    assert filled.ledger.waits(asked, size)[asked[0]].raw
    assert filled.ledger.waits(asked, size - 1)[asked[0]].raw == b""


def test_a_lead_on_hold_waits_until_it_is_released(world: LedgerWorld) -> None:
    lead = world.accept("ada")
    world.store.put([Task(Step.REFINE, lead.id)], ON_HOLD_UNTIL)
    assert world.ledger.waits([lead.id], 0)[lead.id].due_at == ON_HOLD_UNTIL


def test_the_state_of_a_channel_is_its_failures_and_its_pause(world: LedgerWorld) -> None:
    began, until = world.clock.now, world.clock.now + timedelta(minutes=1)
    for _ in range(2):
        world.store.record_attempt("slack", succeeded=False)
    world.store.pause("mail", until)
    world.store.pause("nobody asks for it", until)
    states = world.ledger.channels(["slack", "mail", "unused"])
    assert set(states) == {"slack", "mail"}
    assert (states["slack"].failures, states["slack"].since) == (2, began)
    assert (states["mail"].failures, states["mail"].free_at) == (0, until)
    world.store.record_attempt("slack", succeeded=True)
    assert world.ledger.channels(["slack"])["slack"].failures == 0
