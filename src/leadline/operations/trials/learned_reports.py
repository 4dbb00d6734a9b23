"""A team with the order `learned` as it is reported: who gets and wins how much, and whether what
was learned does better than even turns, as an experiment is reported."""

from collections import Counter
from collections.abc import Container, Sequence
from datetime import datetime

import msgspec

from leadline.experiments.counting import SeenLead, figures_of
from leadline.experiments.judging import judge_experiment
from leadline.experiments.planning import units_needed
from leadline.experiments.record import Arm, Design, Started
from leadline.model.staff.learned import PersonWins, TeamWins
from leadline.operations.trials.experiment_leads import troubles_of, with_dead_letters
from leadline.operations.trials.experiment_reports import ExperimentReport, report_of
from leadline.operations.trials.experiments import (
    ExperimentStanding,
    SmallDocuments,
    held_within,
)
from leadline.operations.trials.learned_wins import PAST, begun, given_by, is_won, wins_in, won_at
from leadline.ports.reading.ledger import Followed, LeadFilter, Ledger
from leadline.ports.store_parts.assigning import wins_of
from leadline.settings.team.teams import TeamConfig
from leadline.settings.top.experiments import WON
from leadline.team.giving.learning import FEWEST
from leadline.team.giving.turns import EVEN, LEARNED

DETECT = 0.02
"""The smallest difference of the shares won that is worth finding."""
_USUAL = 0.1
"""The share won that is taken for usual as long as too few are counted to tell."""
_ENOUGH = 100
_ALL = 1 << 40


class LearnedPerson(msgspec.Struct, frozen=True):
    """Somebody of the team: how many leads they were given first by turns before anything was
    learned, evenly, and by what was learned, in the last year; how many they have `won` of those
    `counted`, as the order knows them."""

    person: str
    by_turns: int
    evenly: int
    learned: int
    won: int
    counted: int


class LearnedReport(msgspec.Struct, frozen=True):
    """A team that learns. `says` is whether what was learned does better, in a sentence;
    `experiment` are the figures of that (None: nothing is given out by what was learned yet)."""

    team: str
    floor: float
    kinds: tuple[str, ...]
    counted: int
    people: tuple[LearnedPerson, ...]
    says: str
    experiment: ExperimentReport | None = None


def learned_report(
    store: SmallDocuments, ledger: Ledger, team: str, config: TeamConfig, now: datetime
) -> LearnedReport:
    """The team in figures and words; reads its leads of the last year."""
    name = wins_of(team)
    wins = begun(wins_in(store.kept([name])[name]), config, now)
    given = list(given_by(team, ledger.followed(LeadFilter(since=now - PAST, limit=_ALL))))
    hows = Counter((drawn.person, drawn.how) for _, drawn in given)
    people = dict.fromkeys((*config.people, *(drawn.person for _, drawn in given)))
    dead = with_dead_letters(ledger, now - PAST)
    seen = [
        _seen(one, drawn.how, dead)
        for one, drawn in given
        if drawn.how in (EVEN, LEARNED)
        and (wins.since is None or one.lead.captured_at >= wins.since)
    ]
    experiment = _experiment(team, config, seen, [one for one, _ in given], now)
    return LearnedReport(
        team=team,
        floor=config.floor,
        kinds=config.kinds,
        counted=wins.every.of,
        people=tuple(_person(one, hows, wins) for one in people),
        says=_too_few(wins) if experiment is None else experiment.says,
        experiment=experiment,
    )


def _too_few(wins: TeamWins) -> str:
    if (of := wins.every.of) < FEWEST:
        return f"all leads go by even turns until {FEWEST} are counted ({of} are)"
    return "no lead has been given out by what was learned yet"


def _person(person: str, hows: Counter[tuple[str, str]], wins: TeamWins) -> LearnedPerson:
    theirs = wins.people.get(person, PersonWins()).every
    return LearnedPerson(
        person=person,
        by_turns=hows[person, "turn"],
        evenly=hows[person, EVEN],
        learned=hows[person, LEARNED],
        won=theirs.won,
        counted=theirs.of,
    )


def _seen(one: Followed, arm: str, dead: Container[str]) -> SeenLead:
    """A lead as it is compared. It stands for itself: further leads of the same person or company
    go to who had the first one, and not by the order."""
    lead = one.lead
    return SeenLead(
        lead_id=lead.lead_id,
        unit=lead.lead_id,
        arm=arm,
        captured_at=lead.captured_at,
        reached_at=won_at(one),
        troubles=frozenset(troubles_of(one, dead)),
    )


def _experiment(
    team: str,
    config: TeamConfig,
    seen: Sequence[SeenLead],
    given: Sequence[Followed],
    now: datetime,
) -> ExperimentReport | None:
    """What was learned against even turns, judged as any experiment is; None without any lead
    given out by what was learned."""
    started_at = min((one.captured_at for one in seen if one.arm == LEARNED), default=None)
    if started_at is None or config.floor >= 1:
        return None
    arms = (Arm(EVEN, config.floor, "even turns"), Arm(LEARNED, 1 - config.floor, "as learned"))
    design = Design("order", arms, WON, config.within, DETECT)
    baseline = _baseline(config, given, now)
    started = Started(
        name=f"team:{team}",
        design=design,
        seed="",
        started_at=started_at,
        started_by="the settings",
        baseline=baseline,
        needed=units_needed(baseline, DETECT, design.shares),
        held=held_within(design, given, now),
    )
    figures = figures_of(started, seen, now)
    judged = judge_experiment(started, figures, now)
    return report_of(ExperimentStanding(started, figures, judged))


def _baseline(config: TeamConfig, given: Sequence[Followed], now: datetime) -> float:
    """The share of the team's leads that is won in time."""
    old = [one for one in given if one.lead.captured_at + config.within <= now]
    if len(old) < _ENOUGH:
        return _USUAL
    return sum(is_won(one, config.within) for one in old) / len(old)
