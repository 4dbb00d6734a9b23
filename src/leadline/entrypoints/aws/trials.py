"""Whether a trial run is asked for, and its answer; what it needs is loaded only then."""

from collections.abc import Mapping
from typing import Any

from leadline.entrypoints.aws.parts import Parts


def is_trial(event: Mapping[str, Any]) -> bool:
    """Whether an operator's command asks for a trial run of the function (`cloud.trial_runs`)."""
    return event.get("leadline") == "trial run"


def answer_of_trial(parts: Parts) -> dict[str, Any]:
    """What a trial run found, also of the destinations that the settings name."""
    from leadline.entrypoints.aws.destinations import destination_servers
    from leadline.entrypoints.aws.trial_run import trial_run

    return {**trial_run(parts, destination_servers)}
