"""Corrections of one lead: of its fields, and of the body of a delivery that could not be read."""

from collections.abc import Mapping
from contextlib import closing

from leadline import wiring
from leadline.entrypoints.dashboard.actions.acting import Acting, LeadAction
from leadline.entrypoints.dashboard.actions.telling import ActionResult, Told
from leadline.entrypoints.dashboard.forms import SentForm
from leadline.journey.corrections.proposing import (
    NotCorrected,
    correct,
    correctable,
    digest_of_fields,
    propose_correction,
)
from leadline.journey.receiving.capture import read_again
from leadline.model.errors import LeadlineError
from leadline.model.lead import Kind
from leadline.model.task import Step, Task
from leadline.operations.repair import replay as replaying
from leadline.operations.repair.replay import Start
from leadline.operations.repair.waits import wait_of

FIELD = "f:"
"""What the name of a form's field begins with that has the value of a lead's field."""
SEEN, BODY = "seen", "body"
"""The fields of what the lead was like when the form was shown, and of a mended body."""
CHANGED = "Somebody changed it since this page was shown."


def corrected_values_in(form: SentForm) -> Mapping[str, str]:
    """The values of a lead's fields in a form. Browsers end lines with CR LF."""
    return {
        name.removeprefix(FIELD): value.replace("\r\n", "\n")
        for name, value in form.items()
        if name.startswith(FIELD)
    }


def _correct(acting: Acting) -> Told:
    kit = acting.kit
    try:
        _, fields = correctable(kit, acting.lead_id)
        seen = acting.form.get(SEEN, "")
        if seen and seen != digest_of_fields(fields):
            return Told(f"{CHANGED} Nothing was done.", ActionResult.CONFLICT)
        by = acting.who.person or acting.who.name
        proposal = propose_correction(
            kit, acting.lead_id, corrected_values_in(acting.form), by, acting.now
        )
        with closing(acting.installation.ledger()) as ledger:
            story = ledger.story(acting.lead_id)
        waits = wait_of(story) if story is not None else None
        correct(kit, proposal, acting.now, waits.due_at if waits is not None else None)
    except NotCorrected as error:
        return Told(f"It was not corrected: {error.detail}.", ActionResult.REFUSED)
    _tidy(acting)
    return Told("It is corrected, and refined again.")


def _mend(acting: Acting) -> Told:
    """Read a delivery again that could not be read, with a body in place of what was sent."""
    body = acting.form.get(BODY, "").replace("\r\n", "\n").encode()
    kit, store, ids = acting.kit, acting.store, [acting.lead_id]
    event = store.archived(ids).get(acting.lead_id)
    if event is None or event.kind is not Kind.UNREADABLE or not body:
        return Told("There is no body to correct.", ActionResult.REFUSED)
    capture = wiring.capture_kit(acting.settings)
    try:
        read_again(event, capture, acting.now, body)
    except LeadlineError as error:
        return Told(f"It still can't be read: {error.title}.", ActionResult.REFUSED)
    todo = replaying.plan(store, kit.sources, replaying.routed(kit), ids, Start.CAPTURE)
    count = replaying.carry_out(
        store, todo, acting.now, read=lambda kept: read_again(kept, capture, acting.now, body)
    )
    if not count:
        return Told("It is no new lead: it came again meanwhile.", ActionResult.CONFLICT)
    _tidy(acting)
    return Told("Its body is corrected, and it is refined.")


def _tidy(acting: Acting) -> None:
    """On AWS, remove messages of what is done again from the dead-letter queues."""
    if (queues := acting.installation.dead_letters()) is not None:
        queues.tidy([Task(Step.REFINE, acting.lead_id)], acting.now)


CORRECTIONS = {
    "correct": LeadAction("Correct", "Correct fields of it, and refine it again.", _correct),
    "mend": LeadAction("Correct its body", "Read it again with a corrected body.", _mend),
}
"""The actions by which a lead is corrected."""
