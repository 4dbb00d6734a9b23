"""The optional parts of a stack, derived from its template parameters."""

from collections.abc import Mapping
from types import MappingProxyType

from leadline.operations.cost.uses import QUEUES, SCHEDULES

BY_DEFAULT: Mapping[str, float] = MappingProxyType(
    {"alarms": 1, "error rates": 1, "dashboard": 1, "metrics": 1, "recovery": 1}
)
"""The parts that a stack has unless its parameters turn them off."""


def clock_of(parameters: Mapping[str, str]) -> str:
    """The clock of a stack with these parameters: "queues", "schedules" or "executions"."""
    clock = parameters.get("Clock", "by-profile")
    if clock != "by-profile":
        return clock
    return SCHEDULES if parameters.get("Profile") == "small" else QUEUES


def parts_of(parameters: Mapping[str, str]) -> Mapping[str, float]:
    """The number of each optional part in a stack with these parameters; parameters not given have
    the template's defaults."""

    def says(name: str, usually: str = "") -> str:
        return parameters.get(name, usually)

    alarms = says("Alarms", "all")
    return {
        "alarms": alarms != "none",
        "error rates": alarms == "all",
        "dashboard": says("WithDashboard", "true") == "true",
        "metrics": 1,
        "recovery": 1,
        "tracing": says("Tracing", "false") == "true",
        "waf": bool(says("WafAclArn")),
        "secret": bool(says("SettingsSecretArn")),
        "domain": bool(says("DomainName")),
        "warm": float(says("CaptureProvisioned", "0")),
        "key": bool(says("KmsKeyArn")),
    }
