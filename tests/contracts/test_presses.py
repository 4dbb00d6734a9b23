"""What pressed buttons do, on every store."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.channels.slack.commands import answer_command, open_leads_of
from leadline.channels.slack.replies import PressReply, reply_of
from leadline.channels.slack.requests import REPLY_LASTS, SlashCommand
from leadline.journey.responding.claiming import (
    CLAIM,
    JUNK,
    SNOOZE,
    ActionRules,
    Press,
    PressResult,
    press,
)
from leadline.model.errors import StorageFailed
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Done, Later, Step, Task
from leadline.model.texts.links import Links
from leadline.ports.store import Store
from leadline.settings.team.people import MemberConfig
from leadline.stores.memory import MemoryStore
from leadline.team.people import Team
from tests.worlds.leads import HandClock, captured, lease_task, refined, refined_in, settle

ANN = Person(slack="U01ANN", name="ann.archer")
BOB = Person(slack="U02BOB", name="bob")
TEAM = Team(
    {
        "Ann Archer": MemberConfig(
            email="Ann@Example.com", slack="U01ANN", crm=("crm-1",), zone="America/New_York"
        )
    }
)
KNOWN_ANN = Person(id="crm-1", name="Ann Archer", email="Ann@Example.com", slack="U01ANN")
REPLY = "https://hooks.slack.com/actions/1"


class LeadWithButtons:
    """A store with a lead of which two channels have been told, and buttons to press."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock = store, clock
        self.rules = ActionRules(frozenset(["generic"]), frozenset(["slack", "other"]))
        lead = captured(clock, delay=timedelta())
        store.accept([lead])
        channels = ("mail", "slack")
        then = tuple(Task(Step.NOTIFY, lead.id, name) for name in channels)
        done = Done(refined=refined(lead, clock, name="Ada <Vance>"), then=then)
        assert settle(store, lease_task(store, Step.REFINE), done)
        for name in channels:
            alert = Alert(lead.id, name, clock.now, "new_lead/1")
            assert settle(store, lease_task(store, Step.NOTIFY, name), Done(alert=alert))
        self.id = lead.id

    def press(
        self, user: Person = ANN, action: str = CLAIM, team: Team = TEAM, **about: Any
    ) -> PressReply:
        about = {"reply_lasts": REPLY_LASTS, **about}
        wish = Press(action=action, lead_id=self.id, user=user, **about)
        return reply_of(press(self.store, team, wish, self.clock.now, self.rules))

    @property
    def handling(self) -> Handling:
        return self.store.handling([self.id]).get(self.id, UNHANDLED)

    def have(self, **parts: Any) -> None:
        """Have the lead handled so by others."""
        after = msgspec.structs.replace(self.handling, **parts)
        assert self.store.handle(self.id, self.handling, after)

    def due(self) -> dict[tuple[Step, str], int]:
        places = ((Step.UPDATE, "mail"), (Step.UPDATE, "slack"), (Step.WRITE_BACK, "generic"))
        return {place: n for place in places if (n := self.store.count_due(*place))}


@pytest.fixture
def buttons(store: Store, clock: HandClock) -> LeadWithButtons:
    return LeadWithButtons(store, clock)


EVERYBODY = {(Step.UPDATE, "mail"): 1, (Step.UPDATE, "slack"): 1}
EVERYBODY_AND_CRM = {**EVERYBODY, (Step.WRITE_BACK, "generic"): 1}


def test_who_claims_first_has_the_lead_and_owns_what_nobody_owned(buttons: LeadWithButtons) -> None:
    reply = buttons.press(reply_url=REPLY)
    assert reply == PressReply("Ada &lt;Vance&gt; is yours.", changed=True)
    now = buttons.clock.now
    assert buttons.handling == Handling(
        rev=1, owner=KNOWN_ANN, ownership=Ownership.ASSIGNED, claimed_by=KNOWN_ANN,
        claimed_at=now, touched_at=now, reply_url=REPLY, reply_until=now + REPLY_LASTS,
    )  # fmt: skip
    assert buttons.due() == EVERYBODY_AND_CRM


