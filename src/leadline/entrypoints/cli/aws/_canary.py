"""The options of `deploy aws` for canaries and tags, and what a canary prints.

Modules that need boto3 are imported by the functions themselves, because it is an optional extra.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from leadline.entrypoints.cli._show import as_json, say
from leadline.model.errors import ConfigurationError
from leadline.settings.notation.notations import PERIOD

if TYPE_CHECKING:
    from leadline.cloud.canaries.canary import CanaryOutcome, CanaryRequest
    from leadline.cloud.deploying import DeploymentPlan
    from leadline.cloud.session import Cloud
    from leadline.cloud.stacks import Watch

ABORT = "abort"
_MOST_TAGS = 50  # AWS Tagging Best Practices, "Tag naming limits and requirements"


def canary_request(share: str | None, duration: str) -> "CanaryRequest | None":
    """The canary that is asked for by `--canary` and `--for`; None if none is."""
    if share is None:
        return None
    from leadline.cloud.canaries.canary import CanaryRequest

    found = re.fullmatch(r"([1-9][0-9]?)\s*%", share.strip())
    if found is None:
        raise typer.BadParameter(
            f"{share!r} is neither a share from 1% to 99% nor `abort`", param_hint="--canary"
        )
    try:
        watched = PERIOD.read(duration)
    except ValueError:
        raise typer.BadParameter(
            f"{duration!r} is not {PERIOD.words}", param_hint="--for"
        ) from None
    return CanaryRequest(int(found[1]) / 100, watched)


def tags_of(given: Sequence[str]) -> Mapping[str, str]:
    """The tags that `--tag KEY=VALUE` names.

    Raises ConfigurationError for what AWS would refuse.
    """
    tags: dict[str, str] = {}
    for one in given:
        key, equals, value = one.partition("=")
        fits = 0 < len(key) <= 128 and len(value) <= 256 and equals
        if not fits or key.lower().startswith("aws:"):
            raise ConfigurationError(
                f"--tag {one}: write KEY=VALUE, with a key of up to 128 characters that does not "
                "begin with aws:, and a value of up to 256"
            )
        tags[key] = value
    if len(tags) > _MOST_TAGS:
        raise ConfigurationError(f"AWS takes {_MOST_TAGS} tags, and these are {len(tags)}")
    return tags


def with_canary(
    cloud: "Cloud", plan: "DeploymentPlan", request: "CanaryRequest", watch: "Watch"
) -> "CanaryOutcome | None":
    """Execute a plan with a canary; None if the stack is up to date and there is no canary to go on
    with."""
    from leadline.cloud.canaries import canary
    from leadline.cloud.canaries.canary_record import kept_record

    canary.refuse_impossible(cloud, plan)
    if not plan.changes and kept_record(cloud, plan.request.stack, plan.proposal.stack_id) is None:
        return None
    try:
        return canary.run(cloud, plan, request, say, watch)
    except KeyboardInterrupt:
        stack = plan.request.stack
        say(
            f"interrupted in a canary: `leadline deploy aws --stack {stack} --canary abort` takes "
            "the new code back, and `deploy aws` without --canary gives it all calls"
        )
        raise


def outcome_as_data(outcome: "CanaryOutcome | None") -> dict[str, Any] | None:
    """How a canary ended, for JSON."""
    if outcome is None:
        return None
    runs = {name: {"runs": of.all, "failed": of.failed} for name, of in outcome.runs.items()}
    return {"shifted": outcome.shifted, "why": outcome.why, "runs": runs}


def abort_canary(cloud: "Cloud", stack: str, watch: "Watch", *, json: bool) -> None:
    """Take back the canary of a stack."""
    from leadline.cloud.canaries import canary

    found = canary.take_back(cloud, stack, say, watch)
    if json:
        as_json({"stack": stack, "status": found["StackStatus"]})
