"""A scheduler that does not wait for the full minute, since tests should not.

The emulator fires one-time schedules by itself, every ten seconds; this invokes their targets some
seconds after they were made. A function that is woken early makes its schedule anew.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.standins.emulator import Emulator

ROLES = ("CaptureRole", "RefineRole", "DeliverRole", "SweepRole")
DEFAULT = "arn:aws:scheduler:*:*:schedule/default/*"
AFTER_S = 2.5
"""Seconds after which a schedule is due here: more than the delay of the stacks in tests."""


def allow_default_group(emulator: Emulator, stack: str) -> None:
    """Let the functions of a stack make schedules although the emulator asks for the right on the
    group "default", whichever group a request names."""
    iam, cfn = emulator.client("iam"), emulator.client("cloudformation")
    allowed = {"Effect": "Allow", "Action": ["scheduler:CreateSchedule"], "Resource": [DEFAULT]}
    policy = iam.create_policy(
        PolicyName=f"{stack}-default-group",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )["Policy"]["Arn"]
    for one in cfn.describe_stack_resources(StackName=stack)["StackResources"]:
        if one["LogicalResourceId"] in ROLES:
            iam.attach_role_policy(RoleName=one["PhysicalResourceId"], PolicyArn=policy)


@contextmanager
def hurried(emulator: Emulator, stack: str, group: str) -> Iterator[None]:
    """Invoke the targets of the schedules of a stack's *group* soon, in a thread."""
    allow_default_group(emulator, stack)
    done = threading.Event()

    def run() -> None:
        scheduler, functions = emulator.client("scheduler"), emulator.client("lambda")
        while not done.wait(0.3):
            fire(scheduler, functions, group, AFTER_S)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def fire(scheduler: Any, functions: Any, group: str, age_s: float) -> int:
    """Invoke the targets of all schedules of a group that are this old; how many there were."""
    count = 0
    for one in scheduler.list_schedules(GroupName=group)["Schedules"]:
        if time.time() - one["CreationDate"].timestamp() < age_s:
            continue
        try:
            schedule = scheduler.get_schedule(Name=one["Name"], GroupName=group)
            scheduler.delete_schedule(Name=one["Name"], GroupName=group)
        except scheduler.exceptions.ResourceNotFoundException:
            continue  # the emulator was faster
        target = schedule["Target"]
        assert schedule["ActionAfterCompletion"] == "DELETE"
        functions.invoke(
            FunctionName=target["Arn"], InvocationType="Event", Payload=target["Input"].encode()
        )
        count += 1
    return count
