"""The queues of dead letters, beside what the ledger knows."""

from contextlib import closing
from datetime import timedelta

from leadline.model.task import Drop, Step, Task
from leadline.ports.store import Settlement
from leadline.stores.aws.sweep.dead_letter_queues import DeadLetterQueues
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, captured


def test_a_lead_that_died_again_and_again_leaves_one_message(moto: str, clock: HandClock) -> None:
    with closing(AwsResources(moto)) as rooms:
        store = rooms.store(clock)
        leads = [captured(clock, name, delay=timedelta()) for name in ("ada", "bob")]
        store.accept(leads)
        for _ in range(3):
            for lease in store.lease(Step.REFINE, 5, timedelta(minutes=1)):
                store.settle([Settlement(lease, Drop("lead.not_understood"))])
            store.put([Task(Step.REFINE, leads[0].id)], clock.now)
        queues = DeadLetterQueues(rooms.caller, rooms.table, rooms.queues)
        url = rooms.dead_urls[Step.REFINE]
        (lease,) = store.lease(Step.REFINE, 5, timedelta(minutes=1))
        store.settle([Settlement(lease, Drop("lead.not_understood"))])
        assert rooms.queues.depths(url)["visible"] == 5
        assert queues.tidy([], clock.now).taken_off == 3
        assert sorted(m["lead_id"] for m in rooms.messages(url)) == sorted(x.id for x in leads)