def test_a_press_says_as_values_what_became_of_it(store: Store, clock: HandClock) -> None:
    buttons = LeadWithButtons(store, clock)

    def result(user: Person, action: str, lead_id: str = buttons.id) -> PressResult:
        wish = Press(action=action, lead_id=lead_id, user=user, span=timedelta(hours=1))
        pressed = press(store, TEAM, wish, clock.now)
        known = pressed.result is not PressResult.UNKNOWN
        assert pressed.by == (KNOWN_ANN if user == ANN else user)
        after = buttons.handling if known else UNHANDLED
        assert pressed.handling in (after, msgspec.structs.replace(after, rev=after.rev - 1))
        assert (pressed.lead.lead_id if pressed.lead else "") == (buttons.id if known else "")
        return pressed.result

    assert result(ANN, CLAIM) is PressResult.CLAIMED
    assert result(BOB, CLAIM) is result(BOB, SNOOZE) is PressResult.ALREADY_CLAIMED
    assert result(ANN, SNOOZE) is PressResult.SNOOZED
    assert result(ANN, SNOOZE) is PressResult.ALREADY_SNOOZED
    assert result(BOB, JUNK) is PressResult.JUNKED
    assert result(ANN, JUNK) is result(ANN, SNOOZE) is PressResult.ALREADY_JUNK
    assert result(BOB, CLAIM) is PressResult.RESTORED
    assert buttons.handling.claimed_by == KNOWN_ANN
    buttons.have(ending=Ending.WON)
    assert result(ANN, CLAIM) is PressResult.ENDED
    assert result(ANN, CLAIM, captured(clock, "stranger").id) is PressResult.UNKNOWN


def test_who_comes_later_is_told_who_has_it_and_changes_nothing(buttons: LeadWithButtons) -> None:
    buttons.press(reply_url=REPLY)
    before = buttons.handling
    buttons.clock.advance(minutes=2, seconds=3)
    assert buttons.press(BOB, reply_url="https://hooks.slack.com/actions/2") == PressReply(
        "<@U01ANN> claimed it 2 min ago."
    )
    assert buttons.handling == before


def test_who_claims_twice_is_told_so_and_changes_nothing(buttons: LeadWithButtons) -> None:
    buttons.press()
    before = buttons.handling
    assert buttons.press() == PressReply("You claimed it just now.")
    buttons.clock.advance(hours=3)
    assert buttons.press() == PressReply("You claimed it 3 h ago.")
    assert buttons.handling == before


def test_an_owner_stays_the_owner_when_somebody_else_claims(buttons: LeadWithButtons) -> None:
    owner = Person(id="crm-9", name="Cid")
    touched = buttons.clock.now - timedelta(minutes=1)
    buttons.have(owner=owner, ownership=Ownership.ASSIGNED, touched_at=touched)
    buttons.press(BOB)
    assert (buttons.handling.owner, buttons.handling.claimed_by) == (owner, BOB)
    assert buttons.handling.touched_at == touched
    assert buttons.handling.holder == BOB


def test_the_owner_whom_the_source_named_stays_the_owner(store: Store, clock: HandClock) -> None:
    lead = captured(clock, delay=timedelta())
    store.accept([lead])
    refined_lead = refined(lead, clock)
    details = msgspec.structs.replace(refined_lead.lead_details, owner="Cid", owner_id="crm-9")
    refined_lead = msgspec.structs.replace(refined_lead, lead_details=details)
    assert settle(store, lease_task(store, Step.REFINE), Done(refined=refined_lead))
    wish = Press(action=CLAIM, lead_id=lead.id, user=BOB)
    assert press(store, Team(), wish, clock.now).changed
    handling = store.handling([lead.id])[lead.id]
    assert (handling.owner, handling.claimed_by) == (None, BOB)


def test_who_is_not_in_the_table_is_called_as_slack_calls_them(buttons: LeadWithButtons) -> None:
    buttons.press(team=Team())
    assert buttons.handling.claimed_by == ANN
    buttons.press(Person(slack="U09NEW"), action=JUNK)
    assert buttons.handling.ended_by == Person(slack="U09NEW")


