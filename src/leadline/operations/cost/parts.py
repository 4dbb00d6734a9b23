"""Which optional parts a stack has, by the parameters of its template."""

from collections.abc import Mapping
from types import MappingProxyType

BY_DEFAULT: Mapping[str, float] = MappingProxyType(
    {"alarms": 1, "error rates": 1, "dashboard": 1, "metrics": 1, "recovery": 1}
)
"""What a stack has of which no parameter says otherwise."""


def parts_of(parameters: Mapping[str, str]) -> Mapping[str, float]:
    """How many of each optional part a stack with these parameters has; one that is not named is as
    the template has it by default."""

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
