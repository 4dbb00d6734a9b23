"""Rules that can never decide anything."""

import pytest

from leadline.settings.rules import RuleConfig
from leadline.team.unreachable import unreachable_rules

TO = ("sales",)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (RuleConfig(min_score=50), "neither channels nor assign"),
        (RuleConfig(channels=TO, min_score=50, max_score=50), "no score is at least 50"),
        (RuleConfig(channels=TO, during="day", outside="day"), "both during and outside day"),
        (RuleConfig(channels=TO, owners=("Ann",), ownership="unassigned"), "is not unassigned"),
        (RuleConfig(channels=TO, countries=("UK", "xx")), "no country has the code UK, xx"),
        (RuleConfig(channels=TO, sources=("form",)), "only_sources leaves out form"),
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
    ],
)
def test_a_rule_that_may_decide_is_not_told(earlier: RuleConfig, later: RuleConfig) -> None:
    assert "second" not in unreachable_rules({"first": earlier, "second": later})