def test_the_timeline_knows_who_pressed_by_their_slack_id_alone(clock: HandClock) -> None:
    notes: list[tuple[str, str]] = []

    class Noting(MemoryStore):
        def handle(self, *arguments: Any, **named: Any) -> bool:
            notes.append(arguments[4:])
            return super().handle(*arguments, **named)

    buttons = LeadWithButtons(Noting(clock), clock)
    buttons.press()
    buttons.press(BOB, action=JUNK)
    buttons.press(BOB)
    assert notes == [("claimed", "U01ANN"), ("junked", "U02BOB"), ("unjunked", "U02BOB")]


@pytest.mark.parametrize(
    ("ending", "word"), [("won", "won"), ("lost", "lost"), ("disqualified", "disqualified")]
)
@pytest.mark.parametrize("action", [CLAIM, SNOOZE, JUNK])
def test_a_lead_that_has_ended_in_the_crm_stays_as_it_is(
    buttons: LeadWithButtons, ending: str, word: str, action: str
) -> None:
    buttons.have(ending=Ending(ending))
    reply = buttons.press(action=action, span=timedelta(hours=1))
    assert reply == PressReply(f"This lead is already closed: {word}.")
    assert buttons.due() == {}


def test_a_snoozed_lead_sleeps_as_long_as_was_chosen(buttons: LeadWithButtons) -> None:
    reply = buttons.press(action=SNOOZE, span=timedelta(hours=4))
    assert reply.changed
    assert buttons.handling.snoozed_until == buttons.clock.now + timedelta(hours=4)
    assert f"<!date^{int(buttons.clock.now.timestamp()) + 4 * 3600}^" in reply.text
    assert buttons.due() == EVERYBODY
    assert buttons.handling.claimed_by is None
    buttons.press()
    assert buttons.handling.snoozed_until is None


@pytest.mark.parametrize(
    ("user", "now", "until"),
    [
        (ANN, datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 3, 14, tzinfo=UTC)),
        (ANN, datetime(2026, 3, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, 14, tzinfo=UTC)),
        # Clocks are set forward in New York on 8 March.
        (ANN, datetime(2026, 3, 7, 20, tzinfo=UTC), datetime(2026, 3, 8, 13, tzinfo=UTC)),
        (BOB, datetime(2026, 3, 2, 23, 59, tzinfo=UTC), datetime(2026, 3, 3, 9, tzinfo=UTC)),
    ],
)
def test_tomorrow_at_nine_is_meant_where_the_presser_lives(
    clock: HandClock, user: Person, now: datetime, until: datetime
) -> None:
    buttons = LeadWithButtons(MemoryStore(clock), clock)
    clock.now = now
    assert buttons.press(user, SNOOZE).changed
    assert buttons.handling.snoozed_until == until
    assert "already" in buttons.press(user, SNOOZE).text
    assert buttons.handling.rev == 1


def test_only_who_has_claimed_a_lead_puts_it_aside(buttons: LeadWithButtons) -> None:
    buttons.press()
    buttons.clock.advance(minutes=5)
    assert buttons.press(BOB, SNOOZE) == PressReply("<@U01ANN> claimed it 5 min ago.")
    assert buttons.press(ANN, SNOOZE, span=timedelta(hours=1)).changed


def test_junk_ends_a_lead_and_a_claim_brings_it_back(buttons: LeadWithButtons) -> None:
    reply = buttons.press(BOB, JUNK)
    assert (reply.changed, reply.undo) == (True, buttons.id)
    handling = buttons.handling
    assert (handling.ending, handling.ended_at) == (Ending.JUNK, buttons.clock.now)
    assert handling.ended_by == BOB
    assert buttons.due() == EVERYBODY_AND_CRM
    assert buttons.press(BOB, JUNK) == PressReply(
        "You have marked this lead as junk.", undo=buttons.id
    )
    again = buttons.press(ANN, SNOOZE)
    assert again == PressReply("<@U02BOB> has marked this lead as junk.", undo=buttons.id)
    assert buttons.press(ANN).changed
    back = buttons.handling
    assert (back.ending, back.ended_at, back.ended_by) == (Ending.OPEN, None, None)
    assert back.claimed_by == KNOWN_ANN


