"""Canary deployments: new code gets a share of the calls, is watched, and then gets all or none.

The old code is published as a version, and the aliases are held on it while CloudFormation updates
the functions; then the new code is published too and gets its share. At the end the aliases call
the newest code again, as the template says. All of the state is in AWS: an interrupted canary is
ended by the next deployment, or taken back by `take_back` (decision 92).
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from leadline.cloud import change_sets, deploying, stacks
from leadline.cloud.canaries import canary_watch
from leadline.cloud.canaries.canary_record import (
    CanaryRecord,
    canary_record_of,
    forget_record,
    keep_record,
    kept_record,
)
from leadline.cloud.canaries.canary_watch import Runs
from leadline.cloud.canaries.live_aliases import (
    CALLED_BY_ALIAS,
    NEWEST,
    LiveAlias,
    delete_published,
    end_division,
    live_aliases,
    publish,
    route,
)
from leadline.cloud.code_bucket import template_argument
from leadline.cloud.deploying import DeploymentPlan
from leadline.cloud.session import Cloud, CloudError
from leadline.cloud.stacks import Say, Watch
from leadline.cloud.state import clock_by_outputs
from leadline.cloud.trial_runs import faults_of, try_function
from leadline.model.errors import ConfigurationError
from leadline.operations.cost.parts import clock_of

_OLD, _NEW = "leadline: before a canary", "leadline: a canary"
_LOOK_EVERY_S = 15.0
_WARM = "CaptureProvisioned"


@dataclass(frozen=True, slots=True)
class CanaryRequest:
    """The share of the calls that new code gets (between 0 and 1), and for how long."""

    share: float
    duration: timedelta


@dataclass(frozen=True, slots=True)
class CanaryOutcome:
    """How a canary ended: whether the new code got all calls, else `why` not; and the runs that it
    had meanwhile, by function."""

    shifted: bool
    why: str
    runs: Mapping[str, Runs] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, and how to wait in seconds; tests have their own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    wait: Callable[[float], None] = time.sleep


def refuse_impossible(cloud: Cloud, plan: DeploymentPlan) -> None:
    """Raise ConfigurationError or CloudError if this deployment can't begin with a canary."""
    if plan.proposal.made_stack:
        raise ConfigurationError("a new stack has no old code, so there can be no canary")
    if plan.request.settings is not None:
        raise ConfigurationError(
            "old and new code read the same settings: deploy these with --settings first or "
            "afterwards, without --canary"
        )
    stack = stacks.need_stack(cloud.client("cloudformation"), plan.proposal.stack_id)
    warm = {stacks.parameters_of(stack).get(_WARM, "0"), plan.parameters.get(_WARM, "0")}
    if warm != {"0"}:
        raise ConfigurationError(
            f"instances kept warm belong to one version, so there can be no canary: set {_WARM} to "
            "0 before, or deploy without --canary"
        )
    now, then = _clocks(stack, plan)
    if now != then:
        raise ConfigurationError(
            f"the clock would change from {now} to {then}, and old code knows only {now}, so there "
            "can be no canary: change Clock before or afterwards, without --canary"
        )
    if rings := canary_watch.ringing(cloud, stack["StackId"]):
        raise CloudError(
            f"alarms ring already ({', '.join(rings)}), so a canary could not be judged; see "
            "docs/how-to/read-the-aws-alarms.md, or deploy without --canary"
        )


def refuse_change_of_clock(cloud: Cloud, plan: DeploymentPlan) -> None:
    """Raise ConfigurationError if a plan changes the clock of a stack while a canary is under way:
    the old code, which gets calls until the canary is over, can wake nobody by another clock."""
    if plan.proposal.made_stack:
        return
    stack = stacks.need_stack(cloud.client("cloudformation"), plan.proposal.stack_id)
    now, then = _clocks(stack, plan)
    name = plan.request.stack
    if now != then and kept_record(cloud, name, stack["StackId"]) is not None:
        raise ConfigurationError(
            f"a canary of {name} is under way, whose old code knows only the clock {now}: end it "
            f"first, by deploying without a change of Clock or by `leadline deploy aws --stack "
            f"{name} --canary abort`"
        )


