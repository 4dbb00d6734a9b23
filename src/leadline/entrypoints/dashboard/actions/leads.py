"""What people can do with one lead: claim, assign, junk, its wait, replay, unlink."""

from contextlib import closing
from datetime import datetime, timedelta

from starlette.routing import Route

from leadline import wiring
from leadline.entrypoints.dashboard.actions.acting import (
    Acting,
    LeadAction,
    acting_route,
    changed_by_others,
    shown_name,
)
from leadline.entrypoints.dashboard.actions.correcting import CORRECTIONS
from leadline.entrypoints.dashboard.actions.telling import ActionResult, Told, ago_words
from leadline.entrypoints.slack_endpoint import slack_endpoint
from leadline.journey.assigning.handing_on import Move, move
from leadline.journey.receiving.capture import read_again
from leadline.journey.responding.claiming import CLAIM, JUNK, Press, Pressed, PressResult, press
from leadline.journey.same_person.judging import part, without_raw
from leadline.model.ids import is_lead_id
from leadline.model.lead import Status
from leadline.model.task import ON_HOLD_UNTIL, Step, Task
from leadline.operations.repair import replay as replaying
from leadline.operations.repair.replay import Start
from leadline.operations.repair.waits import change_wait, end_of_wait, is_on_hold, wait_of
from leadline.ports.reading.ledger import LeadStory, TaskRow

_PRESSED = {
    PressResult.CLAIMED: Told("It is yours."),
    PressResult.RESTORED: Told("It is no junk any more, and is with who had claimed it."),
    PressResult.JUNKED: Told("It is junk."),
    PressResult.ALREADY_JUNK: Told("It is junk already.", ActionResult.REFUSED),
    PressResult.UNKNOWN: Told(
        "It is not refined yet, so nobody can do that.", ActionResult.REFUSED
    ),
}


def _claim(acting: Acting) -> Told:
    return _press(acting, CLAIM)


def _junk(acting: Acting) -> Told:
    return _press(acting, JUNK)


def _press(acting: Acting, action: str) -> Told:
    """Do what a button of a message in Slack does."""
    rules = slack_endpoint(acting.settings).rules
    request = Press(action=action, lead_id=acting.lead_id, user=acting.person)
    pressed = press(acting.store, acting.kit.team, request, acting.now, rules)
    return _PRESSED.get(pressed.result) or _why_not_pressed(acting, pressed)


def _why_not_pressed(acting: Acting, pressed: Pressed) -> Told:
    """Who claimed or ended the lead before."""
    handling = pressed.handling
    if pressed.result is PressResult.ALREADY_CLAIMED:
        who, at = shown_name(acting, handling.claimed_by), handling.claimed_at
        return Told(f"{who} claimed it {ago_words(at, acting.now)}.", ActionResult.CONFLICT)
    return changed_by_others(acting, handling)


def _assign(acting: Acting) -> Told:
    name = acting.form.get("person", "").strip()
    if name not in acting.settings.people:
        return Told("There is nobody of that name in [people].", ActionResult.REFUSED)
    wanted = Move(how="operator", person=name, by=acting.who.name)
    moved = move(acting.kit, acting.lead_id, wanted)
    if moved.after:
        return Told(f"{moved.after} has it now.")
    return Told(f"It was not assigned: {moved.why_not}.", ActionResult.REFUSED)


def _hold(acting: Acting) -> Told:
    return _change_wait(acting, ON_HOLD_UNTIL, "held")


def _send_now(acting: Acting) -> Told:
    return _change_wait(acting, acting.now, "ended")


def _release(acting: Acting) -> Told:
    story = _story(acting)
    waits = wait_of(story) if story is not None else None
    if story is None or waits is None or not is_on_hold(waits):
        return Told("It is not on hold.", ActionResult.REFUSED)
    delay = _delay_of(acting, story.row.source)
    due_at = end_of_wait(story.row.captured_at, delay, acting.now)
    return _change_wait(acting, due_at, "released", (story, waits))


def _delay_of(acting: Acting, source: str) -> timedelta:
    """How long leads of a source wait by the settings."""
    config = acting.settings.sources.get(source)
    own = config.delay if config else None
    return acting.settings.delay if own is None else own


