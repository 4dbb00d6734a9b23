"""A look at the rules: which decide, and which condition failed in the others."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.model.facts.likeness import FirstSeen
from leadline.model.lead import Ownership
from leadline.model.staff.assigning import RuleLooked
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.routing import Routes
from leadline.team.matching.rules import Looked
from tests.unit.team.test_routing import NOON, TEAM, lead

TO = ("sales",)


def routes(**rules: RuleConfig) -> Routes:
    return Routes(rules, hours={"office": HoursConfig()}, team=TEAM, usual=("usual",))


def test_one_look_decides_the_channels_and_the_team() -> None:
    found = routes(
        large=RuleConfig(min_score=80, channels=("hot",), team="senior"),
        german=RuleConfig(countries=("DE", "AT"), team="dach"),
        forms=RuleConfig(sources=("form",), channels=("forms",)),
        rest=RuleConfig(channels=("sales", "sales"), assign=("ada",)),
        never=RuleConfig(channels=("never",), team="never"),
    ).look(lead(country="Germany", lead_score=10), NOON)
    assert found == Looked(
        rules=(
            RuleLooked("large", "min_score = 80"),
            RuleLooked("german"),
            RuleLooked("forms", "sources = form"),
            RuleLooked("rest"),
        ),
        channels=("sales",),
        channels_rule="rest",
        assigns="german",
        team="dach",
    )


def test_where_no_rule_decides_all_of_them_were_looked_at() -> None:
    one = lead(owner="Ada", ownership=Ownership.ASSIGNED)
    found = routes(
        a=RuleConfig(countries=("DE",), channels=TO), b=RuleConfig(ownership="unknown", team="t")
    ).look(one, NOON)
    assert found == Looked(
        (RuleLooked("a", "countries = DE"), RuleLooked("b", "ownership = unknown"))
    )
    assert routes(a=RuleConfig(countries=("DE",), channels=TO)).channels(one, NOON) == ("usual",)


def test_a_rule_that_alerts_nobody_decides_the_channels() -> None:
    quiet = routes(quiet=RuleConfig(alert="no"), rest=RuleConfig(channels=TO))
    found = quiet.look(lead(), NOON)
    assert (found.channels, found.channels_rule) == ((), "quiet")
    assert quiet.channels(lead(), NOON) == ()


def test_a_rule_with_assign_has_a_team_of_its_own() -> None:
    found = routes(turn=RuleConfig(assign=("ada", "ben"))).look(lead(), NOON)
    assert (found.assigns, found.team, found.channels) == ("turn", "rule turn", None)


def test_only_rules_about_duplicates_have_silent_duplicates_alerted() -> None:
    again = msgspec.structs.replace(lead(), duplicate_of=FirstSeen("x", NOON, ("email",)))
    silent = msgspec.structs.replace(
        routes(
            all=RuleConfig(channels=TO, team="t"),
            known=RuleConfig(seen="before", channels=("again",)),
        ),
        silent_on_duplicates=True,
    )
    found = silent.look(again, NOON)
    assert (found.channels_rule, found.assigns) == ("known", "all")
    assert silent.channels(again, NOON) == ("again",)
    assert silent.channels(lead(), NOON) == TO


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"sources": ("form", "json")}, "sources = form, json"),
        ({"owners": ("Ann",)}, "owners = Ann"),
        ({"countries": ("DE", "AT")}, "countries = DE, AT"),
        ({"min_score": 99.5}, "min_score = 99.5"),
        ({"max_score": 20.0}, "max_score = 20"),
        ({"ownership": "assigned"}, "ownership = assigned"),
        ({"seen": "before"}, "seen = before"),
        ({"during": "office"}, "during = office"),
        ({"outside": "office"}, "outside = office"),
    ],
)
def test_each_condition_says_itself_in_the_words_of_the_settings(
    rule: dict[str, Any], words: str
) -> None:
    at = NOON if "outside" in rule else NOON + timedelta(hours=9)
    found = routes(one=RuleConfig(**rule, channels=TO)).look(lead(lead_score=50), at)
    assert found.rules == (RuleLooked("one", words),)
