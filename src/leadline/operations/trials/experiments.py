"""Experiments: starting and stopping them, and what became of their arms."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from leadline.experiments.allocating import unit_of
from leadline.experiments.counting import ArmFigures, SeenLead, figures_of
from leadline.experiments.designing import before_it
from leadline.experiments.fixed_models import ModelContent, fixed_model
from leadline.experiments.judging import (
    ExperimentJudgement,
    ExperimentVerdict,
    judge_experiment,
)
from leadline.experiments.mixing import MixedArm, ScoredArms
from leadline.experiments.planning import units_needed
from leadline.experiments.record import (
    EXPERIMENTS,
    Design,
    Records,
    Started,
    new_seed,
    record_body,
    records_in,
)
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Contact, RefinedLead
from leadline.model.staff.assigning import Kept, Rewrite
from leadline.operations.trials.experiment_leads import reached_at, seen_of, with_dead_letters
from leadline.ports.reading.ledger import Followed, LeadFilter, Ledger
from leadline.settings.top.experiments import CLAIMED, MODEL, RESPONDED

_EVERY = 1 << 40
_NOBODY = Contact()
_FEWEST_WINS = 20
"""From how many earlier wins on it is said how many of them were within the time."""
_FEWEST_UNITS = 100
"""From how many earlier companies and people on their share counts."""
_Change = Callable[[Mapping[str, Started]], Started]
PAST = timedelta(days=365)
"""How far back earlier leads are looked at."""


class SmallDocuments(Protocol):
    """Keeps small documents (`ports.store_parts.assigning.Assigning`)."""

    def kept(self, names: Collection[str]) -> Mapping[str, Kept]:
        """See `ports.store_parts.assigning.Assigning.kept`."""

    def keep(self, changes: Mapping[str, Rewrite]) -> bool:
        """See `ports.store_parts.assigning.Assigning.keep`."""


class ExperimentPlan(msgspec.Struct, frozen=True):
    """What an experiment would take: the share that reached the metric before (`baseline`; None:
    too few leads to tell), companies and people in a day (`per_day`), and how many are `needed`.
    `held` is the share of earlier wins within the time (None: too few, or another metric). `chosen`
    is whether these are leads that meet the conditions; else all, as who they are is unknown."""

    baseline: float | None
    per_day: float
    needed: int | None
    held: float | None = None
    chosen: bool = True


class ExperimentStanding(msgspec.Struct, frozen=True):
    """An experiment as it stands now. `mixed` are the arms of which leads were scored by several
    models, with these models, and since when the last of them scores (`MixedArm`)."""

    started: Started
    figures: tuple[ArmFigures, ...]
    judged: ExperimentJudgement
    differs: bool = False
    """Whether the settings say something else now: then no further leads take part."""
    behind: tuple[str, ...] = ()
    """The experiments in which leads take part first, as they change the same and began earlier."""
    mixed: tuple[MixedArm, ...] = ()


def plan_experiment(
    design: Design,
    ledger: Ledger,
    now: datetime,
    baseline: float | None = None,
    meets: Callable[[RefinedLead], bool] | None = None,
) -> ExperimentPlan:
    """What the experiment would take, by the leads of the last year; *baseline* in place of what
    they say. *meets* tells which leads it is about (None: all); leads whose persons were erased
    are then left out, and a ledger without contacts cannot tell."""
    leads = list(ledger.followed(LeadFilter(since=now - PAST, limit=_EVERY)))
    known = [one for one in leads if one.lead.contact != _NOBODY]
    chosen = meets is None or bool(known) or not leads
    if meets is not None and known:
        leads = [one for one in known if meets(one.lead)]
    units: dict[str, list[Followed]] = {}
    for one in leads:
        units.setdefault(_unit(one), []).append(one)
    firsts = [min(one.lead.captured_at for one in some) for some in units.values()]
    old = [
        some
        for some, first in zip(units.values(), firsts, strict=True)
        if first + design.within <= now
    ]
    hits = sum(_is_hit(design, some) for some in old)
    if baseline is None and len(old) >= _FEWEST_UNITS:
        baseline = hits / len(old)
    days = (now - min(firsts, default=now)).total_seconds() / 86400
    return ExperimentPlan(
        baseline=baseline,
        per_day=len(units) / max(days, 1.0),
        needed=None if baseline is None else units_needed(baseline, design.detect, design.shares),
        held=held_within(design, leads, now),
        chosen=chosen,
    )


def start_experiment(
    documents: SmallDocuments,
    name: str,
    design: Design,
    plan: ExperimentPlan,
    by: str,
    now: datetime,
    models: Mapping[str, ModelContent] = {},
) -> Started:
    """Start an experiment: from now on its design is fixed, and the *models* of its arms (where
    their files are not, the first lead of an arm fixes its model). Raises ConfigurationError if
    that cannot be."""
    if plan.baseline is None or plan.needed is None:
        raise ConfigurationError(
            f"fewer than {_FEWEST_UNITS} companies and people are old enough to tell which share "
            "of leads reaches the metric; say it with --baseline"
        )
    made = Started(
        name=name,
        design=design,
        seed=new_seed(name, now),
        started_at=now,
        started_by=by,
        baseline=plan.baseline,
        needed=plan.needed,
        held=plan.held,
        models={arm: fixed_model(content, now)[0] for arm, content in models.items()},
    )
    copies = dict(pair for one in models.values() for pair in fixed_model(one, now)[1].items())

    def change(known: Mapping[str, Started]) -> Started:
        if (before := known.get(name)) is not None:
            what = "runs already" if before.is_running else "has been stopped"
            raise ConfigurationError(
                f"the experiment {name} {what}; each is started once, so give a new one a new name"
            )
        return made

    return _changed(documents, name, change, copies)


def stop_experiment(
    documents: SmallDocuments, name: str, winner: str, by: str, now: datetime
) -> Started:
    """Stop an experiment; with a *winner* all leads that would take part get that arm. Raises
    ConfigurationError if it does not run, or has no such arm."""

    def change(known: Mapping[str, Started]) -> Started:
        before = named_experiment(known, name)
        arms = [arm.name for arm in before.design.arms]
        if winner and winner not in arms:
            raise ConfigurationError(f"{name} has no arm {winner!r} (it has {', '.join(arms)})")
        if not before.is_running:
            raise ConfigurationError(f"the experiment {name} was stopped already")
        return msgspec.structs.replace(before, stopped_at=now, stopped_by=by, winner=winner)

    return _changed(documents, name, change)


def named_experiment(known: Mapping[str, Started], name: str) -> Started:
    """The experiment of this name. Raises ConfigurationError if it was never started."""
    if name in known:
        return known[name]
    there = ", ".join(known) or "none"
    raise ConfigurationError(f"no experiment {name!r} was started (started were: {there})")


def started_in(documents: SmallDocuments) -> Mapping[str, Started]:
    """All experiments that were ever started, by name."""
    return records_in(documents.kept([EXPERIMENTS])[EXPERIMENTS].body).started


def standings(
    known: Iterable[Started],
    ledger: Ledger,
    designs: Mapping[str, Design],
    now: datetime,
    among: Iterable[Started] = (),
    check: Callable[[], None] = lambda: None,
) -> list[ExperimentStanding]:
    """These experiments as they stand, those that began last first; *designs* are those of the
    settings now, *among* all experiments that were ever started. All leads since the first of
    them began are read once; *check* is called for each, and may raise."""
    ordered = sorted(known, key=lambda one: one.started_at, reverse=True)
    if not ordered:
        return []
    seen: dict[str, list[SeenLead]] = {one.name: [] for one in ordered}
    which = LeadFilter(since=ordered[-1].started_at, limit=_EVERY)
    dead = with_dead_letters(ledger, ordered[-1].started_at)
    scored = {one.name: ScoredArms() for one in ordered if one.design.change == MODEL}
    for followed in ledger.followed(which):
        check()
        for one in ordered:
            if one.name in followed.lead.experiments:
                seen[one.name].append(seen_of(one, followed, dead))
                if one.name in scored:
                    scored[one.name].add(followed.lead.experiments[one.name], followed.lead)
    every = tuple(among)
    return [
        msgspec.structs.replace(
            _standing(one, seen[one.name], designs, now, scored.get(one.name, ScoredArms())),
            behind=before_it(one, every, designs) if one.is_running else (),
        )
        for one in ordered
    ]


def _standing(
    one: Started,
    seen: Iterable[SeenLead],
    designs: Mapping[str, Design],
    now: datetime,
    scored: ScoredArms,
) -> ExperimentStanding:
    figures = figures_of(one, seen, now)
    differs = (one.is_running or bool(one.winner)) and designs.get(one.name) != one.design
    judged, mixed = judge_experiment(one, figures, now), scored.mixed()
    if mixed:
        changed = ExperimentVerdict.CHANGED
        judged = msgspec.structs.replace(judged, verdict=changed, winner="")
    return ExperimentStanding(one, figures, judged, differs, mixed=mixed)


def _unit(one: Followed) -> str:
    """Whom an earlier lead is about; a ledger without contacts takes each for itself."""
    return one.lead.experiment_unit or unit_of(one.lead)


def _is_hit(design: Design, some: Iterable[Followed]) -> bool:
    leads = list(some)
    end = min(one.lead.captured_at for one in leads) + design.within
    reached = (reached_at(design.metric, one.handling) for one in leads)
    return any(at is not None and at <= end for at in reached)


def held_within(design: Design, leads: Iterable[Followed], now: datetime) -> float | None:
    """The share of wins within the time, of leads old enough for later ones to be known, too."""
    if design.metric in (CLAIMED, RESPONDED):
        return None
    until = now - 2 * design.within
    spans = [
        at - one.lead.captured_at
        for one in leads
        if one.lead.captured_at <= until
        and (at := reached_at(design.metric, one.handling)) is not None
    ]
    if len(spans) < _FEWEST_WINS:
        return None
    return sum(span <= design.within for span in spans) / len(spans)


def _changed(
    documents: SmallDocuments, name: str, change: _Change, copies: Mapping[str, bytes] = {}
) -> Started:
    """Change one experiment in the document, and keep *copies* of models that are not kept yet,
    again and again until nobody else is faster."""
    while True:
        there = documents.kept([EXPERIMENTS, *copies])
        kept = there[EXPERIMENTS]
        known = records_in(kept.body).started
        made = change(known)
        missing = {n: Rewrite(there[n], body) for n, body in copies.items() if not there[n].body}
        body = record_body(Records({**known, name: made}))
        if documents.keep({EXPERIMENTS: Rewrite(kept, body), **missing}):
            return made
