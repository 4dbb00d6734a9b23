"""What the functions of a stack can reach, as trial runs tell it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leadline.entrypoints.cli._show import say, table

if TYPE_CHECKING:
    from leadline.cloud.session import Cloud
    from leadline.cloud.trial_runs import TrialAnswer

_ROUTES = (
    "a VPC needs endpoints for AWS and a NAT gateway for everybody else: see "
    "docs/how-to/operate-on-aws.md#a-network-of-your-own"
)


def reached_of_stack(
    cloud: "Cloud", stack: Mapping[str, Any], *, as_data: bool
) -> dict[str, list[dict[str, str]]]:
    """Run Refine and Deliver for trial and show what they can reach: as a table, or with *as_data*
    only what they can't, on standard error. Returns all of it, by function."""
    from leadline.cloud.trial_runs import trials_of

    answers = trials_of(cloud, stack)
    rows = [row for name, answer in answers.items() for row in _rows(name, answer)]
    if not as_data:
        table(("function", "needs", "at", "found"), rows, empty="")
    elif any(found != "reached" for *_, found in rows):
        for name, what, where, found in rows:
            if found != "reached":
                say(f"{name} can't reach {what} ({where}): {found}")
    if any(found != "reached" for *_, found in rows):
        say(_ROUTES)
    return {
        name: [{"what": w, "where": at, "trouble": "" if f == "reached" else f} for w, at, f in of]
        for name, of in _by_function(rows).items()
    }


def _rows(name: str, answer: "TrialAnswer") -> list[tuple[str, str, str, str]]:
    if answer.error:
        return [(name, "itself", "", answer.error)]
    return [(name, one.what, one.where, one.trouble or "reached") for one in answer.reached]


def _by_function(
    rows: Sequence[tuple[str, str, str, str]],
) -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for name, *rest in rows:
        what, where, told = rest
        found.setdefault(name, []).append((what, where, told))
    return found
