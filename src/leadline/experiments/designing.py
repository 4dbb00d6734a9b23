"""The design of an experiment by the settings, and what its arms change."""

from collections.abc import Iterable, Mapping

from leadline.experiments.record import Arm, Design, Started
from leadline.model.lead import RefinedLead
from leadline.settings.top.experiments import (
    ALERT,
    MODEL,
    ExperimentConfig,
    model_of_value,
    names_of_value,
)

LeftOut = Mapping[str, Mapping[str, frozenset[str]]]
"""The rules, or the entries of points, that do not apply to leads of an arm, by experiment and arm;
by "" to all leads that do not take part, which is what the first arm leaves out."""


def design_of(config: ExperimentConfig) -> Design:
    """The design by these settings."""
    arms = tuple(
        Arm(name, share, config.values.get(name, "")) for name, share in config.arms.items()
    )
    return Design(
        change=config.change,
        arms=arms,
        metric=config.metric,
        within=config.within,
        detect=config.detect,
        when=config.when,
    )


def designs_of(configs: Mapping[str, ExperimentConfig]) -> dict[str, Design]:
    """The designs of all experiments, by name."""
    return {name: design_of(config) for name, config in configs.items()}


def left_out_by(designs: Mapping[str, Design], change: str) -> LeftOut:
    """What each arm of experiments that make this change (`ROUTING`, `MODEL`) leaves out: what only
    other arms of its experiment name."""
    return {n: _left_out(one) for n, one in designs.items() if one.change == change}


def left_out_for(left_out: LeftOut, lead: RefinedLead) -> frozenset[str]:
    """What does not apply to a lead, by the experiments that it takes part in."""
    return frozenset[str]().union(
        *(arms.get(lead.experiments.get(name, ""), arms[""]) for name, arms in left_out.items())
    )


def _left_out(design: Design) -> Mapping[str, frozenset[str]]:
    named = {arm.name: frozenset(names_of_value(arm.value)) for arm in design.arms}
    every = frozenset[str]().union(*named.values())
    return {"": every - named[design.control]} | {n: every - own for n, own in named.items()}


ArmModels = Mapping[str, Mapping[str, str]]
"""The paths of trained models, by experiment and arm ("": no other than usual); by "" for all leads
that do not take part, which is that of the first arm. Only experiments with a model."""


def models_by(designs: Mapping[str, Design]) -> ArmModels:
    """The models that arms of experiments on scores name."""
    found = {name: _models(one) for name, one in designs.items() if one.change == MODEL}
    return {name: arms for name, arms in found.items() if any(arms.values())}


def _models(design: Design) -> Mapping[str, str]:
    named = {arm.name: model_of_value(arm.value) for arm in design.arms}
    return {"": named[design.control]} | named


def trial_of(models: ArmModels, lead: RefinedLead) -> tuple[str, str] | None:
    """The experiment with models that a lead takes part in, and its arm; None for none."""
    found = ((name, arm) for name in models if (arm := lead.experiments.get(name)))
    return next(found, None)


def model_for(models: ArmModels, lead: RefinedLead) -> str:
    """The path of the model that the arm of a lead names; "" for the usual one."""
    paths = (arms.get(lead.experiments.get(name, ""), arms[""]) for name, arms in models.items())
    return next(filter(None, paths), "")


def opening_of(designs: Mapping[str, Design], lead: RefinedLead) -> str:
    """The line with which alerts about a lead begin by the experiments; "" for none."""
    lines = (
        arm.value
        for name, design in designs.items()
        if design.change == ALERT
        for arm in design.arms
        if arm.name == lead.experiments.get(name, design.control) and arm.value
    )
    return " ".join(lines)


def before_it(
    one: Started, known: Iterable[Started], designs: Mapping[str, Design]
) -> tuple[str, ...]:
    """The names of experiments that change the same thing, take leads now, by the settings'
    *designs*, and began first: leads that take part in one of them take no part in this one."""
    return tuple(
        other.name
        for other in known
        if other.design.change == one.design.change
        and (other.is_running or other.winner)
        and designs.get(other.name) == other.design
        and (other.started_at, other.name) < (one.started_at, one.name)
    )
