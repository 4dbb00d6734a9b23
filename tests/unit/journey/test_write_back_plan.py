"""What is to be written to a CRM is decided without asking anybody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.journey.writing_back.write_back_plan import (
    FieldVerdict,
    Related,
    changes_for,
    is_as_written,
    is_echo,
    is_nothing,
    is_same,
    plan_changes,
)
from leadline.model.facts.score import LeadScore, ScoreReason
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Change, Contact, LeadDetails, LeadFields, RefinedLead
from leadline.model.staff.people import Person
from leadline.ports.crm import CrmRecord
from leadline.settings.connected.crm import WRITE_FIELDS, CrmConfig

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = RefinedLead(
    lead_id="019cadc6-9a80-7000-8c6c-f85eeb157821",
    captured_at=AT,
    processed_at=AT,
    status="refined",
    contact=Contact(name="Ada Byron", email="ada@example.com", phone="+49 30 901820"),
    lead_details=LeadDetails(lead_score=85.0, source="Website"),
    received_from="generic",
    problems=("email.role", "name.case"),
    changes=(
        Change("phone", "0049 30 901820 ", "0049 30 901820", "text.clean"),
        Change("phone", "0049 30 901820", "+49 30 901820", "phone.format"),
    ),
)
BEN = Person(id="u2", name="Ben Bell")


def record(modified: datetime | None = AT, **values: Any) -> CrmRecord:
    return CrmRecord(record="r1", fields=LeadFields(), modified=modified, values=values)


def verdict(
    ours: str, current: Any, handling: Handling = UNHANDLED, modified: datetime | None = AT,
    overwrite: tuple[str, ...] = (),
) -> FieldVerdict:  # fmt: skip
    config = CrmConfig(write={ours: "theirs"}, overwrite=overwrite)
    (plan,) = plan_changes(LEAD, handling, record(modified, theirs=current), config)
    assert plan.ours == ours
    change = changes_for(LEAD, handling, record(modified, theirs=current), config)
    assert (change is not None) is plan.verdict.writes
    return plan.verdict


def test_only_what_the_crm_has_not_is_written() -> None:
    assert verdict("score", None) is FieldVerdict.EMPTY
    assert verdict("score", False) is FieldVerdict.EMPTY, "so Odoo calls it"
    assert verdict("score", "85") is FieldVerdict.SAME
    assert verdict("score", 85) is FieldVerdict.SAME
    assert verdict("score", "90") is FieldVerdict.THEIRS
    assert verdict("campaign", None) is FieldVerdict.UNKNOWN


def test_what_was_found_in_a_message_is_not_written() -> None:
    found = msgspec.structs.replace(LEAD, problems=("phone.found_in_message",))
    config = CrmConfig(write={"phone": "tel", "email": "mail"})
    plans = plan_changes(found, UNHANDLED, record(tel=None, mail=None), config)
    assert {plan.ours: plan.verdict for plan in plans} == {
        "phone": FieldVerdict.UNKNOWN,
        "email": FieldVerdict.EMPTY,
    }


def test_what_we_wrote_may_change_whatever_the_crm_makes_of_case_and_spaces() -> None:
    wrote = Handling(written={"theirs": "Junk  lead"})
    assert verdict("status", "junk lead", wrote) is FieldVerdict.OURS
    assert verdict("status", "Working", wrote) is FieldVerdict.THEIRS


def test_what_somebody_took_away_is_not_put_back_but_news_are_written() -> None:
    assert verdict("score", "", Handling(written={"theirs": 85})) is FieldVerdict.CLEARED
    assert verdict("score", "", Handling(written={"theirs": 70})) is FieldVerdict.EMPTY


def test_leave_to_overwrite_holds_only_for_what_nobody_edited_since() -> None:
    seen = Handling(crm_modified=AT)
    later = AT + timedelta(seconds=1)
    leave = ("score", "phone")
    assert verdict("score", "90", seen, AT, overwrite=leave) is FieldVerdict.UNCHANGED
    assert verdict("score", "90", seen, later, overwrite=leave) is FieldVerdict.EDITED
    assert verdict("score", "90", UNHANDLED, AT, overwrite=leave) is FieldVerdict.EDITED
    assert verdict("score", "90", seen, None, overwrite=leave) is FieldVerdict.EDITED
    assert (
        verdict("phone", "0049 30 901820", seen, later, overwrite=leave) is FieldVerdict.AS_IT_CAME
    )


def test_an_owner_is_written_as_the_crm_calls_them() -> None:
    held = Handling(owner=BEN)
    config = CrmConfig(write={"owner": "OwnerId"})
    change = changes_for(LEAD, held, record(), config, Related(owner={"OwnerId": "u2"}))
    assert change is not None
    assert change.values == {"OwnerId": "u2"}
    assert change.modified == AT
    (plan,) = plan_changes(LEAD, held, record(), config)
    assert plan.verdict is FieldVerdict.NOBODY
    (plan,) = plan_changes(LEAD, UNHANDLED, record(), config)
    assert plan.verdict is FieldVerdict.UNKNOWN


def test_an_owner_whom_the_crm_named_is_not_put_back_where_they_were_taken_away() -> None:
    config, beside = CrmConfig(write={"owner": "OwnerId"}), Related(owner={"OwnerId": "u2"})
    of_the_crm = Handling(owner=BEN, crm_owner="u2")
    (plan,) = plan_changes(LEAD, of_the_crm, record(), config, beside)
    assert plan.verdict is FieldVerdict.CLEARED
    by_rule = Handling(owner=BEN, crm_owner="ann@example.com")
    (plan,) = plan_changes(LEAD, by_rule, record(), config, beside)
    assert plan.verdict is FieldVerdict.EMPTY
    claimed = msgspec.structs.replace(of_the_crm, claimed_by=BEN)
    (plan,) = plan_changes(LEAD, claimed, record(), config, beside)
    assert plan.verdict is FieldVerdict.EMPTY


def test_a_claim_placed_where_the_owner_stands_makes_the_owner_and_elsewhere_is_a_name() -> None:
    beside = Related(owner={"OwnerId": "u2"})
    owned, claimed = Handling(owner=BEN), Handling(claimed_by=BEN, claimed_at=AT)
    there = CrmConfig(write={"claimed_by": "OwnerId"})
    assert changes_for(LEAD, owned, record(), there, beside) is None
    (plan,) = plan_changes(LEAD, owned, record(), there, beside)
    assert plan.verdict is FieldVerdict.UNKNOWN, "nobody claimed it"
    change = changes_for(LEAD, claimed, record(), there, beside)
    assert change is not None
    assert change.values == {"OwnerId": "u2"}
    elsewhere = CrmConfig(write={"claimed_by": "who", "claimed_at": "since"})
    change = changes_for(LEAD, claimed, record(), elsewhere, beside)
    assert change is not None
    assert change.values == {"who": "Ben Bell", "since": "2026-03-02T09:00:00Z"}


def test_every_field_that_settings_may_place_is_known() -> None:
    whole = msgspec.structs.replace(
        LEAD,
        contact=Contact(
            **{n: n for n in ("name", "first_name", "last_name", "email", "phone", "company",
                              "title", "country", "website")}
        ),
        lead_details=LeadDetails(source="Website", campaign="Spring", lead_score=85.5),
        score=LeadScore(70, "points", reasons=(ScoreReason("points.x", "asks", 5.0),)),
    )  # fmt: skip
    handling = Handling(claimed_by=BEN, claimed_at=AT, ending=Ending.JUNK)
    config = CrmConfig(write={name: f"x_{name}" for name in WRITE_FIELDS})
    beside = Related(owner={"x_owner": "u2"}, duplicate_of="r0")
    change = changes_for(whole, handling, record(), config, beside)
    assert change is not None
    assert sorted(change.values) == sorted(f"x_{name}" for name in WRITE_FIELDS)
    assert change.values["x_status"] == "junk"
    assert (change.values["x_score"], change.values["x_score_reasons"]) == (70, "asks (+5)")
    assert change.values["x_problems"] == "email.role, name.case"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (85, "85"), (85, "85.0"), ("85", 85), (None, False), ("", None), ([], ""), (0, "0"),
        ("2026-03-02T09:00:00Z", "2026-03-02 09:00:00"),
        ("2026-03-02T09:00:00Z", 1772442000000), ("2026-03-02T09:00:00Z", "1772442000000"),
        ("2026-03-02T09:00:00Z", "2026-03-02T10:00:00.000+0100"),
        ("u2", {"id": "u2", "name": "Ben Bell"}), ({"id": "u2"}, {"id": "u2", "email": "b"}),
        (7, [7]), ("a", ["a"]), (["a", "b"], ["a", "b"]), ("  x ", "x"), (True, "true"),
    ],
)  # fmt: skip
def test_the_same_may_be_written_in_many_ways(ours: Any, theirs: Any) -> None:
    assert is_same(ours, theirs)
    assert is_same(theirs, ours) or isinstance(theirs, dict)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("+49301", "49301"), ("Ada", "ada"), (0, None), (85, "85 %"), ({"id": "u2"}, {"id": "u3"}),
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:05Z"), ("a", ["a", "b"]), (1, 10**400),
    ],
)  # fmt: skip
def test_what_differs_is_not_the_same(ours: Any, theirs: Any) -> None:
    assert not is_same(ours, theirs)
    assert not is_same(theirs, ours)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(_VALUES, _VALUES)
def test_any_two_values_can_be_compared(one: Any, other: Any) -> None:
    assert is_same(one, other) in (True, False)
    if is_nothing(one):
        assert is_same(one, other) is is_nothing(other)


_FEW = st.sampled_from([None, "", False, "85", 85, "90", "ada", "Ada", "2026-03-02 09:00:00"])
_TIMES = st.sampled_from([None, AT - timedelta(hours=1), AT, AT + timedelta(hours=1)])


@given(
    _FEW, _FEW, _TIMES, _TIMES, st.sampled_from(["score", "name", "status"]),
    st.sampled_from([(), ("score",), ("name", "status")]),
)  # fmt: skip
def test_after_writing_there_is_nothing_to_write_and_a_later_edit_of_people_stays(
    current: Any,
    wrote: Any,
    modified: datetime | None,
    seen: datetime | None,
    ours: str,
    leave: tuple[str, ...],
) -> None:
    config = CrmConfig(write={ours: "theirs"}, overwrite=leave)
    handling = Handling(written={"theirs": wrote}, crm_modified=seen)
    before = record(modified, theirs=current)
    change = changes_for(LEAD, handling, before, config)
    if change is None:
        return
    later = AT + timedelta(hours=2)
    now = record(later, theirs=change.values["theirs"])
    after = Handling(written={"theirs": change.values["theirs"]}, crm_modified=later)
    assert changes_for(LEAD, after, now, config) is None
    assert is_as_written(before, change, now, config)
    assert is_echo(now, after)
    edited = record(later + timedelta(minutes=1), theirs="somebody's own word")
    assert changes_for(LEAD, after, edited, config) is None
    assert not is_echo(edited, after)


def test_without_times_of_change_nothing_is_called_an_echo() -> None:
    wrote = Handling(written={"theirs": 85})
    assert not is_echo(record(None, theirs=85), wrote)
    assert not is_echo(record(AT, theirs=85), wrote)
    assert not is_echo(record(AT), UNHANDLED)
