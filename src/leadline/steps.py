"""Doing a step: by the function that its row names (`model.task.Step`), and for how long.

A function is imported when it is first called, because most functions on AWS do one step only. For
a step about leads alone, it takes a kit and how many leads to do at once, and returns how many it
claimed. For any other it takes a kit and the name of a channel or source, and returns what `do`
returns.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

from leadline.kit import Kit
from leadline.model.task import Addressee, Step, TaskKind
from leadline.settings.general import Settings
from leadline.settings.tables import SLACK


def do(kind: TaskKind, kit: Kit, limit: int = 100) -> timedelta | None:
    """Do what is due of this kind; of steps about leads alone, for up to *limit* leads.

    Returns None when nothing is due, zero when something was done, else how long to wait.
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
    """The channels or sources that tasks of this step may name; "" for a step about leads alone."""
    match step.addressee:
        case Addressee.LEAD:
            return [""]
        case Addressee.CHANNEL:
            return sorted({SLACK, *settings.channels})
        case Addressee.CRM:
            return [source for source, config in settings.crm.items() if config.write]


def kinds_after_refinement(settings: Settings) -> list[TaskKind]:
    """All kinds of tasks after refinement that there may be by these settings."""
    return [
        (step, name)
        for step in Step
        if step is not Step.REFINE and (not step.row.needs or getattr(settings, step.row.needs))
        for name in names(step, settings)
    ]


def timeouts(kind: TaskKind, settings: Settings) -> list[timedelta]:
    """How long each of those may take to answer whom this kind of task asks or tells. A step about
    leads alone may ask any CRM."""
    step, name = kind
    match step.addressee:
        case Addressee.LEAD:
            return [config.timeout for config in settings.crm.values()]
        case Addressee.CHANNEL:
            config = settings.channels.get(name)
            return [config.timeout if config else settings.slack_timeout]
        case Addressee.CRM:
            return [settings.crm[name].timeout] if name in settings.crm else []


def patience(kind: TaskKind, settings: Settings, lease: timedelta) -> timedelta:
    """How long others may keep one call of `do` waiting: CRMs that are asked about a batch of leads
    are asked for no further part of it when half of the *lease* is over."""
    answers = timeouts(kind, settings)
    if not answers:
        return timedelta()
    asking = lease / 2 if kind[0].addressee is Addressee.LEAD else timedelta()
    return asking + max(answers)
