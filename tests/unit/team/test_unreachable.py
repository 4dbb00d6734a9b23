"""Rules that can never decide anything."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.facts.likeness import FirstSeen
from leadline.model.lead import Contact, RefinedLead
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from leadline.team.matching.unreachable import unreachable_rules
from tests.unit.team.test_routing import NOON, lead
from tests.worlds.thorough import thorough

TO = ("sales",)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (RuleConfig(min_score=50), "neither channels nor assign nor team"),
        (RuleConfig(channels=TO, min_score=50, max_score=50), "no score is at least 50"),
        (RuleConfig(channels=TO, during="day", outside="day"), "both during and outside day"),
        (RuleConfig(channels=TO, owners=("Ann",), ownership="unassigned"), "is not unassigned"),
        (RuleConfig(channels=TO, countries=("UK", "xx")), "no country has the code UK, xx"),
        (RuleConfig(channels=TO, sources=("form",)), "only_sources leaves out form"),
        (
            RuleConfig(team="x", when=("score > 1", "title = CEO", "title in CTO, [COO]")),
            "no lead has both title = CEO and title in CTO, [COO]",
        ),
        (RuleConfig(team="x", when=("score = 1", "score in 2, 3")), "no lead has both score = 1"),
        (RuleConfig(team="x", when=("phone is empty", "phone = 1")), "no lead has both phone is"),
    ],
)
def test_conditions_that_no_lead_meets_are_told(rule: RuleConfig, words: str) -> None:
    assert words in unreachable_rules({"one": rule}, ("close",))["one"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (RuleConfig(channels=TO), RuleConfig(channels=TO, min_score=50)),
        (
            RuleConfig(channels=TO, sources=("close", "form")),
            RuleConfig(channels=TO, sources=("form",), ownership="assigned"),
        ),
        (
            RuleConfig(channels=TO, countries=("de", "AT")),
            RuleConfig(channels=TO, countries=("AT",)),
        ),
        (RuleConfig(channels=TO, min_score=10), RuleConfig(channels=TO, min_score=20)),
        (RuleConfig(channels=TO, max_score=20), RuleConfig(channels=TO, max_score=10)),
        (RuleConfig(channels=TO, during="day"), RuleConfig(channels=TO, during="day")),
        (RuleConfig(assign=("Ann",)), RuleConfig(assign=("Ben",), owners=("Ann",))),
        (RuleConfig(assign=("Ann",)), RuleConfig(team="x", seen="new")),
        (RuleConfig(team="x"), RuleConfig(assign=("Ben",), when=("score > 1",))),
        (RuleConfig(alert="no"), RuleConfig(channels=TO, seen="before")),
        (RuleConfig(channels=TO), RuleConfig(alert="no", when=("score > 1",))),
        (
            RuleConfig(team="x", when=("country in DE, AT",)),
            RuleConfig(team="y", when=("score > 1", "Country in Austria, Germany")),
        ),
    ],
)
def test_a_rule_behind_one_that_matches_whenever_it_does_is_told(
    earlier: RuleConfig, later: RuleConfig
) -> None:
    found = unreachable_rules({"first": earlier, "second": later})
    assert found == {"second": "first before it matches whenever it does"}
    assert unreachable_rules({"second": later, "first": earlier}) == (
        {"first": found["second"].replace("first", "second")} if earlier == later else {}
    )


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (RuleConfig(assign=("Ann",)), RuleConfig(channels=TO)),
        (RuleConfig(channels=TO), RuleConfig(channels=TO, assign=("Ann",))),
        (RuleConfig(channels=TO, min_score=20), RuleConfig(channels=TO)),
        (RuleConfig(channels=TO, max_score=20), RuleConfig(channels=TO, min_score=10)),
        (RuleConfig(channels=TO, sources=("form",)), RuleConfig(channels=TO)),
        (RuleConfig(channels=TO, outside="day"), RuleConfig(channels=TO, during="day")),
        (RuleConfig(min_score=1), RuleConfig(channels=TO, min_score=1)),
        (RuleConfig(channels=TO, seen="before"), RuleConfig(channels=TO)),
        (RuleConfig(channels=TO, seen="before"), RuleConfig(channels=TO, seen="new")),
        (RuleConfig(channels=TO), RuleConfig(channels=TO, team="x")),
        (RuleConfig(channels=TO, when=("score > 1",)), RuleConfig(channels=TO)),
        (
            RuleConfig(team="x", when=("score > 1", "title = CEO")),
            RuleConfig(team="x", when=("title = CEO",)),
        ),
        (RuleConfig(team="x"), RuleConfig(alert="no")),
        (RuleConfig(), RuleConfig(team="x", when=("owner = Ann", "owner = Ann Lee"))),
        (RuleConfig(), RuleConfig(team="x", when=("custom.a = 1", "custom.a = 2"))),
        (RuleConfig(), RuleConfig(team="x", when=("score = 1", "score = 1.0"))),
        (RuleConfig(), RuleConfig(team="x", when=("title = CEO", "title in ceo, CTO"))),
    ],
)
def test_a_rule_that_may_decide_is_not_told(earlier: RuleConfig, later: RuleConfig) -> None:
    assert "second" not in unreachable_rules({"first": earlier, "second": later})


def test_a_rule_about_duplicates_is_used_where_only_those_have_them_alerted() -> None:
    rules = {"all": RuleConfig(channels=TO), "known": RuleConfig(channels=TO, seen="before")}
    assert set(unreachable_rules(rules)) == {"known"}
    assert unreachable_rules(rules, silent_on_duplicates=True) == {}
    by_line = {**rules, "known": RuleConfig(channels=TO, when=("seen = before",))}
    assert unreachable_rules(by_line, silent_on_duplicates=True) == {}


CONDITIONS = (
    "title = CEO", "title in CEO, CTO", "title != CEO", "title is empty", "title contains c",
    "score > 50", "score = 50", "score in 50, 90", "country = DE", "country in DE, AT",
    "seen = new", "seen = before", "ownership = assigned", "owner = ann", "custom.size = 5",
    "custom.size = 6", "custom.size >= 5", "hour between 9 and 12",
)  # fmt: skip
RULES = st.builds(
    RuleConfig,
    sources=st.sampled_from(((), ("form",), ("form", "json"))),
    countries=st.sampled_from(((), ("DE",), ("DE", "AT"), ("XX",))),
    min_score=st.sampled_from((None, 20.0, 50.0)),
    max_score=st.sampled_from((None, 50.0, 90.0)),
    ownership=st.sampled_from(("", "assigned", "unassigned")),
    seen=st.sampled_from(("", "new", "before")),
    when=st.lists(st.sampled_from(CONDITIONS), max_size=3).map(tuple),
    during=st.sampled_from(("", "", "office")),
    channels=st.sampled_from(((), TO)),
    alert=st.sampled_from(("", "", "no")),
    team=st.sampled_from(("", "x")),
)
LEADS = st.builds(
    lambda title, country, score, owner, before, size, source: msgspec.structs.replace(
        lead(source, country, lead_score=score, owner=owner),
        contact=Contact(title=title, country=country),
        duplicate_of=FirstSeen("first", NOON, ("email",)) if before else None,
        custom={"size": size},
    ),
    title=st.sampled_from((None, "CEO", "CTO")),
    country=st.sampled_from((None, "DE", "Austria")),
    score=st.sampled_from((None, 20.0, 50.0, 89.0, 90.0)),
    owner=st.sampled_from((None, "Ann")),
    before=st.booleans(),
    size=st.sampled_from((None, 5, 6, [5, 6])),
    source=st.sampled_from(("form", "json")),
)


@thorough(3000, often=150)
@given(
    rules=st.lists(RULES, min_size=1, max_size=4),
    leads=st.lists(LEADS, min_size=1, max_size=10),
    silent=st.booleans(),
)
def test_a_rule_that_decides_for_any_lead_is_never_told(
    rules: list[RuleConfig], leads: list[RefinedLead], silent: bool
) -> None:
    named = {f"rule {number}": rule for number, rule in enumerate(rules)}
    hours = {"office": HoursConfig()}
    routes = Routes(named, hours=hours, silent_on_duplicates=silent)
    told = unreachable_rules(named, silent_on_duplicates=silent)
    for one in leads:
        found = routes.look(one, NOON)
        assert {found.channels_rule, found.assigns} & set(told) == set()
