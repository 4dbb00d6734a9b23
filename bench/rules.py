"""What a look at a rule costs, beside the same rule written in Python.

    python -m bench.rules

Method. Twelve rules ask for what rules usually ask for: sources, scores, texts, custom fields, a
list of a hundred thousand values. Made-up leads, each another one, are looked at by all of them, so
that no rule decides before the last one. The baseline are the same conditions as Python
expressions, as somebody would write them by hand: without the words of what failed, and folding by
`casefold` alone. Both get the same leads in turn, round after round, and of each the best round
counts: the others were disturbed. The time of one rule is printed, reading its lead included.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from leadline.team.people import Team

LEADS = 2_000
ROUNDS = 7
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACCOUNTS = frozenset(f"account{number}.example.com" for number in range(100_000))
COMPANIES = ("Example Bank", "Sample Savings", "Test Insurance", "Muster AG")

Predicate = Callable[[RefinedLead], bool]


def text(value: str | None) -> str:
    """As somebody would fold it by hand."""
    return (value or "").casefold()


def number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


def rule(**keys: Any) -> RuleConfig:
    return RuleConfig(channels=("x",), **keys)


ROWS: Mapping[str, tuple[RuleConfig, Predicate]] = {
    "sources": (rule(sources=("form", "json")), lambda a: a.received_from in ("form", "json")),
    "scores": (
        rule(min_score=98.0),
        lambda a: a.lead_details.lead_score is not None and a.lead_details.lead_score >= 98,
    ),
    "seen": (rule(seen="before"), lambda a: a.duplicate_of is not None),
    "contains": (
        rule(when=("company contains hospital",)),
        lambda a: "hospital" in text(a.contact.company),
    ),
    "two": (
        rule(when=("company contains bank", "custom.employees >= 100000")),
        lambda a: (
            "bank" in text(a.contact.company) and number(a.custom.get("employees")) >= 100_000
        ),
    ),
    "title": (
        rule(when=("title in CEO, CTO, CFO",)),
        lambda a: text(a.contact.title) in ("ceo", "cto", "cfo"),
    ),
    "begins": (
        rule(when=("phone begins with +43",)),
        lambda a: (a.contact.phone_e164 or "").startswith("+43"),
    ),
    "kind": (
        rule(when=("email_kind = disposable",)),
        lambda a: a.contact.email_kind == "disposable",
    ),
    "between": (
        rule(when=("custom.employees between 20000 and 30000",)),
        lambda a: 20_000 <= number(a.custom.get("employees")) <= 30_000,
    ),
    "campaign": (
        rule(when=("campaign = autumn fair",)),
        lambda a: text(a.lead_details.campaign) == "autumn fair",
    ),
    "accounts": (
        rule(when=("company_domain in accounts.csv",), lists={"accounts.csv": ACCOUNTS}),
        lambda a: text(a.contact.company_domain) in ACCOUNTS,
    ),
    "problems": (
        rule(when=("problems = email.disposable",)),
        lambda a: "email.disposable" in a.problems,
    ),
}
"""Each rule, and the same in Python."""


def leads(count: int) -> list[RefinedLead]:
    """Leads that meet none of the rules."""
    return [
        RefinedLead(
            lead_id=f"018f3a2b-0000-7000-8000-{number:012}",
            captured_at=NOW,
            processed_at=NOW,
            status="refined",
            contact=Contact(
                name=f"Ada Muster{number}",
                title="Head of Sales",
                company=f"{COMPANIES[number % 4]} {number}",
                email_kind="business",
                company_domain=f"company{number}.example.com",
                phone_e164=f"+4930{number:08}",
                country="DE",
            ),
            lead_details=LeadDetails(lead_score=float(number % 90), campaign="Spring fair"),
            received_from="close",
            problems=("name.missing",),
            custom={"employees": number % 5000},
        )
        for number in range(count)
    ]


def measure(some: Sequence[RefinedLead]) -> tuple[float, float]:
    """The seconds of one rule for one lead, by Leadline and by hand."""
    routes = Routes({name: one for name, (one, _) in ROWS.items()}, team=Team())
    by_hand = [hand for _, hand in ROWS.values()]
    best = [float("inf")] * 2
    for _ in range(ROUNDS + 1):
        begin = time.perf_counter()
        ours = [routes.look(one, NOW).channels for one in some]
        middle = time.perf_counter()
        theirs = [next((True for hand in by_hand if hand(one)), None) for one in some]
        end = time.perf_counter()
        if any(found is not None for found in (*ours, *theirs)):
            raise AssertionError("a rule was met")
        best = [min(best[0], middle - begin), min(best[1], end - middle)]
    looks = len(some) * len(ROWS)
    return best[0] / looks, best[1] / looks


def run() -> list[str]:
    """The printable figures."""
    ours, by_hand = measure(leads(LEADS))
    return [
        f"rules: {ours * 1e6:.2f} µs a rule, {ours / by_hand:.1f} times the same rule written in "
        f"Python ({by_hand * 1e6:.2f} µs)"
    ]


if __name__ == "__main__":
    print("\n".join(run()))
