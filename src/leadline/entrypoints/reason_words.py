"""Why a lead is whose it is, in words for commands and the dashboard."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from leadline.alerts.wording.decision_words import because, rule_words, skipped_words
from leadline.alerts.wording.likeness import percent, reasons_in_words, same_person_words
from leadline.alerts.wording.problems import in_words
from leadline.model.facts.score import LeadScore
from leadline.model.facts.scored_leads import reasons_for, score_words
from leadline.model.lead import Ownership
from leadline.model.staff.assigning import Decision, Skipped
from leadline.operations.rules.reasons import LaterChange, Passed, Reasons

_NOTES: Mapping[str, str] = {
    "claimed": "claimed by a press of the button",
    "unjunked": "taken back from junk",
    "junked": "marked as junk",
    "undone": "an action on many leads was undone",
    "owner.found": "the CRM named an owner",
    "owner.not_believed": "the owner that the sender named is not believed any more",
    "crm.told": "the CRM told of a change",
    "clock.reassigned": "not answered in time",
}
_JUDGED: Mapping[str, str] = {
    "duplicate.same": "{by} decided that it is about the person of lead {other}",
    "duplicate.apart": "{by} decided that it is not about the person of lead {other}",
}
_WHOSE: Mapping[Ownership, str] = {
    Ownership.UNKNOWN: "It is not known whose it is: the CRM did not answer.",
    Ownership.UNASSIGNED: "Nobody has it.",
}


def people_lines(people: Sequence[Passed]) -> Iterator[str]:
    """Why the lead is not somebody else's; no line if nobody else was thought of."""
    if any(one.why != "chosen" for one in people):
        yield "People of the team:"
        yield from (f"  {passed_words(one)}" for one in people)


def passed_words(one: Passed) -> str:
    """Why the lead is not somebody's, or that it is."""
    match one.why:
        case "chosen":
            return f"{one.person} was given it"
        case "turn":
            return f"{one.person} was there, but it was not their turn"
        case "waits":
            return f"{one.person} was there, but other leads waited before it"
        case _:
            return skipped_words(Skipped(one.person, one.why, one.detail))


def whose_lines(reasons: Reasons, when: Callable[[datetime], str]) -> Iterator[str]:
    """Whose the lead is and why, in sentences; *when* writes a time."""
    if not reasons.refined:
        yield "Nothing was decided yet: it is not refined."
        return
    if reasons.holder:
        also = f", and {reasons.owner} owns it" if reasons.owner != reasons.holder else ""
        yield f"{reasons.holder} has it{also if reasons.owner else ''}."
    else:
        yield _WHOSE.get(reasons.ownership, "Nobody has it.")
    if (queued := reasons.queued) is not None:
        yield f"It waits in the queue of the team {queued.team} since {when(queued.since)}."
        if reasons.queue_is_gone:
            yield (
                f"The settings have no team {queued.team} any more: within 12 hours it goes where "
                "the rules send it then."
            )
    if reasons.decision is not None:
        yield f"At its refinement: {because(reasons.decision)}"
    elif (reasons.holder or reasons.owner) and not any(one.decision for one in reasons.later):
        yield "Why is not kept: the CRM or its sender named the owner, or an earlier version did."
    if reasons.scored is not None:
        yield from score_lines(reasons.scored)
    if reasons.score is not None:
        whose = "Its sender gave it the score" if reasons.scored else "Its score is"
        yield f"{whose} {reasons.score:g}{'' if reasons.scored else ', as its sender gave it'}."


def score_lines(score: LeadScore) -> Iterator[str]:
    """Our score of a lead and the strongest reasons for it, in sentences."""
    yield f"Its score is {score_words(score)}."
    if score.reasons:
        yield f"The score is so because of: {reasons_for(score)}."


def rules_lines(decision: Decision) -> Iterator[str]:
    """What a decision found in each rule, and which ones decided; no line if there are none."""
    if not decision.rules:
        return
    does_what = (
        ("assigns it", decision.rule),
        ("decides who is alerted", decision.channels_rule),
    )
    yield "Rules, in order:"
    for looked in decision.rules:
        does = [words for words, rule in does_what if looked.rule == rule and not looked.failed]
        yield f"  {rule_words(looked)}{': it ' if does else ''}{' and '.join(does)}"


def person_lines(reasons: Reasons) -> Iterator[str]:
    """Other leads of the person, and what is doubtful about this one, in sentences."""
    if (first := reasons.duplicate_of) is not None:
        why = ""
        if first.probability is not None:
            why = f": {same_person_words(first.probability, first.reasons)}"
        yield f"Seen before as {first.lead_id}{why}."
    for maybe in reasons.possible:
        why = reasons_in_words(maybe.reasons)
        yield f"May be the same person as {maybe.lead_id} ({percent(maybe.probability)}): {why}."
    if reasons.problems:
        yield f"Problems: {'; '.join(map(in_words, reasons.problems))}."


def later_words(one: LaterChange) -> str:
    """A change of whose the lead is, after its refinement."""
    if one.decision is not None:
        return because(one.decision)
    if one.what in _JUDGED:
        other, _, by = one.detail.partition(" ")
        return _JUDGED[one.what].format(by=by.removeprefix("cli ") or "somebody", other=other)
    told = _NOTES.get(one.what, one.what)
    return f"{told}: {one.detail}" if one.detail else told
