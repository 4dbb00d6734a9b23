"""The state of a stack: its status, code versions, queue depths, alarms and recent errors."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from leadline.cloud import stacks
from leadline.cloud.canaries.live_aliases import live_aliases
from leadline.cloud.deploying import webhook_url
from leadline.cloud.session import Cloud, error_code
from leadline.model.batches import batched

FUNCTIONS = ("capture", "refine", "deliver", "sweep")

_QUEUES = {
    "refine": "RefineQueueUrl",
    "delivery": "DeliveryQueueUrl",
    "refine dead letters": "RefineDeadLettersUrl",
    "delivery dead letters": "DeliveryDeadLettersUrl",
}
_DAY_S, _PERIOD_S = 86_400, 300
_MOST_SCHEDULES = 1_000
"""Schedules are counted a hundred per request, up to this number."""


class QueueDepth(msgspec.Struct, frozen=True):
    """The numbers of messages in a queue, as estimated by SQS: available, in flight and delayed."""

    visible: int
    in_flight: int
    delayed: int


class FunctionErrors(msgspec.Struct, frozen=True):
    """The number of failed invocations within a day, and the begin of the last five-minute period
    that has one."""

    count: int
    last: datetime | None


class StackState(msgspec.Struct, frozen=True):
    """The state of a stack; `notes` say what could not be read, and why.

    `code` is version and digest of each package; `alarms` are the states of alarms that are not OK,
    by name. `clock` is what wakes functions: "queues", "schedules" or "executions"; `schedules` and
    `executions` are the numbers of those that wait, a thousand of each kind if there are more.
    """

    stack: str
    status: str
    changed_at: datetime
    webhook_url: str
    code: Mapping[str, str]
    queues: Mapping[str, QueueDepth]
    alarms: Mapping[str, str]
    errors: Mapping[str, FunctionErrors]
    notes: tuple[str, ...]
    clock: str = "queues"
    schedules: int = 0
    executions: int = 0


def stack_state(cloud: Cloud, name: str, now: datetime) -> StackState:
    """Read the state of a stack. Raises CloudError if there is none.

    Metrics and alarms that can't be read become notes.
    """
    stack = stacks.need_stack(cloud.client("cloudformation"), name)
    outputs, notes = stacks.outputs_of(stack), []
    alarms: Mapping[str, str] = {}
    errors: dict[str, FunctionErrors] = {}
    try:
        alarms = alarms_not_ok(cloud, stack["StackId"])
    except (ClientError, BotoCoreError) as error:
        notes.append(f"the alarms can't be read ({_short(error)})")
    try:
        notes += _canaries(cloud, stack["StackId"])
    except (ClientError, BotoCoreError) as error:
        notes.append(f"whether a canary is under way can't be read ({_short(error)})")
    for function in FUNCTIONS:
        if (output := f"{function.capitalize()}Name") not in outputs:
            notes.append(f"there is no {function}: the stack has no output {output}")
            continue
        try:
            errors[function] = _errors(cloud, outputs[output], now)
        except (ClientError, BotoCoreError) as error:
            notes.append(f"the errors of {function} can't be read ({_short(error)})")
    return StackState(
        stack=name,
        status=stack["StackStatus"],
        changed_at=stack.get("LastUpdatedTime") or stack["CreationTime"],
        webhook_url=webhook_url(cloud, stack) if "WebhookUrl" in outputs else "",
        code=_code(stacks.deployed_with(stack)),
        queues=_depths(cloud, outputs),
        alarms=alarms,
        errors=errors,
        notes=tuple(notes),
        clock=clock_by_outputs(outputs),
        schedules=waiting_schedules(cloud, outputs),
        executions=running_executions(cloud, outputs),
    )


def clock_by_outputs(outputs: Mapping[str, str]) -> str:
    """The clock of a stack with these outputs: "queues", "schedules" or "executions"."""
    if "LeadsMachineArn" in outputs:
        return "executions"
    return "schedules" if "ScheduleGroup" in outputs else "queues"


def _canaries(cloud: Cloud, stack_id: str) -> list[str]:
    """What a canary that is under way, or was interrupted, does with the calls of each function."""
    found: list[str] = []
    for name, alias in live_aliases(cloud, stack_id).items():
        for version, share in alias.shares.items():
            found.append(
                f"a canary is under way: {share:.0%} of the calls of {name} reach the new code, "
                f"version {version}; `leadline deploy aws --canary abort` takes it back"
            )
        if not alias.shares and name != "Capture" and not alias.is_usual:
            found.append(f"{name} is held on the old code by a canary: deploy again to end it")
    return found


def _code(parameters: Mapping[str, str]) -> dict[str, str]:
    """Version and digest of each package ("0.1.0 28db7c1df1aad06ba430"), from `Package.key`."""
    told: dict[str, str] = {}
    for name in ("CaptureCode", "WorkCode"):
        match = re.fullmatch(r"(.+)/(\w+)-([0-9a-f]+)\.zip", parameters.get(name, ""))
        if match:
            told[match[2]] = f"{match[1]} {match[3]}"
    return told


def _depths(cloud: Cloud, outputs: Mapping[str, str]) -> dict[str, QueueDepth]:
    sqs = cloud.client("sqs")
    return {name: queue_depth(sqs, outputs[o]) for name, o in _QUEUES.items() if o in outputs}


def queue_depth(sqs: Any, url: str) -> QueueDepth:
    """The numbers of messages in a queue; *sqs* is a boto3 client."""
    prefix = "ApproximateNumberOfMessages"
    wanted = [prefix, prefix + "NotVisible", prefix + "Delayed"]
    response = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return QueueDepth(*(int(response[each]) for each in wanted))


def waiting_schedules(cloud: Cloud, outputs: Mapping[str, str]) -> int:
    """The number of a stack's schedules that wait, at most a thousand; 0 if it has queues."""
    if (group := outputs.get("ScheduleGroup")) is None:
        return 0
    pages = cloud.client("scheduler").get_paginator("list_schedules")
    found = pages.paginate(GroupName=group, PaginationConfig={"MaxItems": _MOST_SCHEDULES})
    return sum(len(page["Schedules"]) for page in found)


