"""What a canary is judged by: the alarms of its stack, and the failed runs of the new code.

Metrics by version have the dimensions FunctionName, Resource and ExecutedVersion (Lambda Developer
Guide, "Types of metrics for Lambda functions").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from leadline.cloud.canaries.live_aliases import LIVE, LiveAlias
from leadline.cloud.session import Cloud
from leadline.cloud.state import alarms_not_ok

MOST_FAILED = 0.05
"""The share of failed runs that is borne, as by the alarms of the template."""

_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one version of a function, and how many of them failed."""

    all: int
    failed: int

    @property
    def too_many_failed(self) -> bool:
        """Whether a larger share failed than is borne."""
        return self.failed > MOST_FAILED * self.all


def ringing(cloud: Cloud, stack_id: str) -> list[str]:
    """The names of the stack's alarms that ring."""
    return [name for name, state in alarms_not_ok(cloud, stack_id).items() if state == "ALARM"]


def runs_of(cloud: Cloud, alias: LiveAlias, since: datetime, until: datetime) -> Runs:
    """The runs of the version to which an alias sends a share of its calls, in a time.

    CloudWatch learns of a run within two minutes or so.
    """
    (version,) = alias.shares
    sums = {
        metric: _sum(cloud, metric, alias.function, version, since, until)
        for metric in ("Invocations", "Errors")
    }
    failed = sums["Errors"]
    return Runs(max(sums["Invocations"], failed), failed)


def _sum(
    cloud: Cloud, metric: str, function: str, version: str, since: datetime, until: datetime
) -> int:
    begin = since.astimezone(UTC).replace(second=0, microsecond=0)
    told = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[
            {"Name": "FunctionName", "Value": function},
            {"Name": "Resource", "Value": f"{function}:{LIVE}"},
            {"Name": "ExecutedVersion", "Value": version},
        ],
        StartTime=begin,
        EndTime=until.astimezone(UTC) + timedelta(seconds=_MINUTE_S),
        Period=_MINUTE_S,
        Statistics=["Sum"],
    )
    return int(sum(point["Sum"] for point in told["Datapoints"]))


def trouble(rings: list[str], runs: Mapping[str, Runs]) -> str:
    """Why the canary must be taken back; "" if nothing is wrong."""
    if rings:
        return f"{'alarms ring' if len(rings) > 1 else 'an alarm rings'}: {', '.join(rings)}"
    for name, of in runs.items():
        if of.too_many_failed:
            return f"{of.failed} of {of.all} runs of the new {name} failed"
    return ""