def _change_wait(
    acting: Acting,
    due_at: datetime,
    note: str,
    found: tuple[LeadStory, TaskRow] | None = None,
) -> Told:
    """Change when the lead is refined, if it still waits."""
    story = found[0] if found else _story(acting)
    waits = wait_of(story) if story is not None else None
    if story is None or waits is None:
        return Told(_why_it_does_not_wait(story), ActionResult.REFUSED)
    if due_at >= ON_HOLD_UNTIL and is_on_hold(waits):
        return Told("It is on hold already.", ActionResult.REFUSED)
    by = f"{note} {acting.who.name}"
    if not change_wait(acting.store, acting.lead_id, due_at, by, acting.now):
        return Told("It has just been refined, and waits no more.", ActionResult.CONFLICT)
    if due_at >= ON_HOLD_UNTIL:
        return Told("It is on hold until somebody releases it.")
    return Told("Its wait is over." if due_at <= acting.now else "It is due when its wait ends.")


def _why_it_does_not_wait(story: LeadStory | None) -> str:
    if story is None:
        return "There is no such lead."
    if story.row.status is Status.DEAD:
        return "It is a dead letter: retry it."
    return f"It is {story.row.status}, and does not wait any more."


def _story(acting: Acting) -> LeadStory | None:
    with closing(acting.installation.ledger()) as ledger:
        return ledger.story(acting.lead_id)


def _replay(acting: Acting) -> Told:
    words = acting.form.get("from", Start.REFINE)
    if words not in list(Start):
        return Told("There is no such step.", ActionResult.REFUSED)
    start, ids = Start(words), [acting.lead_id]
    with closing(acting.installation.ledger()) as ledger:
        dead = ledger.dead_tasks(ids) if start is Start.DEAD else {}
    kit, store = acting.kit, acting.store
    todo = replaying.plan(store, kit.sources, replaying.routed(kit), ids, start, dead)
    if why_not := todo.skipped.get(acting.lead_id):
        return Told(f"Nothing was replayed: {why_not}.", ActionResult.REFUSED)
    capture = wiring.capture_kit(acting.settings)
    count = replaying.carry_out(
        store, todo, acting.now, read=lambda kept: read_again(kept, capture, acting.now)
    )
    _tidy(acting, todo)
    if not count:
        return Told("Nothing was replayed: it still can't be read.", ActionResult.REFUSED)
    return Told(f"It is replayed from {start}.")


def _tidy(acting: Acting, todo: replaying.Plan) -> None:
    """On AWS, remove messages of what is replayed from the dead-letter queues."""
    if (queues := acting.installation.dead_letters()) is not None:
        tasks = [*todo.tasks, *(Task(Step.REFINE, lead_id) for lead_id in todo.readmit)]
        queues.tidy(tasks, acting.now)


def _unlink(acting: Acting) -> Told:
    leads = acting.store.refined([acting.lead_id])
    lead = leads.get(acting.lead_id)
    link = lead.duplicate_of if lead is not None else None
    other_id = acting.form.get("other", "") or (link.lead_id if link is not None else "")
    if lead is None or not is_lead_id(other_id) or other_id == acting.lead_id:
        return Told("It is linked to no other lead.", ActionResult.REFUSED)
    other = acting.store.refined([other_id]).get(other_id)
    if other is None or lead.status != "refined" or other.status != "refined":
        return Told("Only refined leads can be kept apart.", ActionResult.REFUSED)
    again = part(acting.store, lead, other, acting.who.name, acting.now)
    if without_raw(acting.store, again):
        return Told("They are kept apart; what can't be refined again stays as it is.")
    return Told("They are kept apart for good.")


ACTIONS = {
    "claim": LeadAction("Claim", "Take the lead; the first to claim it has it.", _claim),
    "assign": LeadAction(
        "Assign", "Give it to somebody, whether they are there or not.", _assign,
        is_on_what_was_seen=True,
    ),
    "junk": LeadAction("Junk", "It is no lead at all.", _junk, is_on_what_was_seen=True),
    "hold": LeadAction("Hold", "Do not refine it until somebody releases it.", _hold),
    "release": LeadAction("Release", "End the hold.", _release),
    "now": LeadAction("Send now", "End its wait: refine it and tell people at once.", _send_now),
    "replay": LeadAction("Replay", "Do it again from a step.", _replay),
    "unlink": LeadAction("Unlink", "Keep it apart from the lead it is linked to.", _unlink),
    **CORRECTIONS,
}  # fmt: skip
"""What can be done with one lead, by the last part of its path. The templates make buttons of
these."""

PATH = "/leads/{lead_id}/do/{action}"
ROUTES = [Route(PATH, acting_route(ACTIONS), methods=["POST"])]
