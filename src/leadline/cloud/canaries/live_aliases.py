"""The aliases `live` of a stack's functions, through which the API and the clock call them.

Shapes are those of the Lambda API Reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadline.cloud import stacks
from leadline.cloud.session import Cloud

LIVE = "live"
NEWEST = "$LATEST"
CALLED_BY_ALIAS = ("Capture", "Refine", "Deliver")
"""The functions that have an alias, by their logical ids. Sweep has none: it is called by a
schedule, a few times an hour, so a share of its runs would say nothing."""


@dataclass(frozen=True, slots=True)
class LiveAlias:
    """The alias of a function. It sends its calls to `version`, except the `shares` (from 0 to 1,
    by version) that go elsewhere."""

    function: str
    version: str
    shares: Mapping[str, float]

    @property
    def is_usual(self) -> bool:
        """Whether all calls reach the newest code, as the template says."""
        return self.version == NEWEST and not self.shares


def live_aliases(cloud: Cloud, stack_id: str) -> dict[str, LiveAlias]:
    """The aliases of a stack by the logical ids of their functions. Stacks of earlier versions have
    only that of Capture."""
    resources = stacks.resources_of(cloud.client("cloudformation"), stack_id)
    functions = cloud.client("lambda")
    found: dict[str, LiveAlias] = {}
    for name in CALLED_BY_ALIAS:
        if f"{name}Live" not in resources or name not in resources:
            continue
        function = resources[name][1]
        alias = functions.get_alias(FunctionName=function, Name=LIVE)
        shares = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        found[name] = LiveAlias(function, alias["FunctionVersion"], shares)
    return found


def route(
    cloud: Cloud, function: str, version: str, shares: Mapping[str, float] | None = None
) -> None:
    """Send the calls of a function's alias to a version, but these *shares* to others."""
    cloud.client("lambda").update_alias(
        FunctionName=function,
        Name=LIVE,
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": dict(shares or {})},
    )


def end_division(cloud: Cloud, function: str) -> None:
    """Send all calls of a function's alias to its main version, whichever that is."""
    cloud.client("lambda").update_alias(
        FunctionName=function, Name=LIVE, RoutingConfig={"AdditionalVersionWeights": {}}
    )


def publish(cloud: Cloud, function: str, description: str) -> str:
    """Publish the newest code and configuration of a function, and wait until it can be called;
    returns the version. If they were published already, it is that version."""
    functions = cloud.client("lambda")
    published: Mapping[str, Any] = functions.publish_version(
        FunctionName=function, Description=description
    )
    version = str(published["Version"])
    functions.get_waiter("published_version_active").wait(FunctionName=function, Qualifier=version)
    return version


def delete_published(cloud: Cloud, function: str, description: str, kept: frozenset[str]) -> None:
    """Delete the versions of a function that were published with this *description*, except those
    *kept*."""
    functions = cloud.client("lambda")
    pages = functions.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    for page in pages:
        for one in page["Versions"]:
            is_ours = one.get("Description") == description
            if is_ours and one["Version"] != NEWEST and one["Version"] not in kept:
                functions.delete_function(FunctionName=function, Qualifier=one["Version"])
