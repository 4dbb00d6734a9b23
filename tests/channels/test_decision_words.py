"""What messages of every kind say about why a lead is its owner's."""

from typing import Any

import msgspec
import pytest

from leadline.alerts.wording.decision_words import (
    absent_words,
    because,
    decision_of,
    skipped_words,
    yours_because,
)
from leadline.alerts.wording.story import story_of_lead
from leadline.channels.slack.messages import alert
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import Ownership
from leadline.model.staff.assigning import HOWS, SKIPS, Charge, Decision, Skipped
from leadline.model.staff.people import Person
from leadline.model.texts.links import Links
from tests.channels.leads import CAPTURED, FIRST_ID, lead, noticed

TURN = Decision(
    at=CAPTURED,
    how="turn",
    person="ada",
    team="dach",
    rule="large",
    skipped=(Skipped("bob", "away", "until 2026-12-07T00:00:00+01:00"),),
)
GIVEN = lead(owner="ada", ownership=Ownership.ASSIGNED, decision=TURN)
ADA = Person(name="ada", slack="U012ADA")


def texts(message: dict[str, Any]) -> str:
    contexts = [block for block in message["blocks"] if block["type"] == "context"]
    return "\n".join(one["text"] for block in contexts for one in block["elements"])


def test_a_turn_names_team_and_rule_and_who_was_passed_over() -> None:
    assert because(TURN) == (
        "It is ada's turn in the team dach (rule large). bob is away until Monday, 2026-12-07."
    )
    assert yours_because(TURN).startswith("Yours because it is your turn in the team dach (rule l")


@pytest.mark.parametrize(
    ("by", "told"),
    [("cli cy", "cy assigned"), ("cli", "An operator assigned"), ("", "An operator")],
)
def test_who_ran_the_command_is_told_by_their_name(by: str, told: str) -> None:
    decision = Decision(at=CAPTURED, how="operator", person="ada", by=by)
    assert because(decision).startswith(told)


@pytest.mark.parametrize("how", ["crm", "sender", "claim", "operator"])
def test_no_rule_is_named_where_none_decided(how: str) -> None:
    decision = Decision(at=CAPTURED, how=how, person="ada", rule="large")
    assert "large" not in because(decision)


def test_the_lead_and_the_rule_stand_in_one_pair_of_brackets() -> None:
    decision = msgspec.structs.replace(TURN, how="company", before=FIRST_ID, skipped=())
    assert because(decision) == f"ada has this company (lead {FIRST_ID}, rule large)."


@pytest.mark.parametrize(
    ("skipped", "told"),
    [
        (TURN.skipped[0], "away until Monday, 2026-12-07"),
        (Skipped("bob", "hours", "until 2026-12-07T08:00:00Z"),
         "outside working hours until Monday, 2026-12-07 08:00 UTC"),
        (Skipped("bob", "holiday", ""), "holiday"),
        (Skipped("bob", "cap_day", "10 of 10 today"), "full (10 of 10 today)"),
    ],
)  # fmt: skip
def test_lists_say_without_a_name_why_somebody_is_given_no_leads(
    skipped: Skipped, told: str
) -> None:
    assert absent_words(skipped) == told


@pytest.mark.parametrize("how", sorted(set(HOWS) - {"nobody"}))
def test_every_way_to_an_owner_has_words_to_and_about_them(how: str) -> None:
    decision = Decision(at=CAPTURED, how=how, person="ada", team="dach", by="cy")
    told, said = because(decision), yours_because(decision)
    assert told[0].isupper() or told.startswith(("ada ", "cy "))
    assert told.endswith(".")
    assert "ada" not in said
    assert "{" not in told + said
    assert told != "ada has it (rule )."


