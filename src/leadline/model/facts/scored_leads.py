"""The score of a lead as everything else uses it (ours, or else the sender's), and its reasons in
words."""

import msgspec

from leadline.model.facts.score import LeadScore, ScoreReason
from leadline.model.lead import ERASED, RefinedLead
from leadline.model.personal_data.retiring import RETIRED_PROBLEM

UNSCORED = "score.failed"
"""The problem of a lead that went on without a score, because what scores leads failed."""
OF_POINTS = "points."
"""How the `field` of a reason begins that is an entry of `[score.points]`: its name follows."""


def score_of(lead: RefinedLead) -> float | None:
    """Our score of the lead, or the sender's if leads are not scored; None if there is none."""
    return lead.lead_details.lead_score if lead.score is None else float(lead.score.value)


def is_hot(lead: RefinedLead) -> bool:
    """Whether our score of the lead reaches the threshold of the settings."""
    return lead.score is not None and lead.score.hot


def was_not_scored(lead: RefinedLead) -> bool:
    """Whether the lead went on without a score because what scores leads failed."""
    return UNSCORED in lead.problems


def can_be_scored(lead: RefinedLead) -> bool:
    """Whether a lead has what scores are made of: it is not quarantined, and neither an erasure nor
    retention has deleted its data. What is left of such a lead would look like another lead."""
    gone = {RETIRED_PROBLEM, f"record.{ERASED}"}
    return lead.status == "refined" and gone.isdisjoint(lead.problems)


def before_scoring(lead: RefinedLead) -> RefinedLead:
    """The lead as it is scored: that an earlier attempt failed tells nothing of its worth."""
    if not was_not_scored(lead):
        return lead
    problems = tuple(one for one in lead.problems if one != UNSCORED)
    return msgspec.structs.replace(lead, problems=problems)


def reasons_for(score: LeadScore) -> str:
    """The strongest reasons: "works at a company (+25), country: Norway (-5)"; "" for none."""
    return ", ".join(map(score_reason_words, score.reasons))


def score_reason_words(reason: ScoreReason) -> str:
    """A reason with its points, which are rounded if they are not small."""
    of_model = not reason.field.startswith(OF_POINTS)
    label = f"{reason.field.replace('_', ' ')}: " if of_model else ""
    points = round(reason.points, 0 if abs(reason.points) >= 1 else 1)
    return f"{label}{reason.value} ({points:+g})"


def score_words(score: LeadScore) -> str:
    """The score with what else is known of it: "85 of 100, hot, by points; fit 70, intent 100"."""
    parts = [f"{score.value} of 100{', hot' if score.hot else ''}, by {_giver(score)}"]
    if score.probability is not None:
        parts.append(f"won with a probability of {score.probability:.0%}")
    shares = (("fit", score.fit), ("intent", score.intent))
    if known := [f"{name} {value}" for name, value in shares if value is not None]:
        parts.append(", ".join(known))
    return "; ".join(parts)


def _giver(score: LeadScore) -> str:
    return score.by if score.by == "points" else f"the model {score.by}"