def _clocks(stack: Mapping[str, Any], plan: DeploymentPlan) -> tuple[str, str]:
    """The clock that a stack has, and the one that it would have."""
    return clock_by_outputs(stacks.outputs_of(stack)), clock_of(plan.parameters)


def run(
    cloud: Cloud,
    plan: DeploymentPlan,
    request: CanaryRequest,
    say: Say,
    watch: Watch | None = None,
    clock: Clock | None = None,
) -> CanaryOutcome:
    """Execute a plan with a canary, and return how that ended.

    Raises CloudError if the stack can't be updated; then it is as it was before.
    """
    cfn = cloud.client("cloudformation")
    name = plan.request.stack
    _hold(cloud, stacks.need_stack(cfn, plan.proposal.stack_id), say)
    try:
        stack = deploying.roll_out(cloud, plan, say, watch)
    except CloudError:
        _release_if_undone(cloud, plan.proposal.stack_id)
        raise
    held = {n: a for n, a in live_aliases(cloud, stack["StackId"]).items() if a.version != NEWEST}
    for each in sorted(set(CALLED_BY_ALIAS) - held.keys()):
        say(f"{each} had no alias before this deployment, so all of its calls reach the new code")
    versions = {n: publish(cloud, a.function, _NEW) for n, a in held.items()}
    runs: Mapping[str, Runs] = {}
    why = _unfit(cloud, held, versions, say)
    if not why:
        # Lambda publishes nothing if neither code nor configuration has changed.
        changed = {n: a for n, a in held.items() if versions[n] != a.version}
        for each, alias in changed.items():
            route(cloud, alias.function, alias.version, {versions[each]: request.share})
        say(f"the new code gets {request.share:.0%} of the calls for {request.duration}")
        why, runs = _watched(cloud, stack["StackId"], request, say, clock or Clock())
    if why:
        say(f"{why}; taking the new code back")
        take_back(cloud, name, say, watch)
        return CanaryOutcome(shifted=False, why=why, runs=runs)
    finish(cloud, name, say)
    return CanaryOutcome(shifted=True, why="", runs=runs)


def finish(cloud: Cloud, name: str, say: Say) -> bool:
    """Let all calls reach the newest code, and end the canary of a stack; returns whether there was
    one."""
    stack = stacks.need_stack(cloud.client("cloudformation"), name)
    if kept_record(cloud, name, stack["StackId"]) is None:
        return False
    is_warm = stacks.parameters_of(stack).get(_WARM, "0") != "0"
    for each, alias in live_aliases(cloud, stack["StackId"]).items():
        if each == "Capture" and is_warm:  # then CloudFormation has chosen its version
            end_division(cloud, alias.function)
        else:
            route(cloud, alias.function, NEWEST)
    forget_record(cloud, name)
    say("the new code gets all calls; the canary is over")
    return True


def take_back(cloud: Cloud, name: str, say: Say, watch: Watch | None = None) -> dict[str, Any]:
    """Give all calls to the old code, then bring the stack back to it; returns the stack.

    Raises CloudError if there is no canary, or if the stack can't be brought back: the calls reach
    the old code then, and the same command tries it again.
    """
    cfn = cloud.client("cloudformation")
    stack = stacks.need_stack(cfn, name)
    record = kept_record(cloud, name, stack["StackId"])
    if record is None:
        raise CloudError(f"no canary of {name} is under way, so there is nothing to take back")
    for alias in live_aliases(cloud, stack["StackId"]).values():
        if alias.shares:
            route(cloud, alias.function, alias.version)
    say("the old code gets all calls")
    if stacks.is_busy(stack):
        say(f"{name} is {stack['StackStatus']}; waiting for that to end")
        stack = stacks.wait_until_settled(cfn, stack["StackId"])
    stack = _bring_back(cloud, stack, record, watch)
    for alias in live_aliases(cloud, stack["StackId"]).values():
        route(cloud, alias.function, NEWEST)
    forget_record(cloud, name)
    say(f"{name} is as it was before the canary")
    return stack


