"""What every store remembers of the messages that destinations accepted."""

from datetime import timedelta

import pytest

from leadline.model.task import Alert, Done, Step, Task
from leadline.ports.store import Store
from tests.worlds.leads import HandClock, lease_task, refined_in, settle


def tell(store: Store, clock: HandClock, step: Step, alert: Alert, channel: str = "") -> None:
    """Have a task of this step end with this message."""
    channel = channel or alert.channel
    store.put([Task(step, alert.lead_id, channel)], clock.now)
    assert settle(store, lease_task(store, step, channel), Done(alert=alert))


def test_a_lead_of_which_nobody_was_told_has_no_alerts(store: Store, clock: HandClock) -> None:
    lead = refined_in(store, clock, then=())
    assert store.alerts([lead.id]) == {}
    assert store.alerts([]) == {}


def test_every_message_is_remembered_oldest_first(store: Store, clock: HandClock) -> None:
    ada, bob = refined_in(store, clock, "ada"), refined_in(store, clock, "bob")
    one = Alert(ada.id, "slack", clock.now, "new_lead/1", ref="C012/1717.0001")
    tell(store, clock, Step.NOTIFY, one)
    clock.advance(seconds=1)
    two = Alert(ada.id, "mail", clock.now, "digest/1", digest=True)
    tell(store, clock, Step.NOTIFY, two)
    tell(store, clock, Step.NOTIFY, other := Alert(bob.id, "mail", clock.now, "new_lead/1"))
    clock.advance(seconds=1)
    three = Alert(ada.id, "slack", clock.now, "owner/1", ref="C012/1717.0009", step=Step.UPDATE)
    tell(store, clock, Step.UPDATE, three)
    found = store.alerts([ada.id, bob.id])
    assert {i: list(alerts) for i, alerts in found.items()} == {
        ada.id: [one, two, three],
        bob.id: [other],
    }


@pytest.mark.parametrize("step", [Step.NOTIFY, Step.UPDATE, Step.REMIND])
def test_a_message_is_remembered_with_the_step_that_it_ended(
    store: Store, clock: HandClock, step: Step
) -> None:
    lead = refined_in(store, clock)
    tell(store, clock, step, Alert(lead.id, "slack", clock.now, "any/1"))
    (alert,) = store.alerts([lead.id])[lead.id]
    assert (alert.step, alert.template) == (step, "any/1")


def test_a_message_through_another_channel_is_remembered_as_that_channels(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    instead = Alert(lead.id, "mail", clock.now, "new_lead/1", ref="<1@example.com>")
    tell(store, clock, Step.NOTIFY, instead, channel="slack")
    assert list(store.alerts([lead.id])[lead.id]) == [instead]
    assert store.next_due(Step.NOTIFY, "slack") is None


def test_a_message_sent_again_is_remembered_beside_the_first(
    store: Store, clock: HandClock
) -> None:
    lead = refined_in(store, clock)
    for ref in ("1", "2"):
        alert = Alert(lead.id, "slack", clock.now, "new_lead/1", ref=ref)
        tell(store, clock, Step.NOTIFY, alert)
        clock.advance(milliseconds=1)
    assert [a.ref for a in store.alerts([lead.id])[lead.id]] == ["1", "2"]


def test_alerts_of_many_leads_are_asked_at_once(store: Store, clock: HandClock) -> None:
    ids = []
    for n in range(30):
        lead = refined_in(store, clock, f"lead{n}")
        ids.append(lead.id)
        if n % 2:
            tell(store, clock, Step.NOTIFY, Alert(lead.id, "slack", clock.now, "new_lead/1"))
        clock.advance(seconds=1)
    alerts = store.alerts(ids)
    assert {*alerts} == {i for n, i in enumerate(ids) if n % 2}
    assert store.alerts(ids[:2]) == {ids[1]: alerts[ids[1]]}
    first = Alert(ids[1], "slack", clock.now - timedelta(seconds=29), "new_lead/1")
    assert list(alerts[ids[1]]) == [first]