@pytest.mark.parametrize("why", sorted(SKIPS))
def test_every_reason_to_pass_somebody_over_makes_a_sentence(why: str) -> None:
    told = skipped_words(Skipped("bob", why))
    assert told.startswith(("bob is ", "bob has ", "bob: the "))
    assert "is has" not in told


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("until 2026-12-07T00:00:00+01:00", "bob is away until Monday, 2026-12-07"),
        ("until 2026-12-01T08:30:00Z", "bob is away until Tuesday, 2026-12-01 08:30 UTC"),
        ("until they are back", "bob is away until they are back"),
        ("", "bob is away"),
    ],
)
def test_the_end_of_an_absence_is_told_as_a_day(detail: str, told: str) -> None:
    assert skipped_words(Skipped("bob", "away", detail)) == told


def test_a_cap_is_told_with_its_count() -> None:
    told = skipped_words(Skipped("bob", "cap_day", "10 of 10"))
    assert told == "bob has as many leads as allowed for a day (10 of 10)"


def test_many_who_were_passed_over_are_counted() -> None:
    many = tuple(Skipped(f"p{number}", "away") for number in range(5))
    told = because(msgspec.structs.replace(TURN, skipped=many))
    assert told.endswith("p2 is away. 2 more were passed over.")


def test_a_lead_for_nobody_says_whether_it_waits_or_who_is_alerted() -> None:
    nobody = Decision(at=CAPTURED, how="nobody", team="dach", waits=True)
    assert because(nobody) == (
        "Nobody of the team dach could be given it; it waits in the team's queue."
    )
    elsewhere = msgspec.structs.replace(nobody, waits=False, channel="leads")
    assert "the channel leads is alerted" in because(elsewhere)
    assert because(Decision(at=CAPTURED, how="nobody")) == "No rule assigns it."
    assert yours_because(nobody) == ""


def test_alerts_of_every_kind_say_why_the_lead_is_its_owners() -> None:
    notice = msgspec.structs.replace(noticed(GIVEN, Links()), handling=Handling(owner=ADA))
    assert "<@U012ADA>: Yours because it is your turn in the team dach" in texts(alert(notice))
    assert because(TURN) in story_of_lead(notice).remarks


def test_a_returning_person_names_the_lead_by_which_they_are_known() -> None:
    again = Decision(at=CAPTURED, how="person", person="ada", before=FIRST_ID)
    assert because(again) == f"ada has had this person before (lead {FIRST_ID})."


def test_the_reason_is_gone_when_somebody_else_has_the_lead() -> None:
    assert decision_of(GIVEN, UNHANDLED) is TURN
    assert decision_of(GIVEN, Handling(owner=Person(name="bob"))) is None
    claimed = Handling(owner=ADA, claimed_by=Person(slack="U99"), claimed_at=CAPTURED)
    assert decision_of(GIVEN, claimed) is None
    left = Handling(ownership=Ownership.UNASSIGNED)
    assert decision_of(GIVEN, left) is None


def test_who_got_the_lead_later_is_told_why_from_what_they_paid() -> None:
    cy = Person(name="cy", slack="U0CY")
    charge = Charge("dach", "cy", CAPTURED, how="queue")
    notice = msgspec.structs.replace(
        noticed(GIVEN, Links()), handling=Handling(owner=cy, charge=charge)
    )
    told = "Yours because it waited in the queue of the team dach and you have room (rule large)."
    assert f"<@U0CY>: {told}" in texts(alert(notice))
    assert decision_of(GIVEN, Handling(owner=ADA, charge=charge)) is TURN
    other = Handling(owner=Person(name="dee"), charge=charge)
    assert decision_of(GIVEN, other) is None


def test_names_from_the_settings_are_no_markup_in_slack() -> None:
    odd = msgspec.structs.replace(TURN, rule="<!channel> *x*", team="a" * 5000)
    one = msgspec.structs.replace(GIVEN, decision=odd)
    message = alert(noticed(one, Links()))
    assert "<!channel>" not in texts(message)
    assert all(len(one) < 3000 for one in texts(message).splitlines())


def test_a_lead_without_a_decision_is_told_as_ever() -> None:
    plain = noticed(lead(), Links())
    assert "👉" not in texts(alert(plain))
    assert decision_of(plain.lead, UNHANDLED) is None
