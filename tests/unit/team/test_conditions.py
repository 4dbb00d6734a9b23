"""What the conditions of `when` say of leads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.facts.attribution import Attribution
from leadline.model.facts.consent import Consent
from leadline.model.facts.enrichment import Enriched, Enrichment
from leadline.model.facts.likeness import FirstSeen
from leadline.model.facts.score import LeadScore
from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead
from leadline.model.staff.assigning import Decision
from leadline.settings.conditions.fields import FIELDS, OPEN, FieldKind
from leadline.settings.conditions.operators import OPERATORS
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.conditions import compile_condition
from leadline.team.matching.routing import Routes
from leadline.team.matching.subject import NO_FACTS, Facts, Subject
from leadline.team.people import Team
from tests.worlds.thorough import thorough

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
TEAM = Team({"ada": MemberConfig(email="ada@example.com", crm=("41",))})
FACTS = Facts(2, NOON - timedelta(days=90), NOON - timedelta(days=30), "Ben", "won")

FULL = RefinedLead(
    lead_id="018f3a2b-0000-7000-8000-000000000001",
    captured_at=NOON - timedelta(minutes=10),
    processed_at=NOON,
    status="refined",
    contact=Contact(
        name="Grace Hopper",
        first_name="Grace",
        last_name="Hopper",
        title="Head of  Sales",
        email="grace@sales.example.com",
        email_kind="business",
        phone="030 901820",
        phone_e164="+4930901820",
        company="Example Savings Bank",
        company_domain="sales.example.com",
        website="https://www.example.com/about",
        country="Schweiz",
    ),
    lead_details=LeadDetails(
        source="Webinar",
        campaign="Spring fair",
        lead_score=79.5,
        owner="Ada Byron",
        owner_id="41",
        message="Please make us an offer.",
        crm_record="lead_1",
        ownership=Ownership.ASSIGNED,
    ),
    received_from="json",
    attribution=Attribution(
        utm_source="google",
        utm_medium="CPC",
        utm_campaign="Spring",
        utm_term="crm",
        utm_content="banner-2",
        gclid="Cj0example",
    ),
    enrichment=Enrichment({"size": Enriched(120, "pdl", NOON)}),
    problems=("email.role", "name.missing"),
    duplicate_of=FirstSeen("first", NOON - timedelta(days=90), ("email", "phone"), 0.97),
    consent={
        purpose: Consent(value, "form", NOON)
        for purpose, value in {
            "email": "yes",
            "phone": "no",
            "sms": "no",
            "ads": "yes",
            "data": "unknown",
        }.items()
    },
    custom={
        "employees": 300,
        "Budget (EUR)": "12000",
        "utm.source": "Ads",
        "newsletter": True,
        "address": {"city": "Bern", "zip": 3011},
        "products": ["Loans", "Cards"],
        "orders": [{"total": 5}, {"total": 70}],
        "huge": 10**400,
        "blank": "  ",
    },
)
SCORED = msgspec.structs.replace(FULL, score=LeadScore(79, "points", fit=70, intent=90, hot=True))
EMPTY = RefinedLead(
    lead_id="018f3a2b-0000-7000-8000-000000000002",
    captured_at=NOON,
    processed_at=NOON,
    status="refined",
    contact=Contact(),
    lead_details=LeadDetails(),
    received_from="form",
)


def meets(
    line: str,
    one: RefinedLead = FULL,
    lists: dict[str, frozenset[str]] | None = None,
    hours: dict[str, HoursConfig] | None = None,
    facts: Facts = FACTS,
) -> bool:
    """Whether the lead meets the condition at noon."""
    subject = Subject(one, NOON, facts, hours=hours or {}, team=TEAM)
    return compile_condition(line, lists or {})(subject)


@pytest.mark.parametrize(("name", "line"), [(n, f.example) for n, f in FIELDS.items()])
def test_the_example_of_each_field_is_met_by_a_lead_that_has_it(name: str, line: str) -> None:
    assert line.startswith(name)
    assert meets(line, SCORED)


@pytest.mark.parametrize(("op", "line"), [(op, one.example) for op, one in OPERATORS.items()])
def test_the_example_of_each_operator_is_met(op: str, line: str) -> None:
    assert op in line
    changed = {"title": "CEO", "company": "Commerzbank"} if op in ("in", "ends with") else {}
    contact = msgspec.structs.replace(FULL.contact, **changed)
    low = {"lead_score": 79.5 if op != "<" else 10.0}
    details = msgspec.structs.replace(FULL.lead_details, **low)
    assert meets(line, msgspec.structs.replace(FULL, contact=contact, lead_details=details))


@pytest.mark.parametrize("op", list(OPERATORS))
def test_a_lead_without_the_field_meets_only_what_excludes_a_value(op: str) -> None:
    value = {"nothing": "", "span": "1 and 2"}.get(OPERATORS[op].takes, "7")
    for name, field in FIELDS.items():
        if field.kind in OPERATORS[op].kinds and field.kind in (
            FieldKind.TEXT, FieldKind.TEXTS, FieldKind.ANY,
        ) and name != "received_from":  # fmt: skip
            line = f"{name}{'.x' if name in OPEN else ''} {op} {value}"
            assert meets(line, EMPTY, facts=NO_FACTS) is OPERATORS[op].if_missing, line


@pytest.mark.parametrize(
    "line",
    [
        "company = EXAMPLE   savings bank",
        "company contains SAVINGS",
        "name = 'grace hopper'",
        "first_name in [Ada, GRACE]",
        "title = Head of Sales",
        "country = CHE",
        "country = Switzerland",
        "country not in DE, AT",
        "email domain in example.com",
        "email domain in @sales.example.com",
        "website domain in https://example.com/",
        "email domain not in ample.com",
        "weekday = Friday",
        "hour = 12",
        "score > 79",
        "score != 80",
        "score in 79.5, 80",
        "owner = ADA@example.com",
        "owner = 41",
        "owner contains byron",
        "problems = name.missing",
        "problems contains email.",
        "problems != email.invalid",
        'custom."budget (EUR)" is empty',
        'custom."Budget (EUR)" >= 12000',
        'custom."Budget (EUR)" = 12000.0',
        "custom.utm.source = ads",
        "custom.address.zip in 3011, 3012",
        "custom.address is not empty",
        "custom.products = cards",
        "custom.products does not contain insurance",
        "custom.orders.total > 60",
        "custom.newsletter = true",
        "custom.blank is empty",
        "custom.huge is not empty",
        "custom.products is not empty",
        "duplicate.matched in phone, name",
        "history.days between 29 and 31",
        "history.owner = BEN",
        "seen != new",
    ],
)
def test_conditions_that_the_lead_meets(line: str) -> None:
    assert meets(line)


@pytest.mark.parametrize(
    "line",
    [
        "company = Example",
        "company = Exämple Savings Bank",
        "problems != name.missing",
        "problems not in email.role, x",
        "email domain in le.com, other.example.com",
        "custom.newsletter >= 1",
        "custom.address.city > 3",
        "custom.huge > 3",
        "custom.address = Bern",
        "custom.employees.more is not empty",
        "custom.products not in Cards",
        "score < 79.5",
        "history.leads = 3",
        "title matches sales of",
    ],
)
def test_conditions_that_the_lead_does_not_meet(line: str) -> None:
    assert not meets(line)


def test_a_list_in_a_file_is_compared_like_values() -> None:
    banks = {
        "banks.csv:name": frozenset({"example savings bank"}),
        "d.csv": frozenset({"@example.com"}),
    }
    assert meets("company in banks.csv:name", lists=banks)
    assert not meets("company not in banks.csv:name", lists=banks)
    assert not meets("name in banks.csv:name", lists=banks)
    assert meets("email domain in d.csv", lists=banks)
    assert meets("country in emea.csv", lists={"emea.csv": frozenset({"switzerland", "de"})})


def test_the_hour_is_that_of_the_first_business_hours() -> None:
    tokyo = {"first": HoursConfig(zone="Asia/Tokyo"), "second": HoursConfig(zone="UTC")}
    assert meets("hour = 21", hours=tokyo)
    assert not meets("hour = 12", hours=tokyo)


def test_a_pattern_looks_at_the_beginning_of_a_long_text_in_whatever_case() -> None:
    late = msgspec.structs.replace(
        FULL, contact=msgspec.structs.replace(FULL.contact, title="a" * 999 + "bc")
    )
    assert meets("title matches B$", late)
    assert not meets("title matches c", late)
    assert meets("title matches (a+)+b", late)


@pytest.mark.parametrize("text", ["\ud800 bank", "bank\0", "\U0001f600 BANK"])
def test_any_text_can_be_matched(text: str) -> None:
    one = msgspec.structs.replace(FULL, custom={"a": text})
    assert meets("custom.a matches \\bbank\\b", one)
    assert meets("custom.a contains bank", one)


def test_a_rule_needs_all_lines_and_says_the_first_that_failed() -> None:
    rule = RuleConfig(
        countries=("CH",),
        when=("company contains bank", "score >= 80", "custom.employees > 1000"),
        channels=("sales",),
    )
    routes = Routes({"banks": rule, "rest": RuleConfig(when=("score > 1",), team="all")}, team=TEAM)
    found = routes.look(FULL, NOON)
    assert [(one.rule, one.failed) for one in found.rules] == [
        ("banks", "when score >= 80"),
        ("rest", ""),
    ]
    assert not routes.ask_history
    asks = Routes({"known": RuleConfig(when=("history.outcome = won",), team="all")}, team=TEAM)
    assert asks.ask_history
    assert asks.look(FULL, NOON, FACTS).team == "all"
    assert asks.look(FULL, NOON).team == ""


def test_a_later_look_without_facts_counts_what_was_found_at_refinement() -> None:
    rules = {
        "won": RuleConfig(when=("history.outcome = won",), channels=("known",)),
        "new": RuleConfig(when=("history.leads = 0",), channels=("new",)),
    }
    routes = Routes(rules, team=TEAM, usual=("usual",))
    for facts, channel in (
        (FACTS, "known"),
        (NO_FACTS, "new"),
        (Facts(1, outcome="lost"), "usual"),
    ):
        found = routes.look(FULL, NOON, facts)
        assert routes.channels_of(found, FULL) == (channel,)
        decision = Decision(at=NOON, how="nobody", rules=found.rules)
        kept = msgspec.structs.replace(FULL, decision=decision)
        assert routes.channels(kept, NOON + timedelta(days=1)) == (channel,)


def test_a_condition_on_duplicates_has_silent_ones_alerted() -> None:
    rules = {"known": RuleConfig(when=("seen = before",), channels=("again",))}
    routes = Routes(rules, team=TEAM, usual=("usual",), silent_on_duplicates=True)
    assert routes.channels(FULL, NOON) == ("again",)
    rules = {"known": RuleConfig(when=("seen != new",), channels=("again",))}
    assert Routes(rules, team=TEAM, silent_on_duplicates=True).channels(FULL, NOON) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
LINES = [
    line.replace("employees", "x").replace("address.city", "x.y")
    for line in (*(f.example for f in FIELDS.values()), *(o.example for o in OPERATORS.values()))
] + [
    f"custom.x {op} 7" for op, one in OPERATORS.items() if one.takes in ("value", "list", "pattern")
]


@thorough(2000, often=60)
@given(
    custom=st.dictionaries(st.sampled_from(["x", "x.y", "z"]), JSON),
    text=st.text(st.characters(), max_size=80),
)
def test_whatever_a_lead_says_each_condition_has_an_answer(
    custom: dict[str, Any], text: str
) -> None:
    contact = Contact(**dict.fromkeys(("name", "title", "email", "company", "website"), text))
    one = msgspec.structs.replace(FULL, custom=custom, contact=contact)
    for line in LINES:
        assert meets(line, one) in (True, False)
    for op, other in (("=", "!="), ("in", "not in"), ("contains", "does not contain")):
        assert meets(f"custom.x {op} 7", one) is not meets(f"custom.x {other} 7", one)


def test_our_score_goes_before_that_of_the_sender_which_has_a_name_of_its_own() -> None:
    assert meets("score = 79", SCORED)
    assert meets("score = 79.5")
    assert meets("sender_score = 79.5", SCORED)
    assert not meets("sender_score is not empty", EMPTY)
    assert meets("hot = no", EMPTY)
    assert meets("score.fit is empty", FULL)
