"""Experiments on the wait: a first look gives leads the wait of their arm.

The arm is drawn as refinement draws it (`journey.trials.experimenting`): by what the sender sent,
before any CRM is asked, so that both draw the same.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta

from leadline.experiments.record import Started
from leadline.journey.refinement.refining import preview
from leadline.journey.trials.experimenting import drawn_before, taking_part
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.lead import RefinedLead
from leadline.model.task import Lease
from leadline.ports.store import Waiting
from leadline.ports.store_parts.trial_waits import TrialWait
from leadline.settings.notation.notations import DURATION
from leadline.settings.top.experiments import WAIT

log = logging.getLogger(__name__)


def move_waits(kit: Kit, leases: Sequence[Lease], hot: Collection[str]) -> None:
    """Give the leads of these leases the wait of their arm, but for *hot* ones, which wait no
    more."""
    running = [one for one in taking_part(kit) if one.design.change == WAIT]
    ids = [c.task.lead_id for c in leases if not c.failures and c.task.lead_id not in hot]
    if running and ids:
        found = (_moved(kit, running, one) for one in kit.store.waiting(ids).values())
        kit.store.move_waits([one for one in found if one is not None])
        kit.report_current("")


def _moved(kit: Kit, running: Sequence[Started], waiting: Waiting) -> TrialWait | None:
    """The lead with the end of its wait by its arm; None if it takes part in none."""
    kit.report_current(waiting.lead_id)
    try:
        lead = preview(kit, waiting)
        for one in running:
            if arm := drawn_before(kit, one, lead):
                return _by_arm(one, arm, lead)
    except LeadlineError:
        return None  # refinement will report what is wrong with it
    except Exception:
        log.exception("first_look.failed", extra={"lead": waiting.lead_id})
    return None


def _by_arm(one: Started, arm: str, lead: RefinedLead) -> TrialWait | None:
    value = next((each.value for each in one.design.arms if each.name == arm), "")
    if not value:  # the usual wait
        return None
    wait: timedelta = DURATION.read(value)
    return TrialWait(lead.lead_id, lead.captured_at + wait, f"{value} by the experiment {one.name}")
