"""Why a lead is whose it is, as lines for terminals."""

from collections.abc import Iterator

from leadline.entrypoints.cli._show import when
from leadline.entrypoints.reason_words import (
    later_words,
    people_lines,
    person_lines,
    rules_lines,
    whose_lines,
)
from leadline.operations.rules.reasons import Reasons


def lines_of(reasons: Reasons) -> Iterator[str]:
    """The reasons for people, a line each; headings are lines that end with a colon."""
    yield f"Lead {reasons.lead_id}  {reasons.status}  from {reasons.source}"
    yield from whose_lines(reasons, when)
    if reasons.decision is not None:
        yield from rules_lines(reasons.decision)
    yield from people_lines(reasons.people)
    yield from person_lines(reasons)
    if reasons.later:
        yield "Since then:"
        yield from (f"  {when(one.at)}  {later_words(one)}" for one in reasons.later)
