"""A deliverer that is stopped for longer than its lease, and goes on: what it held is another's."""

from collections.abc import Callable, Sequence

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.channels.slack.writer import SlackWriter
from leadline.kit import Kit
from leadline.model.handling import Handling
from leadline.model.lead import Ownership
from leadline.model.task import Alert, Step
from leadline.ports.channel import Notice, OutgoingMessage
from leadline.ports.store import Store
from tests.worlds.channels import AlertOffice
from tests.worlds.leads import LEASE, HandClock
from tests.worlds.sales_office import ANN


class _Stopped(SlackWriter):
    """Writes for a deliverer that is stopped with the message in its hand, for longer than its
    lease: `meanwhile` is what the others do before it goes on."""

    def __init__(self, clock: HandClock, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._clock, self._meanwhile = clock, meanwhile
        self.stops = 0

    def alert(self, notice: Notice) -> OutgoingMessage:
        message = super().alert(notice)
        self._stop()
        return message

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        message = super().digest(notices)
        self._stop()
        return message

    def news(self, notice: Notice, first: Alert) -> OutgoingMessage | None:
        message = super().news(notice, first)
        self._stop()
        return message

    def _stop(self) -> None:
        self.stops += 1
        self._clock.advance(seconds=LEASE.total_seconds() + 1)
        self._meanwhile()


def with_stopped(office: AlertOffice, meanwhile: Callable[[], object]) -> tuple[Kit, _Stopped]:
    """The kit of one that is stopped, in an office whose own deliverer is not."""
    writer = _Stopped(office.clock, meanwhile)
    slack = msgspec.structs.replace(office.kit.channels["slack"], writer=writer)
    channels = {**office.kit.channels, "slack": slack}
    return msgspec.structs.replace(office.kit, channels=channels, lease_duration=LEASE), writer


@pytest.mark.parametrize("count", [1, 30])
def test_a_deliverer_that_is_stopped_beyond_its_lease_tells_nothing_when_it_goes_on(
    store: Store, clock: HandClock, count: int
) -> None:
    office = AlertOffice(store, clock)
    slack = msgspec.structs.replace(office.kit.channels["slack"], digest_above=10)
    office.kit = msgspec.structs.replace(office.kit, channels={"slack": slack})
    lead_ids = office.leads(count)
    stopped, writer = with_stopped(office, office.turn)
    deliver_due(stopped, "slack")
    assert writer.stops == 1
    office.wait(minutes=2)
    assert sorted(office.slack.lead_ids) == sorted(lead_ids)
    assert not office.waiting()


def test_news_of_an_owner_are_told_once_by_whom_is_not_stopped(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock)
    lead_id = office.lead()
    office.turn()
    clock.advance(seconds=5)
    office.hand(lead_id, Handling(owner=ANN, ownership=Ownership.ASSIGNED))
    stopped, writer = with_stopped(office, office.turn)
    update_due(stopped, "slack")
    assert writer.stops == 1
    office.wait(minutes=2)
    assert len(office.slack.lead_ids) == 2, "its alert, and once the news"


def test_a_lease_that_is_over_costs_a_lead_no_attempt(store: Store, clock: HandClock) -> None:
    office = AlertOffice(store, clock)
    lead_id = office.lead()
    stopped, _ = with_stopped(office, lambda: None)
    deliver_due(stopped, "slack")
    assert office.slack.lead_ids == []
    (lease,) = store.lease(Step.NOTIFY, 9, LEASE, "slack")
    assert (lease.task.lead_id, lease.failures, lease.error) == (lead_id, 0, "lease.over")