def running_executions(cloud: Cloud, outputs: Mapping[str, str]) -> int:
    """The number of a stack's executions that run or wait, at most a thousand of each state
    machine; 0 if it has another clock."""
    machines = [outputs[o] for o in ("LeadsMachineArn", "TasksMachineArn") if o in outputs]
    if not machines:
        return 0
    sfn = cloud.client("stepfunctions")
    return sum(
        len(
            sfn.list_executions(stateMachineArn=one, statusFilter="RUNNING", maxResults=1000)[
                "executions"
            ]
        )
        for one in machines
    )


def alarms_not_ok(cloud: Cloud, stack_id: str) -> dict[str, str]:
    """The states of a stack's alarms that are not OK, by the name of the alarm."""
    cfn, watch = cloud.client("cloudformation"), cloud.client("cloudwatch")
    names = [
        physical
        for kind, physical in stacks.resources_of(cfn, stack_id).values()
        if kind == "AWS::CloudWatch::Alarm" and physical
    ]
    found: dict[str, str] = {}
    for some in batched(names, 100):  # the limit of DescribeAlarms
        response = watch.describe_alarms(AlarmNames=some, MaxRecords=100)
        found |= {a["AlarmName"]: a["StateValue"] for a in response["MetricAlarms"]}
    return {name: state for name, state in sorted(found.items()) if state != "OK"}


def _errors(cloud: Cloud, function: str, now: datetime) -> FunctionErrors:
    response = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now.astimezone(UTC) - timedelta(seconds=_DAY_S),
        EndTime=now.astimezone(UTC),
        Period=_PERIOD_S,
        Statistics=["Sum"],
    )
    failing = [point for point in response["Datapoints"] if point["Sum"] > 0]
    last = max((point["Timestamp"] for point in failing), default=None)
    return FunctionErrors(int(sum(point["Sum"] for point in failing)), last)


def _short(error: Exception) -> str:
    return error_code(error) if isinstance(error, ClientError) else type(error).__name__
