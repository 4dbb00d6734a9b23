"""A CRM that hangs delays nothing but the leads that came from it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import msgspec

from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.follow_up import look_up_due
from leadline.kit import Connected
from leadline.model.task import Step, Task
from leadline.ports.crm import CrmRecord, NotYet
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import Store
from leadline.settings.connected.crm import CrmConfig
from tests.worlds.leads import HandClock, captured
from tests.worlds.sales_office import ANN, MemoryCrm, SalesOffice

LATE = timedelta(seconds=2)


class HangingCrm(MemoryCrm):
    """Gives no answer for as long as its `timeout` lets it; `meanwhile` is called before that."""

    batch = 100

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self._clock = clock
        self.hangs = True
        self.meanwhile: Callable[[], object] = lambda: None

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        if not self.hangs:
            return super().read(records)
        self.reads.append(tuple(records))
        self.meanwhile()
        self._clock.advance(seconds=10)
        return Unreachable("crm.timeout")


def hanging(store: Store, clock: HandClock) -> tuple[SalesOffice, HangingCrm]:
    office = SalesOffice(store, clock)
    crm = HangingCrm(clock)
    office.kit = msgspec.structs.replace(
        office.kit, crms={"generic": Connected(crm, CrmConfig(kind="generic"))}
    )
    return office, crm


def due(store: Store, clock: HandClock, count: int) -> list[str]:
    """So many leads of the CRM that are due now."""
    leads = [captured(clock, f"p{i}", record=f"r{i}", delay=timedelta()) for i in range(count)]
    store.accept(leads)
    return [lead.id for lead in leads]


def other(store: Store, clock: HandClock) -> str:
    """A lead about which no CRM can be asked, due now."""
    lead = captured(clock, "somebody else", delay=timedelta())
    store.accept([lead])
    return lead.id


def test_others_in_one_batch_are_refined_before_a_crm_is_asked(
    store: Store, clock: HandClock
) -> None:
    office, crm = hanging(store, clock)
    due(store, clock, 3)
    theirs = other(store, clock)
    seen: list[bool] = []
    crm.meanwhile = lambda: seen.append(theirs in store.refined([theirs]))
    assert refine_due(office.kit) == 4
    assert seen == [True]
    assert office.refined(theirs).processed_at - office.refined(theirs).captured_at <= LATE


def test_others_in_one_batch_are_looked_up_before_a_crm_is_asked(
    store: Store, clock: HandClock
) -> None:
    office, crm = hanging(store, clock)
    crm.hangs = False
    ours, theirs = due(store, clock, 1)[0], other(store, clock)
    while refine_due(office.kit):
        pass
    store.put([Task(Step.LOOK_UP, ours), Task(Step.LOOK_UP, theirs)], clock.now)
    crm.hangs = True
    left: list[int] = []
    crm.meanwhile = lambda: left.append(store.next_due(Step.LOOK_UP) is not None)
    clock.advance(minutes=2)
    assert look_up_due(office.kit) == 2
    assert len(left) == 1


def test_a_crm_that_hangs_is_asked_by_one_at_a_time_and_its_leads_go_on_without_it(
    store: Store, clock: HandClock
) -> None:
    office, crm = hanging(store, clock)
    ids = due(store, clock, 30)
    began = clock.now
    while clock.now < began + timedelta(minutes=2):
        if not refine_due(office.kit, 3):
            clock.advance(seconds=1)
    assert len(store.refined(ids)) == 30
    assert len(crm.reads) <= 8, "each takes as long as its timeout"


def test_a_crm_that_answers_again_is_asked_as_before(store: Store, clock: HandClock) -> None:
    office, crm = hanging(store, clock)
    due(store, clock, 1)
    refine_due(office.kit)
    crm.hangs = False
    crm.has("r0", ANN)
    clock.advance(minutes=2)
    refine_due(office.kit)
    assert crm.reads == [("r0",), ("r0",)]
    (late,) = [captured(clock, "late", record="late", delay=timedelta())]
    store.accept([late])
    crm.has("late", ANN)
    refine_due(office.kit)
    assert crm.reads[2:] == [("late",)], "no pause is left"


def test_while_one_worker_asks_how_a_crm_is_no_other_does(store: Store, clock: HandClock) -> None:
    office, crm = hanging(store, clock)
    ids = due(store, clock, 6)
    refine_due(office.kit, 2)
    clock.advance(seconds=5)  # the first pause is over
    crm.meanwhile = lambda: refine_due(office.kit, 2)
    refine_due(office.kit, 2)
    assert len(crm.reads) == 2
    assert len({record for records in crm.reads for record in records}) < len(ids)
