"""Runs a step by the function in its row (`model.task.Step`), and computes how long it may take.

The function is imported at its first call, because most functions on AWS do only one step. If tasks
of the step name no channel, the function takes a kit and the maximum number of leads, and returns
how many tasks it leased. Otherwise it takes a kit and the name of a channel or source, and returns
what `do` returns.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

from leadline.kit import Kit
from leadline.model.task import Addressee, Step, TaskKind
from leadline.settings.tables import SLACK
from leadline.settings.top.general import Settings


def do(kind: TaskKind, kit: Kit, limit: int = 100) -> timedelta | None:
    """Do due tasks of this kind; up to *limit* of them if the step's tasks name no channel.

    Returns None if nothing is due, zero if something was done, else how long to wait.
    """
    step, name = kind
    function = function_of(step)
    if step.addressee is Addressee.LEAD:
        return timedelta() if function(kit, limit) else None
    wait: timedelta | None = function(kit, name)
    return wait


def function_of(step: Step) -> Callable[..., Any]:
    """The function that does a step."""
    module, _, name = step.row.function.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def names(step: Step, settings: Settings) -> Sequence[str]:
    """The channels, sources or ad networks that tasks of this step can name; [""] if they name
    none."""
    match step.addressee:
        case Addressee.LEAD:
            return [""]
        case Addressee.CHANNEL:
            return sorted({SLACK, *settings.channels})
        case Addressee.CRM:
            return [source for source, config in settings.crm.items() if config.write]
        case Addressee.AD_NETWORK:
            return sorted(settings.outcomes)


def kinds_after_refinement(settings: Settings) -> list[TaskKind]:
    """All kinds of tasks after refinement that are possible with these settings."""
    return [
        (step, name)
        for step in Step
        if step is not Step.REFINE and (not step.row.needs or getattr(settings, step.row.needs))
        for name in names(step, settings)
    ]


def timeouts(kind: TaskKind, settings: Settings) -> list[timedelta]:
    """The timeouts of the destinations and CRMs that this kind of task may call. A step whose tasks
    name no channel may ask any CRM."""
    step, name = kind
    match step.addressee:
        case Addressee.LEAD:
            asked = [config.timeout for config in settings.crm.values()]
            if step is Step.REFINE:
                asked += [config.timeout for config in settings.enrich.values()]
            return asked
        case Addressee.CHANNEL:
            config = settings.channels.get(name)
            return [config.timeout if config else settings.slack_timeout]
        case Addressee.CRM:
            return [settings.crm[name].timeout] if name in settings.crm else []
        case Addressee.AD_NETWORK:
            # A request may be followed by one more, begun within its timeout.
            return [2 * settings.outcomes[name].timeout] if name in settings.outcomes else []


def patience(kind: TaskKind, settings: Settings, duration: timedelta) -> timedelta:
    """How long one call of `do` may wait for others. A batch of leads stops asking CRMs when half
    of the *duration* is over, so that is added to the longest timeout."""
    answers = timeouts(kind, settings)
    if not answers:
        return timedelta()
    asking = duration / 2 if kind[0].addressee is Addressee.LEAD else timedelta()
    return asking + max(answers)