def test_a_lead_that_comes_back_from_junk_is_with_whoever_had_it(buttons: LeadWithButtons) -> None:
    buttons.press(ANN)
    buttons.clock.advance(minutes=9)
    buttons.press(BOB, JUNK)
    reply = buttons.press(BOB)
    assert reply.changed
    whose = "<@U01ANN> claimed it 9 min ago."
    assert reply.text == f"Ada &lt;Vance&gt; is no longer marked as junk. {whose}"
    assert buttons.handling.claimed_by == KNOWN_ANN
    assert list(buttons.store.work_list("U01ANN")) == [buttons.id]


def test_the_address_of_an_answer_for_one_never_stands_for_the_message(
    buttons: LeadWithButtons,
) -> None:
    buttons.press(action=SNOOZE, reply_url=REPLY)
    buttons.clock.advance(minutes=1)
    buttons.press(reply_url="https://hooks.slack.com/actions/2", is_ephemeral=True)
    assert buttons.handling.reply_url == REPLY
    assert buttons.handling.reply_until == buttons.clock.now - timedelta(minutes=1) + REPLY_LASTS


def test_an_address_that_may_be_another_messages_is_not_kept(clock: HandClock) -> None:
    store = MemoryStore(clock)
    buttons = LeadWithButtons(store, clock)
    buttons.rules = ActionRules(webhook_channels=frozenset(["slack", "mail"]))
    buttons.press(action=SNOOZE, reply_url=REPLY)
    assert buttons.handling.reply_url == ""  # two webhooks told of the lead: whose message was it?
    buttons.rules = ActionRules(webhook_channels=frozenset(["mail"]))
    store.put([Task(Step.NOTIFY, buttons.id, "slack", again=True)], clock.now)
    alert = Alert(buttons.id, "slack", clock.now, "new_lead/1", ref="C01/17.1")
    assert settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))
    buttons.press(action=JUNK, reply_url=REPLY, message="C01/17.1")
    assert buttons.handling.reply_url == ""  # the bot's, which changes its messages by itself
    buttons.press(reply_url=REPLY, message="C02/18.1")
    assert buttons.handling.reply_url == REPLY


def test_a_lead_that_is_not_refined_or_not_there_is_not_known(
    store: Store, clock: HandClock
) -> None:
    waiting = captured(clock, "waiting")
    store.accept([waiting])
    for lead_id in (waiting.id, captured(clock, "stranger").id):
        wish = Press(action=CLAIM, lead_id=lead_id, user=ANN)
        assert reply_of(press(store, TEAM, wish, clock.now)) == PressReply(
            "This lead no longer exists in Leadline."
        )
    assert store.handling([waiting.id]) == {}


