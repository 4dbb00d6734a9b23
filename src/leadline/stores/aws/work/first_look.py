"""First looks on AWS: the task of a new lead, and the end of the wait of a hot one."""

from collections.abc import Sequence
from datetime import timedelta

from leadline.model.formats import from_iso, iso
from leadline.model.lead import CapturedLead
from leadline.model.monitoring.event_notes import WAIT_ENDED
from leadline.model.task import Step, Task
from leadline.ports.store_parts.first_look import HotLead, ended_words
from leadline.stores.aws.base import Base
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.table import Write
from leadline.stores.aws.work.putting import put_back, put_further


def first_look_of(lead: CapturedLead) -> tuple[list[Write], list[Wakeup]]:
    """The writes and the wake-up of a new lead's FIRST_LOOK task; empty if it gets none."""
    if not lead.look_at:
        return [], []
    task, at = Task(Step.FIRST_LOOK, lead.id), lead.captured_at
    return put_further(task, None, at, at), [Wakeup(task, at, at)]


class AwsFirstLooks(Base):
    """`ports.store_parts.first_look.FirstLooks` on DynamoDB and SQS. SQS hands out messages in no
    order, so that a hot lead whose wait is over comes when it comes."""

    def end_waits(self, leads: Sequence[HotLead]) -> list[timedelta | None]:
        """See `ports.store_parts.first_look.FirstLooks.end_waits`."""
        return [self._end_wait(one) for one in leads]

    def _end_wait(self, hot: HotLead) -> timedelta | None:
        now, task = self.clock(), Task(Step.REFINE, hot.lead_id)
        spared: list[timedelta] = []

        def ended(lead: LeadItem) -> LeadItem | None:
            state = lead.task
            spared.clear()
            if state is None or state.attempt or state.leased or state.dead_at:
                return None
            if state.due_at <= iso(now):
                return None
            spared.append(from_iso(state.due_at) - now)
            noted = lead.note(now, WAIT_ENDED, ended_words(spared[0], hot.why))
            return put_back(noted, task, now, now)

        lead = self._lead(hot.lead_id)
        if lead is None or not self._change(lead, ended):
            return None
        self._send_wakeups([Wakeup(task, now, from_iso(lead.captured_at))])
        return spared[0]
