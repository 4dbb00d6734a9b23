"""Browsing leads page by page, on every ledger."""

from collections.abc import Iterator

import msgspec
import pytest

from leadline.model.ids import lowest_id
from leadline.model.lead import Status
from leadline.model.task import ON_HOLD_UNTIL, Step, Task
from leadline.operations.lists import browsing
from leadline.operations.lists.browsing import Browser, Order, Wanted
from leadline.operations.lists.masked import masked_listed
from leadline.ports.reading.ledger import LeadFilter, LeadRow
from tests.worlds.leads import captured
from tests.worlds.ledger import START, LedgerWorld

LEADS = ["waiting", "dead", "spam", "untold", "untellable", "telling", "told"]


def browser(world: LedgerWorld, *, masks: bool = False) -> Browser:
    return Browser(world.ledger, lambda row, wait: None, masked_listed if masks else None)


def all_pages(world: LedgerWorld, wanted: Wanted, size: int, *, masks: bool = False) -> list[str]:
    """The names of all leads that are wanted, read page by page."""
    found, after = [], ""
    while True:
        page = browser(world, masks=masks).page(wanted, size, after)
        found += [one.row.lead_id for one in page.leads]
        if not page.after:
            assert page.number == len(found)
            return world.names(found)
        after = page.after


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("masks", [False, True])
def test_pages_have_every_lead_once_and_in_order(
    filled: LedgerWorld, size: int, masks: bool
) -> None:
    assert all_pages(filled, Wanted(), size, masks=masks) == LEADS
    assert all_pages(filled, Wanted(reverse=True), size, masks=masks) == LEADS[::-1]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(status=Status.REFINED), ["untold", "telling"]),
        (Wanted(dead=True), ["dead", "untellable"]),
        (Wanted(dead=True, reason="slack.no_service"), ["untellable"]),
        (Wanted(source="close"), []),
        (Wanted(owner="bob"), []),
        (Wanted(duplicates=True), []),
        (Wanted(held=True), []),
        (Wanted(until=START), []),
        (
            Wanted(order=Order.NAME),
            ["spam", "telling", "told", "untellable", "untold", "waiting", "dead"],
        ),
    ],
)
def test_filters_and_orders_are_those_asked_for(
    filled: LedgerWorld, wanted: Wanted, names: list[str]
) -> None:
    assert all_pages(filled, wanted, 2) == names


def test_what_is_masked_is_not_searched(filled: LedgerWorld) -> None:
    assert all_pages(filled, Wanted(words="telling@"), 5) == ["telling"]
    assert all_pages(filled, Wanted(words="telling@"), 5, masks=True) == []
    assert all_pages(filled, Wanted(words="t•••@"), 5, masks=True) == ["telling", "told"]
    end = filled.ids["told"][-8:]
    assert all_pages(filled, Wanted(words=end), 5, masks=True) == ["told"]


def test_a_page_goes_on_after_a_lead_that_is_not_selected_any_more(filled: LedgerWorld) -> None:
    alerted = Wanted(status=Status.ALERTED)
    for wanted, masks in ((alerted, False), (alerted, True), (_by_domain(alerted), True)):
        page = browser(filled, masks=masks).page(wanted, 5, filled.ids["spam"])
        assert [one.row.lead_id for one in page.leads] == [filled.ids["told"]]


def _by_domain(wanted: Wanted) -> Wanted:
    return msgspec.structs.replace(wanted, words="@example.com")


def test_new_leads_are_those_after_the_newest_that_was_seen(filled: LedgerWorld) -> None:
    reader = browser(filled)
    assert reader.newer(Wanted(), filled.ids["waiting"]) == 0
    assert reader.newer(Wanted(), filled.ids["telling"], most=3) == 3
    assert reader.newer(Wanted(), lowest_id(START)) == len(LEADS)


@pytest.mark.parametrize("masks", [False, True])
def test_new_leads_are_those_that_every_filter_selects(filled: LedgerWorld, masks: bool) -> None:
    reader = browser(filled, masks=masks)
    for wanted in (
        Wanted(status=Status.REFINED),
        Wanted(dead=True, reason="slack.no_service"),
        Wanted(source="close"),
        Wanted(words="example", order=Order.NAME),
        Wanted(duplicates=True),
        Wanted(held=True),
    ):
        selected = [one.row.lead_id for one in reader.matching(wanted)]
        assert reader.newer(wanted, lowest_id(START)) == len(selected)
        assert reader.newer(wanted, filled.ids["untold"]) == sum(
            one > filled.ids["untold"] for one in selected
        )


@pytest.mark.parametrize("masks", [False, True])
def test_no_older_lead_is_read_to_count_new_ones(
    filled: LedgerWorld, masks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few leads are wanted: an open page asks this again and again."""
    asked: list[LeadFilter] = []
    each = filled.ledger.each

    def noting(which: LeadFilter) -> Iterator[LeadRow]:
        asked.append(which)
        return each(which)

    monkeypatch.setattr(filled.ledger, "each", noting)
    seen = filled.ids["dead"]
    newer = {one for one in filled.ids.values() if one > seen}
    assert browser(filled, masks=masks).newer(Wanted(words="nobody"), seen) == 0
    everything, *some = asked
    assert everything.search is None
    assert some
    assert all(one.ids and newer >= set(one.ids) for one in some)


def test_leads_on_hold_are_a_status_of_their_own(world: LedgerWorld) -> None:
    leads = [captured(world.clock, f"lead {n}") for n in range(5)]
    world.store.accept(leads)
    for lead in leads[:3]:
        world.store.put([Task(Step.REFINE, lead.id)], ON_HOLD_UNTIL)
        world.ids[lead.id] = lead.id
    held = all_pages(world, Wanted(held=True), 2)
    assert held == [lead.id for lead in reversed(leads[:3])]


def test_only_so_many_leads_are_looked_at_and_that_is_said(
    filled: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "MOST_LOOKED", 3)
    page = browser(filled, masks=True).page(Wanted(words="•••"), 50)
    assert not page.all_looked
    assert page.is_more
    ordered = browser(filled).page(Wanted(order=Order.NAME), 50)
    assert (len(ordered.leads), ordered.all_looked) == (3, False)


def test_only_so_many_leads_are_counted(
    filled: LedgerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "MOST_COUNTED", 4)
    for masks in (False, True):
        wanted = Wanted(words="@example.com") if masks else Wanted()
        page = browser(filled, masks=masks).page(wanted, 2)
        assert (page.number, page.is_more) == (4, True)


def test_an_export_has_what_all_pages_have(filled: LedgerWorld) -> None:
    for wanted in (Wanted(), Wanted(dead=True), Wanted(order=Order.NAME)):
        rows = [one.row.lead_id for one in browser(filled).matching(wanted)]
        assert filled.names(rows) == all_pages(filled, wanted, 2)
