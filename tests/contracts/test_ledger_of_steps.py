"""What every ledger tells of what follows refinement: who was told, what died, who handles it."""

from datetime import datetime, timedelta

import msgspec
import pytest

from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import CapturedLead, LeadDetails, Ownership, Status
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Done, Drop, Later, Retry, Step, Task
from leadline.ports.reading.ledger import LeadFilter, TaskRow
from tests.worlds.leads import refined
from tests.worlds.ledger import START, LedgerWorld

AFTER = [
    (Step.UPDATE, "slack"), (Step.REMIND, "slack"), (Step.LOOK_UP, ""), (Step.CLOCK, ""),
    (Step.WRITE_BACK, "close"),
]  # fmt: skip
ADA = Person(id="crm-1", name="Ada Vance", email="ada@example.com")


def come(world: LedgerWorld, name: str, *channels: str, **done: object) -> CapturedLead:
    """A refined lead of which these channels are to hear."""
    lead = world.accept(name, delay=timedelta())
    then = tuple(Task(Step.NOTIFY, lead.id, channel) for channel in channels)
    refined_lead = refined(lead, world.clock, name=name.title())
    outcome = Done(refined=refined_lead, then=then, **done)  # type: ignore[arg-type]
    world.settle(world.lease(Step.REFINE), outcome)
    world.clock.advance(seconds=1)
    return lead


def alert(world: LedgerWorld, lead: CapturedLead, channel: str, **more: object) -> Alert:
    return Alert(lead.id, channel, world.clock.now, "new_lead/1", **more)  # type: ignore[arg-type]


def tell(world: LedgerWorld, lead: CapturedLead, channel: str, through: str = "") -> None:
    """Have the channel told, or another in its place."""
    told = alert(world, lead, through or channel, ref=f"ref of {channel}")
    world.settle(world.lease(Step.NOTIFY, channel), Done(alert=told))
    world.clock.advance(seconds=1)


def put(world: LedgerWorld, lead: CapturedLead, step: Step, channel: str) -> None:
    world.store.put([Task(step, lead.id, channel)], world.clock.now)


def places(world: LedgerWorld) -> dict[str, int]:
    """Where the leads are, as the account has it, which must balance."""
    account = world.ledger.account(deep=True)
    assert account.balanced, account.unaccounted
    names = ("alerted", "alerting", "alert_dead", "untold", "waiting", "dead")
    return {name: getattr(account, name) for name in names if getattr(account, name)}


@pytest.mark.parametrize(("step", "channel"), AFTER)
def test_a_lead_stays_alerted_whatever_becomes_of_the_steps_after(
    world: LedgerWorld, step: Step, channel: str
) -> None:
    lead = come(world, "ada", "slack")
    tell(world, lead, "slack")
    put(world, lead, step, channel)
    assert (world.story("ada").row.status, places(world)) == (Status.ALERTED, {"alerted": 1})
    world.settle(world.lease(step, channel), Retry(timedelta(), why="busy"))
    world.settle(world.lease(step, channel), Drop("them.refused", "never"))
    assert (world.story("ada").row.status, places(world)) == (Status.ALERTED, {"alerted": 1})
    (group,) = world.ledger.dead()
    assert (group.step, group.reason, group.count, group.example) == (
        step, "them.refused", 1, lead.id,
    )  # fmt: skip
    assert {t.what: t.count for t in world.ledger.tallies()}[f"{step}.dead"] == 1


@pytest.mark.parametrize(("step", "channel"), AFTER)
def test_no_other_step_makes_a_lead_alerted(world: LedgerWorld, step: Step, channel: str) -> None:
    lead = come(world, "ada", "slack")
    put(world, lead, step, channel)
    world.settle(world.lease(step, channel), Done(alert=alert(world, lead, channel or "slack")))
    assert (world.story("ada").row.status, places(world)) == (Status.REFINED, {"alerting": 1})
    world.settle(world.lease(Step.NOTIFY, "slack"), Drop("slack.no_service"))
    assert (world.story("ada").row.status, places(world)) == (Status.DEAD, {"alert_dead": 1})


