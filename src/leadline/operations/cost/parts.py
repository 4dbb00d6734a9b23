"""The optional parts of a stack, derived from its template parameters, and what each is for."""

from collections.abc import Mapping
from types import MappingProxyType

from leadline.model.errors import ConfigurationError
from leadline.operations.cost.uses import QUEUES, SCHEDULES

PROFILES = ("small", "standard", "full")
"""The values of the template's `Profile`."""
ALARM_METRICS: Mapping[str, int] = MappingProxyType(
    {"none": 0, "small": 1, "standard": 7, "plain": 15, "full": 23}
)
"""How many metrics the alarms of a stack watch, by its profile or by `Alarms`; an error rate
watches two, and each is billed."""
QUEUE_ALARM_METRICS = 4
"""Those of the plain alarms that watch queues, which a stack with another clock does not have."""
OWN_METRICS: Mapping[str, int] = MappingProxyType({"small": 0, "standard": 1, "full": 8})
"""How many metrics of our own a stack writes, by its profile."""
_OWN_METRICS_OF_ALARMS = 2
BUYS: Mapping[str, str] = MappingProxyType(
    {
        "alarms": "you are told when leads are late, lost or refused",
        "more alarms": "each cause has an alarm of its own, also throttles and queue depths",
        "metrics": "curves in CloudWatch: how late leads are; with all, how many come and are told",
        "more metrics": "curves of leads captured, refined, alerted, dead and put back",
        "dashboard": "one page with deliveries, latency, queues, errors and what is billed",
        "recovery": "the table as it was at any second of the last 35 days",
        "tracing": "where the time of a request goes, call by call",
        "waf": "rules against floods and addresses, before Capture runs",
        "secret": "rotation by Secrets Manager, and settings of more than 8 KB",
        "domain": "a webhook URL of your own, which outlives the stack",
        "warm": "no cold start for a sender; one more costs as much again",
        "endpoints": "functions in a VPC reach AWS without a NAT gateway; per availability zone",
        "key": "who may read leads is also a matter of your key's policy",
    }
)
"""What a part is for, by its name."""


def clock_of(parameters: Mapping[str, str]) -> str:
    """The clock of a stack with these parameters: "queues", "schedules" or "executions"."""
    clock = parameters.get("Clock", "by-profile")
    if clock != "by-profile":
        return clock
    return SCHEDULES if parameters.get("Profile") == "small" else QUEUES


def parts_of(parameters: Mapping[str, str]) -> Mapping[str, float]:
    """The number of each optional part in a stack with these parameters; parameters not given have
    the template's defaults.

    `alarms` and `metrics` are numbers of metrics. `lateness runs` says whether Sweep runs every
    five minutes to measure, `watch` whether its sweeps look at what has no alarm of its own.
    Raises ConfigurationError if `CaptureProvisioned` is no number of instances.
    """

    def says(name: str, usually: str = "") -> str:
        return parameters.get(name, usually)

    profile = says("Profile", "standard")
    alarms = says("Alarms", "by-profile")
    chosen = {"by-profile": profile, "all": "full"}.get(alarms, alarms)
    watched = ALARM_METRICS[chosen]
    if chosen in ("plain", "full") and clock_of(parameters) != QUEUES:
        watched -= QUEUE_ALARM_METRICS
    asked = says("WithDashboard", "by-profile")
    metrics = OWN_METRICS["full" if asked == "true" else profile]
    if chosen in ("plain", "full"):
        metrics = max(metrics, _OWN_METRICS_OF_ALARMS)
    return {
        "alarms": watched,
        "metrics": metrics,
        "dashboard": asked == "true" or (asked == "by-profile" and profile == "full"),
        "recovery": 1,
        "lateness runs": chosen not in ("none", "small"),
        "watch": chosen == "small",
        "tracing": says("Tracing", "false") == "true",
        "waf": bool(says("WafAclArn")),
        "secret": bool(says("SettingsSecretArn")),
        "domain": bool(says("DomainName")),
        "warm": _warm(says("CaptureProvisioned", "0")),
        "key": bool(says("KmsKeyArn")),
    }


def _warm(instances: str) -> int:
    if not instances.isdecimal():
        raise ConfigurationError(
            f"CaptureProvisioned must be a whole number, 0 or more, not {instances}"
        )
    return int(instances)


BY_DEFAULT: Mapping[str, float] = MappingProxyType(
    {name: number for name, number in parts_of({}).items() if number}
)
"""The parts that a stack has unless its parameters say otherwise."""
