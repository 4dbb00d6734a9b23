"""What `leadline rules check` finds in settings, in leads and among the users of CRMs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.staff.people import Person
from leadline.operations.rules.rule_checks import (
    Finding,
    Severity,
    check_routing,
    check_users,
    unknown_custom_fields,
)
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WELL = """
[people.ada]
email = "ada@example.org"
[teams.dach]
people = ["ada"]
fallback = "queue"
[channels.mail]
kind = "webhook"
[rules.all]
team = "dach"
channels = ["mail"]
"""


def settings_of(text: str) -> Settings:
    return load(environ={}, document=(text, "leadline.toml")).settings


def words(text: str, **more: Any) -> dict[str, tuple[Severity, str]]:
    found = check_routing(settings_of(text), **more)
    return {f"{one.table}.{one.name}": (one.level, one.words) for one in found}


def test_rules_that_can_all_be_used_have_no_findings() -> None:
    assert words(WELL) == {}


def test_a_rule_behind_one_that_always_fits_is_a_fault() -> None:
    found = words(WELL + '[rules.late]\nmin_score = 50\nteam = "dach"\n')
    assert found["rules.late"] == (
        Severity.FAULT, "it is never used: all before it matches whenever it does",
    )  # fmt: skip


def test_a_team_without_a_fallback_is_a_fault() -> None:
    level, told = words(WELL.replace('fallback = "queue"\n', ""))["teams.dach"]
    assert level is Severity.FAULT
    assert told.startswith("it has no `fallback`")


def test_limits_that_do_not_stop_whom_leads_fall_back_to_are_noted() -> None:
    to_ada = WELL.replace('"queue"', '"ada"')
    assert words(to_ada) == {}
    level, told = words(to_ada.replace('= "ada"', '= "ada"\ncap_day = 2'))["teams.dach"]
    assert (level, told) == (
        Severity.NOTE, "its limits do not stop ada, who is its `fallback`",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "name", "told"),
    [
        ('[teams.spare]\npeople = ["ada"]\nfallback = "queue"\n', "teams.spare", "no rule gives"),
        ('[people.bob]\nemail = "b@example.org"\n', "people.bob", "no rule or team gives"),
        ('[channels.far]\nkind = "webhook"\n', "channels.far", "no rule alerts it"),
    ],
)
def test_what_no_rule_uses_is_noted(more: str, name: str, told: str) -> None:
    level, said = words(WELL + more)[name]
    assert level is Severity.NOTE
    assert said.startswith(told)


def test_channels_and_people_that_stand_behind_others_are_used() -> None:
    more = (
        '[channels.second]\nkind = "webhook"\n[people.bob]\nemail = "b@example.org"\n'
        '[teams.other]\npeople = ["ada"]\nfallback = "bob"\n[teams.third]\npeople = ["ada"]\n'
        'fallback = "second"\n[rules.more]\nsources = ["form"]\nteam = "other"\n'
    )
    assert {"channels.second", "people.bob"}.isdisjoint(words(WELL + more))
    usual = WELL + '[channels.usual]\nkind = "webhook"\n'
    assert "channels.usual" not in words(usual, usual=("usual",))


def test_people_who_get_leads_need_a_slack_id_where_slack_is_and_a_crm_id_where_a_crm_is() -> None:
    slack = '[channels.chat]\nkind = "slack-bot"\nleads = true\n'
    assert words(WELL + slack)["people.ada"][1].startswith("without `slack`")
    bare = WELL.replace('email = "ada@example.org"', 'slack = "U012ADA"')
    found = words(bare + '[crm.close]\ntoken = "x"\n')
    assert found["people.ada"][1].startswith("without `crm` and `email`")


def of_users(text: str, **users: Person) -> list[Finding]:
    return list(check_users(settings_of(text), {"close": users}))


def test_somebody_whom_the_crm_does_not_know_or_has_deactivated_is_a_fault() -> None:
    ada = Person(id="u1", email="Ada@Example.org")
    assert of_users(WELL, u1=ada) == []
    (one,) = of_users(WELL, u2=Person(id="u2", email="x@example.org"))
    assert (one.level, one.name) == (Severity.FAULT, "ada")
    assert one.words == "no active user of close has the address ada@example.org"
    with_id = WELL.replace("[people.ada]\n", '[people.ada]\ncrm = ["u1"]\n')
    assert of_users(with_id, u1=ada) == []
    (one,) = of_users(with_id, u9=ada)
    assert one.words == "no active user of close has the id u1"


def test_no_crm_that_was_asked_knows_nothing_to_say() -> None:
    assert list(check_users(settings_of(WELL), {})) == []


def lead(**custom: Any) -> RefinedLead:
    return RefinedLead("x", AT, AT, "refined", Contact(), LeadDetails(), "form", custom=custom)


def test_a_custom_field_that_no_lead_has_had_is_noted() -> None:
    text = WELL + '[rules.rich]\nwhen = ["custom.budget >= 5", "custom.plan.name = x"]\n'
    settings = settings_of(text + 'channels = ["mail"]\n')
    assert list(unknown_custom_fields(settings, [])) == []
    found = list(unknown_custom_fields(settings, [lead(other=1), lead(Budget=3, budget=3)]))
    assert [one.words for one in found] == [
        "none of the last 2 leads has the field custom.plan.name"
    ]
    whole = [lead(budget=3), lead(plan={"name": "x"})]
    assert list(unknown_custom_fields(settings, whole)) == []
