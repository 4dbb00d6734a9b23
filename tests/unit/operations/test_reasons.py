"""What is kept about why a lead is whose it is, as `leadline why` finds and words it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leadline.entrypoints.cli.look._reasons import lines_of
from leadline.entrypoints.timeline_details import detail_in_words
from leadline.model.facts.likeness import FirstSeen, Reason
from leadline.model.formats import refined_head
from leadline.model.handling import Handling
from leadline.model.lead import Contact, LeadDetails, Ownership, RefinedLead, Status
from leadline.model.staff.assigning import Charge, Decision, Queued, RuleLooked, Skipped
from leadline.model.staff.people import Person, is_same_person
from leadline.operations.rules.names_in_stories import people_named_in
from leadline.operations.rules.reasons import Reasons, kept_reasons
from leadline.ports.reading.ledger import Happening, LeadRow, LeadStory

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = "0193a5b2-0000-7000-8000-000000000001"
FIRST = "0193a5b1-0000-7000-8000-000000000001"
DECISION = Decision(
    at=AT,
    how="turn",
    person="ada",
    team="dach",
    rule="large",
    channels_rule="all",
    rules=(
        RuleLooked("french", "countries = FR"),
        RuleLooked("large"),
        RuleLooked("all"),
    ),
    skipped=(Skipped("bob", "away", "until 2026-03-09T00:00:00+01:00"),),
)
TEAMS = {"dach": ("ada", "bob", "cy")}


def story(decision: Decision | None = DECISION, **more: Any) -> LeadStory:
    details = LeadDetails(lead_score=85.0, owner="ada" if decision else None)
    lead = RefinedLead(LEAD, AT, AT, "refined", Contact(), details, "form", decision=decision)
    lead = msgspec.structs.replace(lead, **more.pop("lead", {}))
    given: dict[str, Any] = {
        "row": LeadRow(LEAD, AT, "form", Status.ALERTED),
        "raw": msgspec.Raw(b"{}"),
        "media_type": "application/json",
        "record": None,
        "timeline": (),
        "tasks": (),
        "alerts": (),
        "related": (),
        "refined": msgspec.Raw(refined_head(lead)),
        **more,
    }
    return LeadStory(**given)


def noted(decision: Decision, after: int) -> Happening:
    at = AT + timedelta(minutes=after)
    return Happening(at, "assigned", msgspec.json.encode(decision).decode())


def told(reasons: Reasons) -> str:
    return "\n".join(lines_of(reasons))


def test_each_rule_says_which_condition_failed_or_what_it_decided() -> None:
    lines = list(lines_of(kept_reasons(story(), TEAMS)))
    assert lines[lines.index("Rules, in order:") :][1:4] == [
        "  french did not fit: countries = FR",
        "  large fits: it assigns it",
        "  all fits: it decides who is alerted",
    ]


def test_of_everybody_in_the_team_it_says_why_not_them() -> None:
    reasons = kept_reasons(story(), TEAMS)
    assert [(one.person, one.why) for one in reasons.people] == [
        ("ada", "chosen"), ("bob", "away"), ("cy", "turn"),
    ]  # fmt: skip
    text = told(reasons)
    assert "  bob is away until Monday, 2026-03-09\n" in text
    assert "  cy was there, but it was not their turn" in text
    assert "ada was given it" in text


def test_whom_nobody_looked_for_is_not_said_to_have_been_there() -> None:
    for how in ("crm", "sender", "duplicate", "person", "company", "claim", "operator"):
        had = msgspec.structs.replace(DECISION, how=how)
        reasons = kept_reasons(story(had), TEAMS)
        assert [(one.person, one.why) for one in reasons.people] == [
            ("bob", "away"),
            ("ada", "chosen"),
        ]
        assert "cy" not in told(reasons)
        alone = kept_reasons(story(msgspec.structs.replace(had, skipped=())), TEAMS)
        assert "People of the team" not in told(alone)


def test_who_joined_the_team_later_is_not_said_to_have_been_there() -> None:
    charge = Charge("dach", "ada", AT, shares={"ada": 500, "cy": 500}, how="turn")
    teams = {"dach": ("ada", "bob", "cy", "new")}
    reasons = kept_reasons(story(handling=Handling(charge=charge)), teams)
    assert [one.person for one in reasons.people] == ["ada", "bob", "cy"]


def test_who_was_there_while_others_waited_is_told_so() -> None:
    nobody = Decision(at=AT, how="nobody", team="dach", waits=True, skipped=DECISION.skipped)
    text = told(kept_reasons(story(nobody, lead={}), TEAMS))
    assert "  ada was there, but other leads waited before it" in text
    assert "  bob is away until Monday, 2026-03-09" in text


def test_the_decision_of_the_refinement_is_told_once() -> None:
    assert "Since then" not in told(kept_reasons(story(timeline=(noted(DECISION, 0),)), TEAMS))


def test_later_decisions_and_changes_are_told_in_order() -> None:
    away = Decision(at=AT, how="away", person="cy", team="dach", skipped=(Skipped("ada", "away"),))
    timeline = (
        Happening(AT, "captured"),
        noted(DECISION, 10),
        noted(away, 20),
        Happening(AT + timedelta(minutes=30), "claimed", "U02BOB"),
        Happening(AT + timedelta(minutes=31), "update.shown"),
    )
    handling = Handling(owner=Person(name="cy"), claimed_by=Person(name="bob"), claimed_at=AT)
    reasons = kept_reasons(story(timeline=timeline, handling=handling), TEAMS)
    assert [(one.what, one.decision and one.decision.how) for one in reasons.later] == [
        ("assigned", "away"), ("claimed", None),
    ]  # fmt: skip
    assert (reasons.holder, reasons.owner) == ("bob", "cy")
    assert [one.why for one in reasons.people] == ["away", "turn", "chosen"]
    text = told(reasons)
    assert "bob has it, and cy owns it." in text
    assert "Its owner is away. ada is away." in text
    assert "claimed by a press of the button: U02BOB" in text


def test_a_note_that_is_no_decision_is_told_as_it_is() -> None:
    reasons = kept_reasons(story(timeline=(Happening(AT, "assigned", "to ada"),)), TEAMS)
    assert reasons.later[0].decision is None
    assert "assigned: to ada" in told(reasons)


def test_a_duplicate_says_of_which_lead_and_why() -> None:
    same = FirstSeen(FIRST, AT, ("email",), 0.984, (Reason("email.same", 30.0),))
    again = Decision(at=AT, how="duplicate", person="ada", before=FIRST)
    text = told(kept_reasons(story(again, lead={"duplicate_of": same}), TEAMS))
    assert f"ada has the first lead of this person (lead {FIRST})." in text
    assert f"Seen before as {FIRST}: very probably (98 %) the same person: same e-mail" in text


def test_a_lead_that_waits_in_a_queue_says_so() -> None:
    nobody = Decision(at=AT, how="nobody", team="dach", waits=True)
    handling = Handling(ownership=Ownership.UNASSIGNED, queued=Queued("dach", 85.0, AT))
    text = told(kept_reasons(story(nobody, handling=handling, lead={}), TEAMS))
    assert "It waits in the queue of the team dach since" in text
    assert "no team" not in text
    renamed = kept_reasons(story(nobody, handling=handling, lead={}), {"emea": ("ada",)})
    assert "The settings have no team dach any more" in told(renamed)
    unread = kept_reasons(story(nobody, handling=handling, lead={}), {})
    assert "no team" not in told(unread)


def test_a_lead_without_a_decision_says_that_none_is_kept() -> None:
    handling = Handling(owner=Person(name="ada"), ownership=Ownership.ASSIGNED)
    text = told(kept_reasons(story(None, handling=handling), TEAMS))
    assert "ada has it." in text
    assert "Why is not kept" in text
    given = Decision(at=AT, how="operator", person="ada", by="cli cy")
    later = told(kept_reasons(story(None, handling=handling, timeline=(noted(given, 5),)), TEAMS))
    assert "cy assigned it to ada" in later
    assert "not kept" not in later
    unknown = Handling(ownership=Ownership.UNKNOWN)
    assert "the CRM did not answer" in told(kept_reasons(story(None, handling=unknown), TEAMS))
    assert "not refined" in told(kept_reasons(story(None, refined=None), TEAMS))


def test_the_score_is_said_to_be_the_senders() -> None:
    assert "Its score is 85, as its sender gave it." in told(kept_reasons(story(), TEAMS))


def test_nothing_of_the_leads_person_is_in_the_reasons() -> None:
    contact = Contact(name="Jane Doe", email="jane@example.com", company="Doe Ltd")
    reasons = kept_reasons(story(lead={"contact": contact}), TEAMS)
    text = msgspec.json.encode(reasons).decode() + told(reasons)
    assert not [word for word in ("Jane", "jane@", "Doe") if word in text]


def test_what_people_decided_about_the_person_since_then_is_told() -> None:
    again = Decision(at=AT, how="duplicate", person="ada", before=FIRST)
    timeline = (
        noted(again, 0),
        Happening(AT + timedelta(minutes=5), "duplicate.apart", f"{FIRST} clara"),
        Happening(AT + timedelta(minutes=9), "duplicate.same", FIRST),
    )
    text = told(kept_reasons(story(again, timeline=timeline), TEAMS))
    since = text.partition("Since then:")[2]
    assert f"clara decided that it is not about the person of lead {FIRST}" in since
    assert f"somebody decided that it is about the person of lead {FIRST}" in since


def test_people_are_called_by_name_where_notes_have_their_slack_id() -> None:
    ada = Person(name="ada", email="ada@example.com", slack="U0ADA")
    handling = Handling(owner=Person(name="Ada Vance", email="ADA@example.com"), claimed_by=ada)
    claimed = Happening(AT, "claimed", "U0ADA")
    other = Happening(AT, "junked", "U0BOB")
    reasons = kept_reasons(story(handling=handling, timeline=(claimed, other)), TEAMS)
    assert [one.detail for one in reasons.later] == ["ada", "U0BOB"]
    assert "ada has it." in list(lines_of(reasons))


def test_the_owner_is_named_beside_somebody_else_who_claimed() -> None:
    handling = Handling(owner=Person(name="Ada Vance"), claimed_by=Person(name="bob"))
    assert "bob has it, and Ada Vance owns it." in list(
        lines_of(kept_reasons(story(handling=handling), TEAMS))
    )


def test_a_message_on_the_timeline_says_its_channel_and_the_owner_it_named() -> None:
    names = people_named_in(story(handling=Handling(claimed_by=Person(name="ada", slack="U0ADA"))))
    told = {
        "mail, new_lead/1": "by mail",
        "mail, new_lead/1 of U0ADA": "by mail, owner: ada",
        "mail, new_lead/1 for sales of U0BOB": "by mail, in place of sales, owner: U0BOB",
    }
    for detail, words in told.items():
        assert detail_in_words(Happening(AT, "alerted", detail), names) == words
    nothing = Happening(AT, "event.filtered", "not_a_lead")
    assert detail_in_words(nothing, names) == "it is about something else than a lead"


def test_who_was_there_is_told_as_the_decision_kept_it_whoever_is_in_the_team_now() -> None:
    decision = msgspec.structs.replace(DECISION, there=("ada", "eve"))
    now = {"dach": ("ada", "bob", "cy", "dan")}
    handling = Handling(owner=Person(name="dan"), claimed_by=Person(name="dan"))
    people = kept_reasons(story(decision, handling=handling), now).people
    assert [(one.person, one.why) for one in people] == [
        ("ada", "chosen"), ("bob", "away"), ("eve", "turn"),
    ]  # fmt: skip
    assert kept_reasons(story(decision), {}).people != ()


def test_of_a_lead_that_waits_since_nobody_was_there_no_one_else_is_said_to_have_been() -> None:
    decision = msgspec.structs.replace(DECISION, how="nobody", person="", waits=True, there=())
    assert [(one.person, one.why) for one in kept_reasons(story(decision), TEAMS).people] == [
        ("bob", "away")
    ]


def test_two_mentions_are_of_one_person_by_what_they_share() -> None:
    ada = Person(name="ada", email="ada@example.com", slack="U0ADA")
    assert is_same_person(ada, Person(name="Ada Vance", email="ADA@example.com"))
    assert is_same_person(ada, Person(slack="U0ADA"))
    assert is_same_person(ada, Person(name="ada"))
    assert not is_same_person(ada, Person(name="ada", email="other@example.com"))
    assert not is_same_person(Person(email="a@example.com"), Person(id="7"))
    assert not is_same_person(Person(), Person())
