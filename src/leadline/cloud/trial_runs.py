"""Trial runs of a stack's functions: whether they find their settings, AWS and the destinations."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.cloud.session import Cloud, CloudError
from leadline.cloud.stacks import outputs_of, parameters_of

TRIAL = {"leadline": "trial run"}
"""The event of a trial run. Nobody else can send it: requests and messages come wrapped."""


@dataclass(frozen=True, slots=True)
class TrialFinding:
    """What a function found of one thing that it needs: `trouble` is "" if it was reached."""

    what: str
    where: str
    trouble: str


@dataclass(frozen=True, slots=True)
class TrialAnswer:
    """The answer of a trial run; `error` is "" unless the run itself failed."""

    reached: Sequence[TrialFinding]
    error: str


def try_function(cloud: Cloud, function: str, qualifier: str = "$LATEST") -> TrialAnswer:
    """Run a function once for trial. It does nothing with leads."""
    told = cloud.client("lambda").invoke(
        FunctionName=function, Qualifier=qualifier, Payload=json.dumps(TRIAL).encode()
    )
    answer = json.loads(told["Payload"].read() or b"null")
    if "FunctionError" in told:
        kind = answer.get("errorType", "") if isinstance(answer, Mapping) else ""
        return TrialAnswer((), f"it ended with {kind or told['FunctionError']}; see its log")
    if not isinstance(answer, Mapping) or "reached" not in answer:
        raise CloudError(f"{function} runs an earlier version of Leadline, without trial runs")
    found = [TrialFinding(one["what"], one["where"], one["trouble"]) for one in answer["reached"]]
    return TrialAnswer(found, "")


def faults_of(answer: TrialAnswer) -> list[str]:
    """What keeps a function from working: the run failed, or AWS or the settings were not reached.
    A destination that can't be reached may be down by itself, which is no fault of new code."""
    if answer.error:
        return [answer.error]
    return [
        f"{one.what} ({one.where}): {one.trouble}"
        for one in answer.reached
        if one.trouble and one.what.partition(" ")[0] in ("settings", "aws")
    ]


def trials_of(cloud: Cloud, stack: Mapping[str, Any]) -> dict[str, TrialAnswer]:
    """The answers of a trial run of the functions that speak to others than AWS, by function."""
    outputs = outputs_of(stack)
    return {name: try_function(cloud, outputs[f"{name}Name"]) for name in ("Refine", "Deliver")}


def is_in_vpc(stack: Mapping[str, Any]) -> bool:
    """Whether a stack's functions are in a VPC of the operator's, so that routes may be missing."""
    return bool(parameters_of(stack).get("VpcSubnetIds"))