def test_a_dead_alert_beside_dead_steps_is_an_alert_that_died(world: LedgerWorld) -> None:
    lead = come(world, "ada", "slack")
    world.settle(world.lease(Step.NOTIFY, "slack"), Drop("slack.no_service"))
    put(world, lead, Step.WRITE_BACK, "close")
    world.settle(world.lease(Step.WRITE_BACK, "close"), Drop("close.refused"))
    assert places(world) == {"alert_dead": 1}
    put(world, lead, Step.NOTIFY, "slack")
    tell(world, lead, "slack")
    assert (world.story("ada").row.status, places(world)) == (Status.ALERTED, {"alerted": 1})


def test_what_follows_refinement_is_no_channel_to_be_told(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    tasks = [Task(step, lead.id, channel) for step, channel in [(Step.NOTIFY, "slack"), *AFTER]]
    done = Done(
        refined=refined(lead, world.clock),
        then=tuple(tasks[:3]),
        later=tuple(Later(task, timedelta(minutes=1)) for task in tasks[3:]),
    )
    world.settle(world.lease(Step.REFINE), done)
    tell(world, lead, "slack")
    assert places(world) == {"alerted": 1}
    assert len(world.story("ada").tasks) == len(AFTER)


def test_an_alert_that_waits_for_the_morning_is_to_come(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    morning = Later(Task(Step.NOTIFY, lead.id, "mail"), timedelta(hours=9))
    refined_lead = refined(lead, world.clock)
    world.settle(world.lease(Step.REFINE), Done(refined=refined_lead, later=(morning,)))
    assert places(world) == {"alerting": 1}
    world.clock.advance(hours=9)
    tell(world, lead, "mail")
    assert places(world) == {"alerted": 1}


@pytest.mark.parametrize("channels", [("slack",), ("slack", "mail"), ("mail", "slack")])
def test_a_lead_told_through_another_channel_is_alerted(
    world: LedgerWorld, channels: tuple[str, ...]
) -> None:
    """Slack is down, and mail is told in its place, once."""
    lead = come(world, "ada", *channels)
    if channels[0] == "mail":
        tell(world, lead, "mail")
        world.settle(world.lease(Step.NOTIFY, "slack"), Done(note="notify.already_told"))
    else:
        tell(world, lead, "slack", through="mail")
        if "mail" in channels:
            assert places(world) == {"alerting": 1}
            world.settle(world.lease(Step.NOTIFY, "mail"), Done(note="notify.already_told"))
    assert (world.story("ada").row.status, places(world)) == (Status.ALERTED, {"alerted": 1})
    assert [a.channel for a in world.story("ada").alerts] == ["mail"]


def test_a_channel_that_hands_its_alert_on_is_told_by_the_other(world: LedgerWorld) -> None:
    lead = come(world, "ada", "slack")
    hand_on = Done(then=(Task(Step.NOTIFY, lead.id, "mail"),), note="notify.instead")
    world.settle(world.lease(Step.NOTIFY, "slack"), hand_on)
    assert places(world) == {"alerting": 1}
    tell(world, lead, "mail")
    assert places(world) == {"alerted": 1}


def test_a_lead_that_nobody_needed_to_hear_of_any_more_is_untold(world: LedgerWorld) -> None:
    come(world, "ada", "slack")
    world.settle(world.lease(Step.NOTIFY, "slack"), Done(note="notify.ended"))
    assert (world.story("ada").row.status, places(world)) == (Status.REFINED, {"untold": 1})


def test_an_alert_that_is_asked_for_again_changes_no_place(world: LedgerWorld) -> None:
    lead = come(world, "ada", "slack", "mail")
    tell(world, lead, "slack")
    tell(world, lead, "mail")
    for through in ("", "mail"):
        world.store.put([Task(Step.NOTIFY, lead.id, "slack", again=True)], world.clock.now)
        tell(world, lead, "slack", through=through)
        assert places(world) == {"alerted": 1}
    put(world, lead, Step.NOTIFY, "mail")
    world.settle(world.lease(Step.NOTIFY, "mail"), Done(note="notify.already_told"))
    assert places(world) == {"alerted": 1}


def test_messages_are_counted_by_what_they_are(world: LedgerWorld) -> None:
    lead = come(world, "ada", "slack")
    tell(world, lead, "slack")
    for step in (Step.UPDATE, Step.REMIND, Step.REMIND):
        put(world, lead, step, "slack")
        world.settle(world.lease(step, "slack"), Done(alert=alert(world, lead, "slack")))
    counts = {t.what: t.count for t in world.ledger.tallies()}
    assert counts == {"captured": 1, "refined": 1, "alerted": 1, "updated": 1, "reminded": 2}
    assert places(world) == {"alerted": 1}


def test_a_story_tells_who_was_told_what_and_where_it_stands(world: LedgerWorld) -> None:
    lead = come(world, "ada", "slack")
    tell(world, lead, "slack")
    put(world, lead, Step.REMIND, "mail")
    alert = Alert(lead.id, "mail", world.clock.now, "reminder/1", ref="<2@example.com>")
    world.settle(world.lease(Step.REMIND, "mail"), Done(alert=alert))
    first, second = world.story("ada").alerts
    assert (first.channel, first.ref, first.step) == ("slack", "ref of slack", Step.NOTIFY)
    assert (second.channel, second.ref, second.step) == ("mail", "<2@example.com>", Step.REMIND)
    assert [(h.what, h.detail) for h in world.story("ada").timeline] == [
        ("captured", ""), ("refined", ""), ("alerted", "slack, new_lead/1"),
        ("reminded", "mail, reminder/1"),
    ]  # fmt: skip


def test_a_story_tells_what_still_waits_of_every_step(world: LedgerWorld) -> None:
    lead = come(world, "ada", "slack")
    due_at = world.clock.now + timedelta(minutes=5)
    kinds = [*AFTER, (Step.NOTIFY, "slack")]
    world.store.put([Task(step, lead.id, channel) for step, channel in kinds], due_at)
    tasks: list[TaskRow] = list(world.story("ada").tasks)
    assert {(t.step, t.channel) for t in tasks} == set(kinds)
    assert {(t.due_at, t.dead_at, t.leased) for t in tasks} == {(due_at, None, False)}


def test_a_story_tells_who_handles_a_lead_and_since_when(world: LedgerWorld) -> None:
    come(world, "ada", "slack")
    assert world.story("ada").handling is None
    lead_id = world.ids["ada"]
    claimed = Handling(owner=ADA, claimed_by=Person(slack="U02BOB"), claimed_at=world.clock.now)
    assert world.store.handle(lead_id, UNHANDLED, claimed, note="claimed", detail="by U02BOB")
    world.clock.advance(minutes=1)
    first = world.story("ada").handling
    assert first is not None
    assert (first.rev, first.owner, first.claimed_at) == (1, ADA, claimed.claimed_at)
    ended = Handling(owner=ADA, ending=Ending.WON, ended_at=world.clock.now)
    assert world.store.handle(lead_id, first, ended, note="ended", detail="won")
    assert world.store.handle(lead_id, first, UNHANDLED, note="never") is False
    second = world.story("ada").handling
    assert second is not None
    assert (second.rev, second.claimed_by, second.ending) == (2, None, Ending.WON)
    assert [(h.what, h.detail) for h in world.story("ada").timeline] == [
        ("captured", ""), ("refined", ""), ("claimed", "by U02BOB"), ("ended", "won"),
    ]  # fmt: skip


def test_a_list_shows_the_owner_as_known_now(world: LedgerWorld) -> None:
    lead = world.accept("ada", delay=timedelta())
    refined_lead = refined(lead, world.clock, name="Ada")
    details = LeadDetails(owner="whoever the form named")
    refined_lead = msgspec.structs.replace(refined_lead, lead_details=details)
    world.settle(world.lease(Step.REFINE), Done(refined=refined_lead, handling=Handling(level=1)))

    def owner() -> str | None:
        (row,) = world.ledger.find(LeadFilter())
        assert row == world.story("ada").row
        return row.owner

    assert owner() == "whoever the form named"
    assert world.store.handle(lead.id, Handling(rev=1), Handling(owner=ADA))
    assert owner() == "Ada Vance"
    assert world.store.handle(lead.id, Handling(rev=2), Handling(owner=Person(id="crm-9")))
    assert owner() == "crm-9"
    nobody = Handling(ownership=Ownership.UNASSIGNED)
    assert world.store.handle(lead.id, Handling(rev=3), nobody)
    assert owner() is None, "the CRM says that nobody owns it any more"


@pytest.mark.parametrize("since", [None, START])
def test_leads_that_nobody_owns_are_found_by_what_is_known_now(
    world: LedgerWorld, since: datetime | None
) -> None:
    _, claimed, owned, released = (come(world, n) for n in ("ada", "bob", "cy", "dee"))
    for lead in (owned, released):
        world.store.put([Task(Step.REFINE, lead.id)], world.clock.now)
        details = LeadDetails(owner="whoever the form named")
        named = msgspec.structs.replace(refined(lead, world.clock), lead_details=details)
        world.settle(world.lease(Step.REFINE), Done(refined=named))
    assert world.store.handle(claimed.id, UNHANDLED, Handling(owner=ADA, claimed_by=ADA))
    nobody = Handling(ownership=Ownership.UNASSIGNED)
    assert world.store.handle(released.id, UNHANDLED, nobody)
    which = LeadFilter(unowned=True, since=since)
    assert world.names([row.lead_id for row in world.ledger.find(which)]) == ["dee", "ada"]
    assert world.names(list(world.ledger.ids(which))) == ["ada", "dee"]


def test_refinement_gives_lists_their_owner_at_once(world: LedgerWorld) -> None:
    come(world, "ada", handling=Handling(owner=ADA))
    (row,) = world.ledger.find(LeadFilter())
    assert row.owner == "Ada Vance"


def test_the_backlog_is_told_by_step_and_channel(world: LedgerWorld) -> None:
    lead = come(world, "ada")
    other = come(world, "bob")
    now = world.clock.now
    for step, channel in AFTER:
        world.store.put([Task(step, lead.id, channel)], now)
        world.store.put([Task(step, other.id, channel)], now + timedelta(hours=1))
    world.store.put([Task(Step.NOTIFY, lead.id, "mail")], now)
    world.settle(world.lease(Step.CLOCK), Drop("clock.gave_up"))
    found = {(b.step, b.channel): b for b in world.ledger.backlog(now)}
    assert {*found} == {*AFTER, (Step.NOTIFY, "mail")}
    for kind in AFTER:
        dead = int(kind[0] is Step.CLOCK)
        backlog = found[kind]
        assert (backlog.waiting, backlog.due, backlog.dead) == (2 - dead, 1 - dead, dead)
        assert backlog.oldest_due_at == (None if dead else now)


def test_dead_letters_of_every_step_are_found_by_lead(world: LedgerWorld) -> None:
    ada, bob, cy = (come(world, name, "slack") for name in ("ada", "bob", "cy"))
    for lead in (ada, bob, cy):
        tell(world, lead, "slack")
    for step, channel in AFTER:
        put(world, ada, step, channel)
        world.settle(world.lease(step, channel), Drop(f"{step}.refused"))
    world.store.put([Task(Step.NOTIFY, bob.id, "slack", again=True)], world.clock.now)
    world.settle(world.lease(Step.NOTIFY, "slack"), Drop("slack.no_service"))
    put(world, cy, Step.UPDATE, "slack")
    found = world.ledger.dead_tasks([ada.id, bob.id, cy.id])
    assert {i: {*tasks} for i, tasks in found.items()} == {
        ada.id: {Task(step, ada.id, channel) for step, channel in AFTER},
        bob.id: {Task(Step.NOTIFY, bob.id, "slack", again=True)},
    }
    some = world.ledger.dead_tasks([ada.id, bob.id], "clock.refused")
    assert {i: [*tasks] for i, tasks in some.items()} == {ada.id: [Task(Step.CLOCK, ada.id)]}
    assert world.ledger.dead_tasks([bob.id], "clock.refused") == {}
    assert world.ledger.dead_tasks([]) == {}


def test_leads_with_a_dead_letter_of_any_step_are_found(world: LedgerWorld) -> None:
    leads = {name: come(world, name, "slack") for name in ("ada", "bob", "cy")}
    for lead in leads.values():
        tell(world, lead, "slack")
    for name, reason in (("ada", "close.refused"), ("cy", "close.gone")):
        put(world, leads[name], Step.WRITE_BACK, "close")
        world.settle(world.lease(Step.WRITE_BACK, "close"), Drop(reason))

    def names(which: LeadFilter) -> list[str]:
        rows = [row.lead_id for row in world.ledger.find(which)]
        ids = world.ledger.ids(which)
        assert sorted(ids) == sorted(rows)
        return world.names(rows)

    assert names(LeadFilter(dead=True)) == ["cy", "ada"]
    assert names(LeadFilter(reason="close.refused")) == ["ada"]
    assert names(LeadFilter(dead=True, reason="close.gone")) == ["cy"]
    assert names(LeadFilter(dead=True, since=START + timedelta(seconds=1))) == ["cy"]
    assert names(LeadFilter(status=Status.DEAD)) == []
    assert names(LeadFilter(dead=True, status=Status.ALERTED)) == ["cy", "ada"]
