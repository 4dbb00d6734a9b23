"""Experiments on the wait, on AWS: other ends of waits."""

from collections.abc import Sequence

from leadline.model.formats import from_iso
from leadline.model.monitoring.event_notes import WAIT_BY_EXPERIMENT
from leadline.model.task import Step, Task
from leadline.ports.store_parts.trial_waits import TrialWait
from leadline.stores.aws.base import Base
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import LeadItem
from leadline.stores.aws.work.putting import put_back


class AwsTrialWaits(Base):
    """`ports.store_parts.trial_waits.TrialWaits` on DynamoDB and SQS."""

    def move_waits(self, leads: Sequence[TrialWait]) -> list[bool]:
        """See `ports.store_parts.trial_waits.TrialWaits.move_waits`."""
        return [self._move_wait(one) for one in leads]

    def _move_wait(self, one: TrialWait) -> bool:
        now, task = self.clock(), Task(Step.REFINE, one.lead_id)

        def moved(lead: LeadItem) -> LeadItem | None:
            state = lead.task
            if state is None or state.attempt or state.leased or state.dead_at:
                return None
            return put_back(lead.note(now, WAIT_BY_EXPERIMENT, one.why), task, now, one.until)

        lead = self._lead(one.lead_id)
        if lead is None or not self._change(lead, moved):
            return False
        self._send_wakeups([Wakeup(task, one.until, from_iso(lead.captured_at))])
        return True
