"""Experiments: who gets which arm, what it does, and what is counted, on every store."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.experiments.counting import DEAD, LATE, UNTOLD
from leadline.experiments.designing import left_out_by, models_by
from leadline.experiments.record import Arm, Design, Started
from leadline.experiments.sequences import Count
from leadline.journey.personal_data.erasing import end_erased
from leadline.journey.refinement.first_look import look_due
from leadline.journey.refinement.refining import preview
from leadline.journey.trials import trial_waits
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.model.facts.likeness import FirstSeen
from leadline.model.facts.scored_leads import UNSCORED
from leadline.model.handling import UNHANDLED, Ending
from leadline.model.lead import Contact, RefinedLead
from leadline.model.task import Alert, Done, Drop, Step, Task
from leadline.operations.trials.experiments import (
    ExperimentPlan,
    ExperimentStanding,
    plan_experiment,
    standings,
    start_experiment,
    started_in,
    stop_experiment,
)
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Store, Waiting
from leadline.ports.store_parts.first_look import HotLead
from leadline.ports.store_parts.trial_waits import TrialWait
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from tests.contracts.test_one_person import Registry
from tests.worlds.leads import HandClock, captured, refined
from tests.worlds.ledger import LedgerWorld
from tests.worlds.scores import scorer, small_model

PLAN = ExperimentPlan(baseline=0.1, per_day=10.0, needed=1000)
ALERT = Design(
    change="alert",
    arms=(Arm("usual", 50), Arm("loud", 50, "Call at once!")),
    metric="won",
    within=timedelta(days=30),
    detect=0.02,
)
NAMES = ("ada", "grace", "mary", "emmy", "sofia", "rosa", "lise", "jane", "ruth", "vera")


def begun(store: Store, clock: HandClock, name: str = "louder", design: Design = ALERT) -> Started:
    return start_experiment(store, name, design, PLAN, "ops", clock())


def office_with(
    store: Store, clock: HandClock, designs: Mapping[str, Design], **kit: Any
) -> Registry:
    return Registry(store, clock, experiments=designs, **kit)


def someone(name: str, domain: str = "") -> dict[str, str]:
    """Somebody of a company of their own, unless a domain is given."""
    address = f"{name}@{domain or f'{name}-works.example'}"
    return {"name": f"{name.title()} Person", "email": address}


def test_colleagues_have_one_arm_and_strangers_are_spread_over_all(
    store: Store, clock: HandClock
) -> None:
    begun(store, clock)
    office = office_with(store, clock, {"louder": ALERT})
    together = [office.post(**someone(name, "acme-tools.example")) for name in NAMES]
    alone = [office.post(**someone(name)) for name in NAMES]
    office.wait(minutes=11)
    assert len({office.refined(one).experiments["louder"] for one in together}) == 1
    assert len({office.refined(one).experiment_unit for one in together}) == 1
    assert {office.refined(one).experiments["louder"] for one in alone} == {"usual", "loud"}


def test_a_lead_that_repeats_another_has_its_arm_and_counts_with_it(
    store: Store, clock: HandClock
) -> None:
    begun(store, clock)
    office = office_with(store, clock, {"louder": ALERT})
    for name in NAMES:
        phone = {"phone": f"+1 415 555 26{NAMES.index(name):02}"}
        first = office.comes(**someone(name), **phone)
        both = office.comes(**someone(name, "acme-tools.example"), **phone)
        assert office.first_of(both) == first
        arms = [office.refined(one).experiments for one in (first, both)]
        units = {office.refined(one).experiment_unit for one in (first, both)}
        assert arms[0] == arms[1]
        assert len(units) == 1


def test_a_lead_keeps_its_arm_when_it_is_refined_again_and_after_the_stop(
    store: Store, clock: HandClock
) -> None:
    begun(store, clock)
    office = office_with(store, clock, {"louder": ALERT})
    lead_id = office.comes(**someone("ada"))
    before = office.refined(lead_id)
    stop_experiment(store, "louder", "", "ops", clock())
    store.put([Task(Step.REFINE, lead_id)], clock())
    office.wait(minutes=1)
    assert office.refined(lead_id).experiments == before.experiments
    assert office.refined(lead_id).experiment_unit == before.experiment_unit
    assert office.refined(office.comes(**someone("grace"))).experiments == {}


def test_no_lead_takes_part_before_the_start_nor_while_the_settings_say_something_else(
    store: Store, clock: HandClock
) -> None:
    office = office_with(store, clock, {"louder": ALERT})
    early = office.comes(**someone("ada"))
    begun(store, clock)
    store.put([Task(Step.REFINE, early)], clock())
    office.wait(minutes=1)
    assert office.refined(early).experiments == {}
    other = msgspec.structs.replace(ALERT, within=timedelta(days=60))
    changed = office_with(store, clock, {"louder": other})
    assert changed.refined(changed.comes(**someone("grace"))).experiments == {}
    assert office.refined(office.comes(**someone("mary"))).experiments


def test_a_lead_that_came_in_before_the_start_does_not_take_part(
    store: Store, clock: HandClock
) -> None:
    office = office_with(store, clock, {"louder": ALERT})
    waiting = office.post(**someone("ada"))
    office.wait(minutes=5)
    begun(store, clock)
    office.wait(minutes=6)
    assert office.refined(waiting).experiments == {}


def test_after_a_stop_with_a_winner_all_get_it_and_are_not_counted(world: LedgerWorld) -> None:
    store, clock = world.store, world.clock
    begun(store, clock)
    clock.advance(days=1)
    stop_experiment(store, "louder", "loud", "ops", clock())
    clock.advance(days=1)
    office = office_with(store, clock, {"louder": ALERT})
    for name in NAMES:
        lead_id = office.comes(**someone(name))
        assert office.refined(lead_id).experiments == {"louder": "loud"}
    (found,) = standing_of(world)
    assert [arm.leads for arm in found.figures] == [0, 0]
    assert found.started.winner == "loud"


def test_a_lead_that_waits_at_the_stop_does_not_count_for_the_winner(
    world: LedgerWorld,
) -> None:
    store, clock = world.store, world.clock
    begun(store, clock)
    office = office_with(store, clock, {"louder": ALERT})
    waiting = [office.post(**someone(name)) for name in NAMES]
    office.wait(minutes=5)
    stop_experiment(store, "louder", "loud", "ops", clock())
    office.wait(minutes=6)
    assert [office.refined(one).experiments for one in waiting] == [{}] * len(NAMES)
    (found,) = standing_of(world)
    assert [arm.leads for arm in found.figures] == [0, 0]


def test_the_alert_of_an_arm_begins_with_its_line(store: Store, clock: HandClock) -> None:
    begun(store, clock)
    office = office_with(store, clock, {"louder": ALERT})
    for name in NAMES:
        lead_id = office.comes(**someone(name))
        notice = notice_of(office.kit, lead_id)
        is_loud = office.refined(lead_id).experiments["louder"] == "loud"
        assert notice.opening == ("Call at once!" if is_loud else "")


def notice_of(kit: Kit, lead_id: str) -> Any:
    from leadline.alerts.notices import notices

    return notices(kit, kit.channels["slack"], [lead_id])[lead_id]


def test_rules_that_an_arm_names_apply_to_its_leads_alone(store: Store, clock: HandClock) -> None:
    design = msgspec.structs.replace(
        ALERT, change="routing", arms=(Arm("usual", 1), Arm("pooled", 1, "to-pool"))
    )
    rules = {
        "to-pool": RuleConfig(channels=("pool",)),
        "everybody": RuleConfig(channels=("slack",)),
    }
    designs = {"pool": design}
    routes = Routes(rules=rules, usual=("slack",), left_out=left_out_by(designs, "routing"))
    office = office_with(store, clock, designs, routes=routes)
    before = office.comes(**someone("ada"))
    assert office.messengers["slack"].about(before)
    begun(store, clock, "pool", design)
    arms = set()
    for name in NAMES[1:]:
        lead_id = office.comes(**someone(name))
        arm = office.refined(lead_id).experiments["pool"]
        arms.add(arm)
        assert bool(office.messengers["pool"].about(lead_id)) is (arm == "pooled")
        assert bool(office.messengers["slack"].about(lead_id)) is (arm == "usual")
    assert arms == {"usual", "pooled"}


def test_points_that_an_arm_names_count_for_its_leads_alone_also_when_they_are_refined_again(
    store: Store, clock: HandClock
) -> None:
    arms = (Arm("usual", 1), Arm("company", 1, "company"))
    design = msgspec.structs.replace(ALERT, change="model", arms=arms)
    designs = {"points": design}
    start_experiment(store, "points", design, PLAN, "ops", clock())
    left_out = left_out_by(designs, "model")
    office = office_with(store, clock, designs, scorer=scorer(left_out=left_out))
    found = {}
    for name in NAMES:
        lead_id = office.comes(**someone(name))
        store.put([Task(Step.REFINE, lead_id)], clock())
        first = office.refined(lead_id).score
        office.wait(minutes=1)
        lead = office.refined(lead_id)
        assert lead.score == first
        assert lead.score is not None
        found[lead.experiments["points"]] = lead.score.value
    assert found == {"usual": 10, "company": 35}


def test_leads_are_scored_by_the_model_of_their_arm_and_one_that_cannot_be_read_stops_no_lead(
    store: Store, clock: HandClock, tmp_path: Path
) -> None:
    path = tmp_path / "spring.json"
    path.write_bytes(small_model())
    arms = (
        Arm("usual", 1),
        Arm("trained", 1, f"{path.as_posix()}, company"),
        Arm("lost", 1, (tmp_path / "lost.json").as_posix()),
    )
    design = msgspec.structs.replace(ALERT, change="model", arms=arms)
    designs = {"models": design}
    arm_models, left_out = models_by(designs), left_out_by(designs, "model")
    office = office_with(
        store, clock, designs, scorer=scorer(left_out=left_out, arm_models=arm_models)
    )
    before = office.refined(office.comes(**someone("olga"))).score
    assert before is not None
    assert (before.value, before.by) == (10, "points")
    begun(store, clock, "models", design)
    found = {}
    for name in NAMES:
        lead_id = office.comes(**someone(name))
        lead = office.refined(lead_id)
        store.put([Task(Step.REFINE, lead_id)], clock())
        office.wait(minutes=1)
        assert office.refined(lead_id).score == lead.score
        known = (lead.score.value, lead.score.by) if lead.score else None
        assert (UNSCORED in lead.problems) is (known is None)
        found[lead.experiments["models"]] = known
    assert found == {"usual": (10, "points"), "trained": (100, "small 1"), "lost": None}


CLEANING = msgspec.structs.replace(
    ALERT, change="cleaning", arms=(Arm("usual", 1), Arm("gentle", 1, "without names companies"))
)


def shouted(name: str, **said: str) -> dict[str, str]:
    """Somebody who writes in capitals."""
    first = {"name": f"{name} PERSON".upper(), "company": f"{name} WORKS".upper()}
    return someone(name) | first | said


def test_leads_are_cleaned_as_their_arm_says_also_when_they_are_refined_again(
    store: Store, clock: HandClock
) -> None:
    begun(store, clock, "gentle", CLEANING)
    office = office_with(store, clock, {"gentle": CLEANING})
    ids = [office.post(**shouted(name)) for name in NAMES]
    office.wait(minutes=11)
    first = [office.refined(one) for one in ids]
    assert {one.experiments["gentle"] for one in first} == {"usual", "gentle"}
    for name, lead in zip(NAMES, first, strict=True):
        is_usual = lead.experiments["gentle"] == "usual"
        written = shouted(name)
        contact = (lead.contact.name, lead.contact.company, lead.contact.first_name)
        usual = (written["name"].title(), written["company"].title(), name.title())
        assert contact == (usual if is_usual else (written["name"], written["company"], None))
        assert lead.contact.email_canonical == written["email"]
        looked = preview(office.kit, store.waiting([lead.lead_id])[lead.lead_id])
        assert looked.contact.name == usual[0]
    stop_experiment(store, "gentle", "", "ops", clock())
    store.put([Task(Step.REFINE, one) for one in ids], clock())
    office.wait(minutes=1)
    for one, before in zip(ids, first, strict=True):
        again = office.refined(one)
        assert (again.contact, again.experiments) == (before.contact, before.experiments)
    late = office.refined(office.comes(**shouted("olga")))
    assert (late.contact.name, late.experiments) == ("Olga Person", {})


def test_an_arm_that_leaves_cleaning_out_moves_no_link_between_leads(
    store: Store, clock: HandClock
) -> None:
    odd = Arm("odd", 1, "without names companies emails phones websites misplaced")
    design = msgspec.structs.replace(CLEANING, arms=(Arm("usual", 1), odd))
    begun(store, clock, "odd", design)
    office, seen = office_with(store, clock, {"odd": design}), set()
    for number, name in enumerate(NAMES):
        phone = f"(415) 555-26{number:02}"
        first = office.comes(**shouted(name, phone=phone))
        swapped = {"email": phone, "phone": f"{name.upper()}@{name}-works.example"}
        again = office.comes(**shouted(name) | swapped)
        assert office.first_of(again) == first
        arms = {office.refined(one).experiments["odd"] for one in (first, again)}
        assert len(arms) == 1
        assert len({office.refined(one).experiment_unit for one in (first, again)}) == 1
        seen |= arms
    assert seen == {"usual", "odd"}


def test_after_a_stop_with_a_winner_leads_are_cleaned_as_it_says(
    store: Store, clock: HandClock
) -> None:
    begun(store, clock, "gentle", CLEANING)
    office = office_with(store, clock, {"gentle": CLEANING})
    stop_experiment(store, "gentle", "gentle", "ops", clock())
    clock.advance(minutes=1)
    for name in NAMES[:4]:
        lead = office.refined(office.comes(**shouted(name)))
        assert lead.experiments == {"gentle": "gentle"}
        assert lead.contact.name == f"{name.upper()} PERSON"
    other = office_with(store, clock, {})
    assert other.refined(other.comes(**shouted("olga"))).contact.name == "Olga Person"


def test_leads_wait_as_their_arm_says(store: Store, clock: HandClock) -> None:
    arms = (Arm("usual", 1), Arm("quick", 1, "2m"), Arm("slow", 1, "20m"))
    design = msgspec.structs.replace(ALERT, change="wait", arms=arms)
    start_experiment(store, "waits", design, PLAN, "ops", clock())
    office = office_with(store, clock, {"waits": design})
    office.front = msgspec.structs.replace(office.front, first_look=True)
    ids = [office.post(**someone(name)) for name in NAMES]
    assert look_due(office.kit) == len(NAMES)
    refined_at: dict[str, datetime] = {}
    for minutes in (1, 1, 8, 10):
        office.wait(minutes=minutes)
        for lead_id in set(store.documents(ids)) - set(refined_at):
            refined_at[lead_id] = clock.now
    waited = {"usual": 10, "quick": 2, "slow": 20}
    seen = set()
    for lead_id in ids:
        lead = office.refined(lead_id)
        arm = lead.experiments["waits"]
        seen.add(arm)
        assert refined_at[lead_id] - lead.captured_at == timedelta(minutes=waited[arm])
    assert seen == set(waited)


def test_a_lead_that_cannot_be_looked_at_keeps_its_wait_and_leaves_the_others_theirs(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = msgspec.structs.replace(
        ALERT, change="wait", arms=(Arm("usual", 1), Arm("quick", 999, "2m"))
    )
    start_experiment(store, "waits", design, PLAN, "ops", clock())
    office = office_with(store, clock, {"waits": design})
    office.front = msgspec.structs.replace(office.front, first_look=True)
    broken, *others = [office.post(**someone(name)) for name in NAMES]

    def look(kit: Kit, waiting: Waiting) -> RefinedLead:
        if waiting.lead_id == broken:
            raise ZeroDivisionError
        return preview(kit, waiting)

    monkeypatch.setattr(trial_waits, "preview", look)
    assert look_due(office.kit) == len(NAMES)
    assert look_due(office.kit) == 0
    office.wait(minutes=3)
    refined_soon = store.refined([broken, *others])
    assert broken not in refined_soon
    assert refined_soon


def test_only_a_wait_that_nobody_has_changed_is_moved(store: Store, clock: HandClock) -> None:
    lead = captured(clock, "ada")
    store.accept([lead])
    at = clock.now + timedelta(minutes=3)
    wait = TrialWait(lead.id, at, "3m by the experiment waits")
    assert store.move_waits([wait]) == [True]
    assert store.move_waits([wait]) == [False]
    assert store.end_waits([HotLead(lead.id, "score 90")]) == [None]
    assert store.next_due(Step.REFINE) == at
    held = captured(clock, "grace")
    store.accept([held])
    store.put([Task(Step.REFINE, held.id)], clock.now + timedelta(hours=5), note="wait.held")
    assert store.move_waits([TrialWait(held.id, at, "3m")]) == [False]


def test_only_leads_that_meet_its_conditions_take_part_and_in_one_experiment_of_a_kind(
    store: Store, clock: HandClock
) -> None:
    some = msgspec.structs.replace(ALERT, when=("name contains ada",))
    begun(store, clock, "some", some)
    clock.advance(seconds=1)
    begun(store, clock, "all", ALERT)
    office = office_with(store, clock, {"some": some, "all": ALERT})
    ada = office.refined(office.comes(**someone("ada")))
    grace = office.refined(office.comes(**someone("grace")))
    assert set(ada.experiments) == {"some"}
    assert set(grace.experiments) == {"all"}


def test_an_experiment_is_started_once_and_stopped_once(store: Store, clock: HandClock) -> None:
    begun(store, clock)
    with pytest.raises(ConfigurationError, match="runs already"):
        begun(store, clock)
    with pytest.raises(ConfigurationError, match="no arm 'quiet'"):
        stop_experiment(store, "louder", "quiet", "ops", clock())
    with pytest.raises(ConfigurationError, match="no experiment 'other'"):
        stop_experiment(store, "other", "", "ops", clock())
    stop_experiment(store, "louder", "", "ops", clock())
    with pytest.raises(ConfigurationError, match="was stopped already"):
        stop_experiment(store, "louder", "", "ops", clock())
    with pytest.raises(ConfigurationError, match="has been stopped"):
        begun(store, clock)
    assert started_in(store)["louder"].stopped_by == "ops"


def test_of_two_changes_at_once_none_is_lost(store: Store, clock: HandClock) -> None:
    class Raced:
        """Somebody else starts one just before the first document is kept."""

        def __init__(self) -> None:
            self.kept = store.kept
            self.is_first = True

        def keep(self, changes: Any) -> bool:
            if self.is_first:
                self.is_first = False
                begun(store, clock, "theirs")
            return store.keep(changes)

    start_experiment(Raced(), "ours", ALERT, PLAN, "ops", clock())
    assert set(started_in(store)) == {"ours", "theirs"}


def standing_of(world: LedgerWorld) -> list[ExperimentStanding]:
    known = started_in(world.store).values()
    return standings(known, world.ledger, {"louder": ALERT}, world.clock())


def lead_in(
    world: LedgerWorld,
    name: str,
    arm: str,
    unit: str = "",
    *,
    told: bool = True,
    repeats: FirstSeen | None = None,
) -> str:
    """A lead that was refined with this arm, and told of at once."""
    lead = captured(world.clock, name, delay=timedelta())
    world.store.accept([lead])
    made = msgspec.structs.replace(
        refined(lead, world.clock, email=f"{name}@example.com"),
        experiments={"louder": arm},
        experiment_unit=unit or name,
        duplicate_of=repeats,
    )
    then = (Task(Step.NOTIFY, lead.id, "slack"),) if told else ()
    world.settle(world.lease(Step.REFINE), Done(refined=made, then=then))
    if told:
        alert = Alert(lead.id, "slack", world.clock.now, "new_lead/1")
        world.settle(world.lease(Step.NOTIFY, "slack"), Done(alert=alert))
    world.clock.advance(minutes=1)
    return lead.id


def ends(world: LedgerWorld, lead_id: str, ending: Ending) -> None:
    before = world.store.handling([lead_id]).get(lead_id, UNHANDLED)
    after = msgspec.structs.replace(before, ending=ending, ended_at=world.clock.now)
    assert world.store.handle(lead_id, before, after)


def test_each_company_or_person_counts_once_and_only_when_old_enough(world: LedgerWorld) -> None:
    begun(world.store, world.clock)
    one = lead_in(world, "ada", "usual", "acme")
    other = lead_in(world, "grace", "usual", "acme")
    lead_in(world, "mary", "usual")
    loud = lead_in(world, "emmy", "loud")
    world.clock.advance(days=10)
    ends(world, one, Ending.WON)
    ends(world, other, Ending.WON)
    ends(world, loud, Ending.LOST)
    world.clock.advance(days=15)
    young = lead_in(world, "rosa", "loud")
    ends(world, young, Ending.WON)
    (before,) = standing_of(world)
    assert [arm.counted for arm in before.figures] == [Count(), Count()]
    world.clock.advance(days=5, hours=1)
    (found,) = standing_of(world)
    usual, louder = found.figures
    assert (usual.leads, usual.units, usual.counted, usual.open) == (3, 2, Count(2, 1), 0)
    assert (louder.leads, louder.units, louder.counted, louder.open) == (2, 2, Count(1, 0), 1)


def test_a_win_after_the_time_of_the_metric_does_not_count(world: LedgerWorld) -> None:
    begun(world.store, world.clock)
    late = lead_in(world, "ada", "loud")
    world.clock.advance(days=31)
    ends(world, late, Ending.WON)
    (found,) = standing_of(world)
    assert found.figures[1].counted == Count(1, 0)


def test_leads_of_which_nobody_was_told_count_against_their_arm(world: LedgerWorld) -> None:
    begun(world.store, world.clock)
    lead_in(world, "ada", "loud", told=False)
    lead_in(world, "grace", "usual")
    world.clock.advance(days=2)
    (found,) = standing_of(world)
    usual, louder = found.figures
    assert (usual.guards[UNTOLD], louder.guards[UNTOLD]) == (Count(1, 0), Count(1, 1))
    assert louder.guards[LATE] == Count(1, 0)


def test_leads_with_dead_letters_count_against_their_arm_until_they_are_replayed(
    world: LedgerWorld,
) -> None:
    begun(world.store, world.clock)
    lead_in(world, "grace", "usual")
    lead_id = lead_in(world, "ada", "loud")
    world.store.put([Task(Step.NOTIFY, lead_id, "desk")], world.clock.now)
    world.settle(world.lease(Step.NOTIFY, "desk"), Drop("slack.no_service", "no_service"))
    (young,) = standing_of(world)
    assert young.figures[1].guards[DEAD] == Count()
    world.clock.advance(days=2)
    (found,) = standing_of(world)
    usual, louder = found.figures
    assert (usual.guards[DEAD], louder.guards[DEAD]) == (Count(1, 0), Count(1, 1))
    assert louder.guards[UNTOLD] == Count(1, 0)
    world.store.put([Task(Step.NOTIFY, lead_id, "desk")], world.clock.now)
    (after,) = standing_of(world)
    assert after.figures[1].guards[DEAD] == Count(1, 0)


def test_an_erased_person_still_counts_as_one_of_the_arm(world: LedgerWorld) -> None:
    begun(world.store, world.clock)
    lead_id = lead_in(world, "ada", "loud")
    ends(world, lead_id, Ending.WON)
    kit = Kit(world.store, {}, {}, world.clock, chance=lambda: 0.5)
    lead = world.store.refined([lead_id])[lead_id]
    end_erased(kit, lead, proved=True)
    assert world.store.refined([lead_id])[lead_id].experiment_unit == ""
    world.clock.advance(days=31)
    (found,) = standing_of(world)
    assert found.figures[1].counted == Count(1, 1)


def test_an_erased_person_who_came_twice_still_counts_once(world: LedgerWorld) -> None:
    begun(world.store, world.clock)
    first = lead_in(world, "ada", "loud")
    seen = FirstSeen(first, world.clock.now - timedelta(minutes=1), ("email",))
    again = lead_in(world, "ada2", "loud", "ada", repeats=seen)
    kit = Kit(world.store, {}, {}, world.clock, chance=lambda: 0.5)
    for lead_id in (first, again):
        end_erased(kit, world.store.refined([lead_id])[lead_id], proved=True)
    world.clock.advance(days=31)
    (found,) = standing_of(world)
    assert found.figures[1].counted == Count(1, 0)


def test_what_it_will_take_is_planned_by_earlier_leads(world: LedgerWorld) -> None:
    empty = plan_experiment(ALERT, world.ledger, world.clock())
    assert (empty.baseline, empty.needed, empty.per_day) == (None, None, 0.0)
    lead_in(world, "ada", "usual")
    world.clock.advance(days=40)
    said = plan_experiment(ALERT, world.ledger, world.clock(), baseline=0.1)
    assert said.needed is not None
    assert said.needed > 5000
    assert said.per_day == pytest.approx(1 / 40, rel=0.01)


def test_a_plan_looks_at_leads_that_meet_the_conditions_or_says_that_it_cannot(
    world: LedgerWorld,
) -> None:
    for name in ("ada", "grace", "mary"):
        lead_in(world, name, "usual")
    world.clock.advance(days=40)

    def plan(meets: Callable[[RefinedLead], bool] | None) -> ExperimentPlan:
        return plan_experiment(ALERT, world.ledger, world.clock(), 0.1, meets)

    whole, some = plan(None), plan(lambda lead: lead.contact.email == "ada@example.com")
    assert whole.chosen
    if some.chosen:
        assert some.per_day == pytest.approx(1 / 40, rel=0.01)
    else:
        assert some == msgspec.structs.replace(whole, chosen=False)
        assert all(one.lead.contact == Contact() for one in world.ledger.followed(LeadFilter()))
