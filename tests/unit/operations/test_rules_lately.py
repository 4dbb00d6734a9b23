"""What rules did, by the decisions that leads keep."""

from datetime import UTC, datetime

import msgspec

from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.staff.assigning import Decision, RuleLooked
from leadline.operations.rules.rule_effects import RuleEffect
from leadline.operations.rules.rules_lately import counted_lately

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SMALL_FAILED = RuleLooked("small", "score < 10")


def lead(decision: Decision | None) -> RefinedLead:
    return RefinedLead(
        lead_id="1", captured_at=NOW, processed_at=NOW, status="refined", contact=Contact(),
        lead_details=LeadDetails(), received_from="generic", decision=decision,
    )  # fmt: skip


def test_a_rule_counts_where_it_was_looked_at_fitted_gave_and_chose_channels() -> None:
    given = Decision(
        at=NOW, how="turn", person="ada", team="dach", rule="large", channels_rule="loud",
        rules=(SMALL_FAILED, RuleLooked("large"), RuleLooked("loud")),
    )  # fmt: skip
    nobody = Decision(at=NOW, how="none", rules=(SMALL_FAILED,))
    found = counted_lately([lead(given), lead(given), lead(nobody), lead(None)])
    assert found.leads == 4
    did = {n: (one.looked, one.fitted, one.gave, one.channels) for n, one in found.rules.items()}
    assert did == {
        "small": (3, 0, 0, 0),
        "large": (2, 2, 2, 0),
        "loud": (2, 2, 0, 2),
    }
    assert found.teams == {"dach": 2}
    assert found.of("new") == RuleEffect()


def test_a_quarantined_lead_is_not_counted() -> None:
    decision = Decision(at=NOW, how="none", rules=(SMALL_FAILED,))
    spam = msgspec.structs.replace(lead(decision), status="quarantined")
    found = counted_lately([lead(decision), spam], is_cut=True)
    assert (found.leads, found.of("small").looked, found.is_cut) == (1, 1, True)


def test_without_leads_nothing_was_done() -> None:
    found = counted_lately([])
    assert (found.leads, found.rules, found.teams) == (0, {}, {})