@pytest.mark.parametrize("store", ["memory", "sqlite"], indirect=True)
def test_of_many_who_press_at_once_one_has_it_and_the_others_hear_who(
    buttons: LeadWithButtons,
) -> None:
    users = [Person(slack=f"U{n:03}") for n in range(24)]
    told: dict[str, PressReply] = {}
    barrier = threading.Barrier(len(users))

    def one(user: Person) -> None:
        barrier.wait()
        told[user.slack] = buttons.press(user)

    threads = [threading.Thread(target=one, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [name for name, answer in told.items() if answer.changed]
    assert {a.text for name, a in told.items() if name != winner} == {
        f"<@{winner}> claimed it just now."
    }
    assert buttons.handling.claimed_by == Person(slack=winner)
    assert buttons.handling.rev == 1


class Overtaken(MemoryStore):
    """A store in which somebody else is always faster, so many times."""

    times = 0

    def handle(self, lead_id: str, before: Handling, *more: Any, **named: Any) -> bool:
        if self.times:
            self.times -= 1
            level = msgspec.structs.replace(before, level=before.level + 1)
            assert super().handle(lead_id, before, level)
        return super().handle(lead_id, before, *more, **named)


def test_who_is_overtaken_tries_again_and_loses_nothing_of_the_other(clock: HandClock) -> None:
    store = Overtaken(clock)
    buttons = LeadWithButtons(store, clock)
    store.times = 3
    assert buttons.press().changed
    assert (buttons.handling.level, buttons.handling.claimed_by) == (3, KNOWN_ANN)
    store.times = 1000
    with pytest.raises(StorageFailed):
        buttons.press(action=JUNK)
    assert buttons.handling.ending is Ending.OPEN


# --- the command -------------------------------------------------------------------------------


def ask(
    buttons: LeadWithButtons, text: str = "", user: Person = ANN, free: tuple[str, ...] = ()
) -> str:
    command = SlashCommand(user, text)
    message = answer_command(
        buttons.store, TEAM, Links(), command, buttons.clock.now, lambda: list(free)
    )
    assert message["response_type"] == "ephemeral"
    return msgspec.json.encode(message).decode()


def test_the_command_lists_what_one_holds_newest_first(buttons: LeadWithButtons) -> None:
    store, clock = buttons.store, buttons.clock
    buttons.press()
    clock.advance(minutes=1)
    by_email = refined_in(store, clock, "by-email")
    clock.advance(minutes=1)
    by_crm = refined_in(store, clock, "by-crm")
    others = refined_in(store, clock, "others")
    assert store.handle(by_email.id, UNHANDLED, Handling(owner=Person(email="ann@example.com")))
    assert store.handle(by_crm.id, UNHANDLED, Handling(owner=Person(id="crm-1")))
    assert store.handle(others.id, UNHANDLED, Handling(owner=Person(slack="U02BOB")))
    assert list(open_leads_of(store, TEAM, ANN)) == [by_crm.id, by_email.id, buttons.id]
    assert list(open_leads_of(store, Team(), ANN)) == [buttons.id]
    assert "Ada &lt;Vance&gt;" in ask(buttons)
    assert "You have no open leads." in ask(buttons, "mine", Person(slack="U09NEW"))


def test_an_id_that_two_crms_give_shows_nobody_anothers_leads(buttons: LeadWithButtons) -> None:
    buttons.have(owner=Person(id="crm-1", email="dan@example.com", slack="U04DAN"))
    team = Team({**TEAM.members, "Dan": MemberConfig(email="dan@example.com", slack="U04DAN")})
    assert list(open_leads_of(buttons.store, team, ANN)) == []
    assert list(open_leads_of(buttons.store, team, Person(slack="U04DAN"))) == [buttons.id]


def test_the_command_lists_what_nobody_has_with_a_button_to_claim_it(
    buttons: LeadWithButtons,
) -> None:
    store, clock = buttons.store, buttons.clock
    taken = refined_in(store, clock, "taken")
    assert store.handle(taken.id, UNHANDLED, Handling(owner=ANN))
    junk = refined_in(store, clock, "junk")
    assert store.handle(junk.id, UNHANDLED, Handling(ending=Ending.JUNK))
    text = ask(buttons, "unassigned", free=(junk.id, taken.id, buttons.id))
    assert [i in text for i in (junk.id, taken.id, buttons.id)] == [False, False, True]
    assert CLAIM in text
    assert "All leads are assigned." in ask(buttons, "unassigned")


def test_what_the_command_does_not_know_it_says_harmlessly(buttons: LeadWithButtons) -> None:
    text = ask(buttons, "<!channel> *x*")
    assert "<!channel>" not in text
    assert "unassigned" in text
    assert "unassigned" in ask(buttons, "help")


def test_tasks_that_follow_are_due_at_once(clock: HandClock) -> None:
    seen: list[Later] = []

    class Watched(MemoryStore):
        def handle(self, *arguments: Any, **named: Any) -> bool:
            seen.extend(arguments[3])
            return super().handle(*arguments, **named)

    LeadWithButtons(Watched(clock), clock).press()
    assert {(one.task.step, one.after) for one in seen} == {
        (Step.UPDATE, timedelta()), (Step.WRITE_BACK, timedelta()),
    }  # fmt: skip
