"""A backtest decides as the worker does: what it finds is what was stored."""

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline import refine as refinement
from leadline.entrypoints.rule_trials import reading_kit
from leadline.journey.backtest import cleaning
from leadline.journey.backtest.cleaning import TriedSettings, refined_by_both
from leadline.journey.backtest.comparing import Difference, Sums
from leadline.journey.backtest.replaying import Backtest
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.handling import Ending, Handling
from leadline.settings.connected.crm_kinds import HubSpotConfig
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from tests.worlds.leads import HandClock, captured

BEGIN = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SETTINGS = """
delay = "10m"
[people.ada]
hours = "day"
[people.bob]
away = ["2026-03-04/2026-03-05"]
[people.cy]
zone = "Europe/Berlin"
[people.dee]
email = "dee@example.org"
[hours.day]
zone = "Europe/Berlin"
[teams.dach]
people = ["ada", "bob", "cy"]
order = "weight"
weights = ["ada=2"]
cap_day = 5
fallback = "rest"
[teams.rest]
people = ["cy", "dee"]
fallback = "dee"
[channels.loud]
kind = "webhook"
[channels.quiet]
kind = "webhook"
[rules.large]
min_score = 50
team = "dach"
[rules.again]
when = ["history.leads >= 2"]
channels = ["loud"]
[rules.small]
team = "rest"
channels = ["quiet"]
"""


def settings_of(text: str) -> Settings:
    return load(environ={}, document=(text, "leadline.toml")).settings


def bodies(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Leads of which some return and some are colleagues."""
    made: list[dict[str, Any]] = []
    for number in range(count):
        kind = chance.random()
        one = {
            "name": f"{chance.choice('ABCDEFGH')}nna Person{number}",
            "email": f"p{number}@firm{number}.example",
            "score": chance.randrange(100),
            "n": number,
        }
        if made and kind < 0.25:
            earlier = chance.choice(made)
            one |= {"name": earlier["name"], "email": earlier["email"]}
        elif made and kind < 0.4:
            domain = chance.choice(made)["email"].partition("@")[2]
            one["email"] = f"q{number}@{domain}"
        made.append(one)
    return made


def worked(settings: Settings, count: int, seed: int) -> tuple[Kit, list[str]]:
    """A store in which a worker has refined leads of some days, each at its time."""
    chance, clock = random.Random(seed), HandClock(BEGIN)
    kit = reading_kit(settings, clock)
    ids = []
    for body in bodies(chance, count):
        lead = captured(clock, f"x{body['n']}", raw=json.dumps(body).encode())
        ids.append(lead.id)
        kit.store.accept([msgspec.structs.replace(lead, due_at=clock() + timedelta(minutes=10))])
        clock.now += timedelta(minutes=10)
        assert refine_due(kit) == 1
        clock.now += timedelta(minutes=chance.randrange(120))
    return kit, ids


def side(settings: Settings) -> TriedSettings:
    return TriedSettings(settings, reading_kit(settings))


def replayed(
    kit: Kit, ids: list[str], old: Settings, new: Settings, **how: bool
) -> tuple[list[Difference], Sums]:
    one, other = side(old), side(new)
    test = Backtest(one, other, **how)
    for at in range(0, len(ids), 7):
        test.take(refined_by_both(kit.store, one, other, ids[at : at + 7]))
    return list(test.finish()), test.sums()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("compare", [True, False])
def test_owners_and_duplicates_are_those_that_the_worker_stored(seed: int, compare: bool) -> None:
    settings = settings_of(SETTINGS)
    kit, ids = worked(settings, 80, seed)
    found, sums = replayed(kit, ids, settings, settings, compare=compare, stored=True)
    assert found == []
    assert sums.leads == 80
    decisions = [lead.decision for lead in kit.store.refined(ids).values()]
    assert {"person", "company", "weight", "fallback", "duplicate"} & {
        one.how for one in decisions if one
    } >= {"company", "weight", "duplicate"}
    assert sums.duplicates.new > 5


def test_channels_follow_rules_about_the_history() -> None:
    settings = settings_of(SETTINGS)
    kit, ids = worked(settings, 80, 1)
    _, sums = replayed(kit, ids, settings, settings)
    stored = Counter(
        one.decision.channels_rule for one in kit.store.refined(ids).values() if one.decision
    )
    assert (sums.channels["loud"].old, sums.channels["quiet"].old) == (
        stored["again"], stored["small"],
    )  # fmt: skip
    assert stored["again"] > 0


def test_a_person_who_leaves_the_team_gets_nothing_by_the_new_settings() -> None:
    old = settings_of(SETTINGS)
    new = settings_of(SETTINGS.replace('people = ["ada", "bob", "cy"]', 'people = ["ada", "cy"]'))
    kit, ids = worked(old, 60, 2)
    found, sums = replayed(kit, ids, old, new)
    assert sums.people["bob"].old > 5
    assert sums.people["bob"].new == 0
    assert sum(one.old for one in sums.people.values()) == 60
    assert sum(one.new for one in sums.people.values()) == 60
    assert {one.lead_id for one in found if one.old.owner == "bob"} <= {
        one.lead_id for one in found
    }


def test_leads_that_ended_make_room_again() -> None:
    capped = (
        '[people.ada]\nemail = "ada@example.org"\n'
        '[teams.one]\npeople = ["ada"]\ncap_open = 1\nfallback = "queue"\n'
    )
    rules = '[rules.all]\nteam = "one"\n'
    kit, ids = worked(settings_of(rules + capped.replace("cap_open = 1", "cap_open = 99")), 3, 0)
    before = kit.store.handling(ids[:1]).get(ids[0], Handling())
    ended = msgspec.structs.replace(
        before, ending=Ending.WON, ended_at=BEGIN + timedelta(minutes=11)
    )
    assert kit.store.handle(ids[0], before, ended)
    settings = settings_of(rules + capped)
    _, sums = replayed(kit, ids, settings, settings)
    assert (sums.people["ada"].new, sums.people[""].new, sums.queued.new) == (2, 1, 1)


def test_the_owner_whom_a_crm_named_counts_as_it_was_stored() -> None:
    settings = settings_of(SETTINGS)
    kit, ids = worked(settings, 1, 0)
    (was,) = kit.store.refined(ids).values()
    assert was.decision is not None
    named = msgspec.structs.replace(
        was,
        lead_details=msgspec.structs.replace(was.lead_details, owner="Zoe"),
        decision=msgspec.structs.replace(was.decision, how="crm", person="Zoe"),
    )
    kit.store.refined_leads[ids[0]] = named  # type: ignore[attr-defined]
    with_crm = msgspec.structs.replace(settings, crm={"generic": HubSpotConfig()})
    _, sums = replayed(kit, ids, with_crm, with_crm)
    assert dict(sums.people) == {"Zoe": sums.people["Zoe"]}


def test_a_lead_that_breaks_refinement_is_named_and_the_others_are_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_of(SETTINGS)
    kit, ids = worked(settings, 3, 0)
    refine = refinement.refine

    def fails(fields: Any, about: Any) -> Any:
        if about.lead_id == ids[1]:
            raise RuntimeError("boom")
        return refine(fields, about)

    monkeypatch.setattr(cleaning, "refine", fails)
    _, sums = replayed(kit, ids, settings, settings)
    assert sums.leads == 2
    assert [(one.lead_id, "boom" in one.problem) for one in sums.unread] == [(ids[1], True)]