def _hold(cloud: Cloud, stack: Mapping[str, Any], say: Say) -> None:
    """Hold the aliases on the old code. What an interrupted canary holds stays held: the old code
    is what it began with."""
    name = stack["StackName"]
    if kept_record(cloud, name, stack["StackId"]) is None:
        keep_record(cloud, name, canary_record_of(cloud, stack))
    else:
        say("an earlier canary was interrupted; this one takes its place")
    for alias in live_aliases(cloud, stack["StackId"]).values():
        version = alias.version
        if version == NEWEST:
            delete_published(cloud, alias.function, _OLD, frozenset())
            version = publish(cloud, alias.function, _OLD)
        route(cloud, alias.function, version)
        delete_published(cloud, alias.function, _NEW, frozenset({version}))
    say("the old code is published and gets all calls while the stack is updated")


def _release_if_undone(cloud: Cloud, stack_id: str) -> None:
    """Let the aliases call the newest code, which is the old one, if the update was rolled back.
    Otherwise they stay held, for the next deployment to end or `take_back` to take back."""
    with suppress(CloudError):
        stack = stacks.need_stack(cloud.client("cloudformation"), stack_id)
        if stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE":
            finish(cloud, stack["StackName"], lambda _: None)


def _unfit(
    cloud: Cloud, held: Mapping[str, LiveAlias], versions: Mapping[str, str], say: Say
) -> str:
    """Why the new code can get no calls at all: a trial run fails; "" if all succeed."""
    say("trying the new code before it gets any call")
    for each, alias in held.items():
        answer = try_function(cloud, alias.function, versions[each])
        if faults := faults_of(answer):
            return f"the trial run of the new {each} failed: {faults[0]}"
    return ""


def _watched(
    cloud: Cloud, stack_id: str, request: CanaryRequest, say: Say, clock: Clock
) -> tuple[str, Mapping[str, Runs]]:
    """Watch until the time is over or something is wrong; returns what is wrong, and the runs.

    Raises CloudError if somebody else has ended the canary.
    """
    begin, expected = clock.now(), live_aliases(cloud, stack_id)
    while True:
        now = clock.now()
        aliases = live_aliases(cloud, stack_id)
        if aliases != expected:
            raise CloudError("another deployment has ended this canary; nothing more is changed")
        runs = {
            name: canary_watch.runs_of(cloud, alias, begin, now)
            for name, alias in aliases.items()
            if alias.shares
        }
        if why := canary_watch.trouble(canary_watch.ringing(cloud, stack_id), runs):
            return why, runs
        left = (begin + request.duration - now).total_seconds()
        if left <= 0:
            return "", runs
        counted = ", ".join(f"{name} {of.all}" for name, of in runs.items())
        say(f"{left:.0f} s left; runs of the new code so far: {counted or 'none'}")
        clock.wait(min(left, _LOOK_EVERY_S))


def _bring_back(
    cloud: Cloud, stack: Mapping[str, Any], record: CanaryRecord, watch: Watch | None
) -> dict[str, Any]:
    """Update a stack to the template and the parameters of the record."""
    cfn = cloud.client("cloudformation")
    parameters = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in record.parameters.items()
    ]
    argument = template_argument(cloud, record.template)
    proposal = change_sets.propose(cfn, stack["StackName"], argument, parameters)
    try:
        if proposal.changes:
            return change_sets.execute(cfn, proposal, watch)
    except CloudError as error:
        raise CloudError(
            f"{error.detail}\nThe calls reach the old code; run `leadline deploy aws --stack "
            f"{stack['StackName']} --canary abort` again"
        ) from None
    finally:
        change_sets.discard(cfn, proposal)
    return stacks.need_stack(cfn, stack["StackId"])
