"""Whom a lead is given to, by the settings, the rosters and what is known of the person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.staff.assigning import Absence, AccountOwner, Share, TeamRoster
from leadline.settings.team.hours import HoursConfig
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.teams import TeamConfig
from leadline.team.giving.asking import Ask, Books, Choice, Earlier
from leadline.team.giving.deciding import who_gets
from leadline.team.giving.teams import Teams
from leadline.team.matching.rules import Looked

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
NAMES = ("ada", "bob", "cyd")
MEMBERS = {name: MemberConfig() for name in (*NAMES, "zoe", "yul")}
RULES = {"all": RuleConfig(team="dach"), "old": RuleConfig(assign=("ada", "bob", "ada"))}
TEAM = TeamConfig(people=NAMES, fallback="queue")


def teams(team: TeamConfig = TEAM, **others: TeamConfig) -> Teams:
    return Teams({"dach": team, **others}, RULES, MEMBERS, {"late": HoursConfig(open=17 * 60)})


def ask(**more: Any) -> Ask:
    looked = Looked(assigns="all", team="dach")
    return Ask(**{"lead_id": "one", "at": NOON, "looked": looked, **more})


def away(*names: str) -> Books:
    return Books(absences={name: Absence(NOON - timedelta(hours=1)) for name in names})


def who(found: Choice) -> tuple[str, str]:
    return found.decision.how, found.decision.person


FIRST = Earlier("first", "bob", is_open=True, captured_at=NOON - timedelta(days=1))
ENDED = msgspec.structs.replace(FIRST, is_open=False)
COMPANY = {"account:x": AccountOwner("cyd", "other", NOON - timedelta(days=1))}


def test_the_owner_comes_before_all_else() -> None:
    found = who_gets(
        teams(),
        ask(owner="zoe", how="crm", earlier=FIRST, accounts=("account:x",)),
        Books(accounts=COMPANY),
    )
    assert (*who(found), found.charge) == ("crm", "zoe", None)
    assert found.accounts == {"account:x": AccountOwner("zoe", "one", NOON)}


def test_the_person_comes_before_the_company_and_the_company_before_the_turn() -> None:
    books, known = Books(accounts=COMPANY), ("account:x",)
    assert who(who_gets(teams(), ask(earlier=FIRST, accounts=known), books)) == ("duplicate", "bob")
    assert who(who_gets(teams(), ask(earlier=ENDED, accounts=known), books)) == ("person", "bob")
    assert who(who_gets(teams(), ask(accounts=known), books)) == ("company", "cyd")
    assert who(who_gets(teams(), ask(), books)) == ("turn", "ada")


@pytest.mark.parametrize(
    ("earlier", "books", "why"),
    [
        (msgspec.structs.replace(FIRST, person="gone"), Books(), "left"),
        (FIRST, away("bob"), "away"),
        (msgspec.structs.replace(FIRST, captured_at=NOON - timedelta(days=366)), Books(), "old"),
        (ENDED, away("bob"), "away"),
    ],
)
def test_who_had_the_person_is_passed_over_for_a_reason(
    earlier: Earlier, books: Books, why: str
) -> None:
    found = who_gets(teams(), ask(earlier=earlier), books)
    assert who(found) == ("turn", "ada")
    assert (found.decision.skipped[0].person, found.decision.skipped[0].why) == (
        earlier.person, why,
    )  # fmt: skip


def test_who_is_passed_over_twice_for_one_reason_is_named_once() -> None:
    found = who_gets(teams(), ask(earlier=ENDED), away("bob"))
    assert who(found) == ("turn", "ada")
    assert [(one.person, one.why) for one in found.decision.skipped] == [("bob", "away")]


def test_outside_the_hours_only_an_open_lead_keeps_its_owner() -> None:
    late = teams(msgspec.structs.replace(TEAM, hours="late"))
    assert who(who_gets(late, ask(earlier=FIRST), Books())) == ("duplicate", "bob")
    found = who_gets(late, ask(earlier=ENDED), Books())
    assert (*who(found), found.decision.waits) == ("nobody", "", True)


def test_limits_do_not_stop_who_has_the_person() -> None:
    capped = teams(msgspec.structs.replace(TEAM, cap_open=1))
    full = Books({"dach": TeamRoster({"bob": Share(open=1)})})
    assert who(who_gets(capped, ask(earlier=FIRST), full)) == ("duplicate", "bob")
    assert who_gets(capped, ask(earlier=FIRST), full).rosters["dach"].shares["bob"].open == 2


def test_fallbacks_are_asked_one_after_another() -> None:
    chain = teams(
        msgspec.structs.replace(TEAM, fallback="second"),
        second=TeamConfig(people=("zoe",), fallback="yul"),
    )
    assert who(who_gets(chain, ask(), away(*NAMES))) == ("fallback", "zoe")
    assert who_gets(chain, ask(), away(*NAMES)).charge is not None
    assert who(who_gets(chain, ask(), away(*NAMES, "zoe"))) == ("fallback", "yul")
    found = who_gets(chain, ask(), away(*NAMES, "zoe", "yul"))
    assert found.queued is not None
    assert (found.queued.team, found.decision.team) == ("second", "second")
    assert [one.person for one in found.decision.skipped] == [*NAMES, "zoe", "yul"]


def test_a_fallback_to_a_channel_lets_nothing_wait() -> None:
    found = who_gets(
        teams(msgspec.structs.replace(TEAM, fallback="all-hands")), ask(), away(*NAMES)
    )
    assert (found.decision.channel, found.decision.waits, found.queued) == (
        "all-hands",
        False,
        None,
    )


def test_a_lead_that_comes_after_others_waits_behind_them() -> None:
    books = Books({"dach": TeamRoster(waiting=2)})
    assert who_gets(teams(), ask(score=7.0), books).queued is not None
    assert who(who_gets(teams(), ask(first=True), books)) == ("queue", "ada")


def test_the_people_of_assign_are_a_team_and_nobody_is_in_it_twice() -> None:
    found = who_gets(teams(), ask(looked=Looked(assigns="old", team="rule old")), Books())
    assert (*who(found), found.decision.team) == ("turn", "ada", "rule old")
    config = teams().of("rule old")
    assert config is not None
    assert config.people == ("ada", "bob")
    assert teams().names() == ["dach", "rule old"]


def test_without_a_team_nobody_is_given_the_lead() -> None:
    found = who_gets(teams(), ask(looked=Looked(), earlier=FIRST), Books())
    assert (*who(found), found.charge, found.rosters) == ("nobody", "", None, {})


SHARES = st.builds(Share, owed=st.integers(-(10**10), 10**10), open=st.integers(0, 9))


@given(
    st.dictionaries(st.sampled_from(NAMES), SHARES),
    st.sets(st.sampled_from(NAMES)),
    st.sampled_from(["turn", "weight", "least_open"]),
    st.sampled_from(["", *NAMES]),
    st.none() | st.integers(1, 9),
)
def test_nobody_absent_capped_or_passed_over_is_chosen(
    shares: dict[str, Share], gone: set[str], order: str, but: str, cap: int | None
) -> None:
    team = msgspec.structs.replace(TEAM, order=order, cap_open=cap)
    books = Books({"dach": TeamRoster(shares, order=order)}, {}, away(*gone).absences)
    found = who_gets(teams(team), ask(but=but), books)
    ready = {
        one for one in NAMES
        if one not in gone and one != but
        and (cap is None or shares.get(one, Share()).open < cap)
    }  # fmt: skip
    person = found.decision.person
    assert (person in ready) if ready else not person
    assert {one.person for one in found.decision.skipped} >= set(NAMES) - ready
    if found.charge is not None:
        after = found.rosters["dach"].shares
        assert sum(s.owed for s in after.values()) == sum(s.owed for s in shares.values())
