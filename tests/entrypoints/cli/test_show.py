"""What `leadline show` prints of a lead."""

import io
from datetime import UTC, datetime, timedelta

import msgspec
from rich.console import Console

from leadline.entrypoints.cli._show import when
from leadline.entrypoints.cli.look._attempts import print_attempts
from leadline.entrypoints.cli.look._story import print_story
from leadline.entrypoints.decided_stories import without_keys
from leadline.model.handling import Ending, Handling
from leadline.model.lead import (
    Change,
    Contact,
    Fate,
    Kind,
    LeadDetails,
    Ownership,
    RefinedLead,
    Status,
)
from leadline.model.monitoring.attempts import AttemptRecord, Exchange, FieldWrite
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.model.staff.assigning import Decision, Queued
from leadline.model.staff.people import Person
from leadline.model.task import ON_HOLD_UNTIL, Alert, Step
from leadline.ports.reading.ledger import Happening, LeadRow, LeadStory, RelatedEvent, TaskRow

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LEAD = "0193a5b2-0000-7000-8000-000000000001"
HANDLING = Handling(
    owner=Person(name="Ada [Vance]"), ownership=Ownership.ASSIGNED,
    claimed_by=Person(slack="U02BOB"), claimed_at=AT, snoozed_until=AT + timedelta(hours=1),
    touched_at=AT, level=2, written={"Score": 85}, reply_url="https://hooks.example.com/secret",
)  # fmt: skip


def story(handling: Handling | None = HANDLING) -> LeadStory:
    return LeadStory(
        row=LeadRow(LEAD, AT, "close", Status.ALERTED),
        raw=msgspec.Raw(b"{}"),
        media_type="application/json",
        record=None,
        timeline=(Happening(AT, "claimed", "by U02BOB"),),
        tasks=(
            TaskRow(Step.LOOK_UP, "", AT, 1, 0, leased=False),
            TaskRow(
                Step.WRITE_BACK, "close", AT, 3, 3, leased=False, dead_at=AT, reason="close.refused"
            ),
        ),
        alerts=(
            Alert(LEAD, "slack", AT, "new_lead/1", ref="C012/1717.0001"),
            Alert(LEAD, "mail", AT, "reminder/1", step=Step.REMIND),
        ),
        related=(),
        handling=handling,
    )


def printed(story: LeadStory) -> list[str]:
    out = io.StringIO()
    print_story(Console(file=out, width=200, highlight=False), story)
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_what_a_sender_wrote_is_no_markup_and_nothing_that_a_terminal_obeys() -> None:
    why, sign = "[/x] [bold]", "\x9b31m\u202e"
    event = RelatedEvent(LEAD, AT, Kind.IGNORED, Fate.FILTERED, why, msgspec.Raw(b"{}"))
    told = msgspec.structs.replace(
        story(), related=(event,), raw=msgspec.Raw(msgspec.json.encode({"email": sign}))
    )
    lines = printed(told)
    assert f"Event {LEAD} ignored, filtered {why}" in lines
    assert '"email": "\\u009b31m\\u202e"' in lines


def test_a_story_says_which_address_was_probably_meant() -> None:
    refined = RefinedLead(
        LEAD, AT, AT, "refined", Contact(email="ada@gmial.com"), LeadDetails(), "close",
        problems=("email.suspect_domain",),
    )  # fmt: skip
    told = msgspec.structs.replace(story(), refined=msgspec.Raw(msgspec.json.encode(refined)))
    assert "perhaps meant: ada@gmail.com" in printed(told)


def test_a_story_says_who_handles_the_lead() -> None:
    lines = printed(story())
    for line in (
        "owner Ada [Vance]", f"claimed U02BOB {when(AT)}", f"first response {when(AT)}",
        f"snoozed until {when(AT + timedelta(hours=1))}", "steps of its target passed 2",
        "written to Score 85",
    ):  # fmt: skip
        assert line in lines


def test_a_story_says_how_a_lead_ended_and_through_whom() -> None:
    bob = Person(name="Bob Moss")
    assert f"junk Bob Moss {when(AT)}" in printed(
        story(Handling(ending=Ending.JUNK, ended_by=bob, ended_at=AT))
    )
    assert "won yes" in printed(story(Handling(ending=Ending.WON)))
    assert "owner unassigned" in printed(story(Handling(ownership=Ownership.UNASSIGNED)))


def test_a_story_says_in_which_queue_a_lead_waits() -> None:
    lines = printed(story(Handling(queued=Queued("dach", 5.0, AT))))
    assert f"in the queue of the team dach since {when(AT)}" in lines


def test_a_lead_that_nobody_handles_is_told_without_it() -> None:
    assert "Handled" not in printed(story(None))


def test_a_story_says_where_each_message_stands() -> None:
    lines = printed(story())
    assert f"{when(AT)} alerted slack new_lead/1 C012/1717.0001" in lines
    assert f"{when(AT)} reminded mail reminder/1" in lines


def test_a_story_says_what_waits_and_what_died_of_every_step() -> None:
    lines = printed(story())
    dead = f"dead since {when(AT)} write_back close, close.refused, 3 failed attempts"
    assert f"due at {when(AT)} look_up" in lines
    assert dead in lines


def test_a_story_says_how_often_a_step_failed_and_not_how_often_it_was_put() -> None:
    put_twice = TaskRow(Step.REFINE, "", ON_HOLD_UNTIL, 2, 0, leased=False)
    failed = TaskRow(Step.NOTIFY, "slack", AT, 4, 1, leased=False, error="HTTP 500")
    lines = printed(msgspec.structs.replace(story(), tasks=(put_twice, failed)))
    assert "held refine" in lines
    assert f"due at {when(AT)} notify slack, 1 failed attempt: HTTP 500" in lines


def test_of_an_unreadable_delivery_a_story_says_how_to_get_its_bytes() -> None:
    why = "not JSON, character 12"
    dead = TaskRow(Step.REFINE, "", AT, 0, 0, leased=False, error=why, dead_at=AT, reason=NOT_READ)
    lines = printed(msgspec.structs.replace(story(), raw=msgspec.Raw(b"null"), tasks=(dead,)))
    raw = lines[lines.index("Raw") + 1]
    assert raw.startswith("could not be read;")
    assert f"`leadline show {LEAD} --body`" in raw
    assert f"dead since {when(AT)} refine, {NOT_READ}: {why}" in lines


def test_no_step_that_is_still_due_is_told_as_one_that_happened() -> None:
    later = AT + timedelta(days=1)
    due = (
        TaskRow(Step.REFINE, "", later, 0, 0, leased=False),
        TaskRow(Step.REFINE, "", ON_HOLD_UNTIL, 0, 0, leased=False),
        TaskRow(Step.NOTIFY, "slack", later, 1, 0, leased=True),
    )
    lines = printed(msgspec.structs.replace(story(), tasks=due))
    timeline = lines[lines.index("Timeline") : lines.index("Next")]
    assert not [line for line in timeline if when(later) in line]
    assert lines[lines.index("Next") + 1 :] == [
        f"due at {when(later)} refine",
        "held refine",
        f"at work until {when(later)} notify slack",
    ]


def test_no_part_of_a_story_has_what_a_terminal_obeys() -> None:
    evil = "\x1b]0;x\x07\x9b\u202e"
    lead = RefinedLead(
        lead_id=LEAD, captured_at=AT, processed_at=AT, status="refined", received_from="close",
        contact=Contact(name=evil, company=evil),
        lead_details=LeadDetails(source=evil, message=evil),
        changes=(Change("name", evil, evil, "name.spaces"),),
    )  # fmt: skip
    told = msgspec.structs.replace(
        story(msgspec.structs.replace(HANDLING, owner=Person(name=evil), written={"a": evil})),
        refined=msgspec.Raw(msgspec.json.encode(lead)),
        timeline=(Happening(AT, "redelivered", evil),),
        alerts=(Alert(LEAD, "slack", AT, "new_lead/1", ref=evil),),
    )
    assert not set("".join(printed(told))) & set("\x1b\x07\x9b\u202e")


def test_a_story_gives_nobody_the_address_that_changes_a_message() -> None:
    assert "secret" not in "\n".join(printed(story()))
    told = msgspec.json.encode(without_keys(story()))
    assert b"secret" not in told
    assert b'"Ada [Vance]"' in told
    assert without_keys(story(None)).handling is None


def test_why_a_lead_was_given_to_somebody_is_told_in_words() -> None:
    decision = Decision(at=AT, how="turn", person="ada", team="dach", rule="large")
    lead = RefinedLead(
        LEAD, AT, AT, "refined", Contact(), LeadDetails(owner="ada"), "close", decision=decision
    )
    happened = Happening(AT, "assigned", msgspec.json.encode(decision).decode())
    one = msgspec.structs.replace(
        story(), refined=msgspec.Raw(msgspec.json.encode(lead)), timeline=(happened,)
    )
    lines = printed(one)
    assert "It is ada's turn in the team dach (rule large)." in lines
    assert [line for line in lines if "assigned It is ada's turn" in line]


def test_a_correction_is_called_that_and_not_filtered() -> None:
    said = "corrected by ann: email"
    one = msgspec.structs.replace(story(), timeline=(Happening(AT, "event.filtered", said),))
    assert any("event.corrected" in line and said in line for line in printed(one))
    row = LeadRow(LEAD, AT, "close", Status.FILTERED, why=said)
    heading = printed(msgspec.structs.replace(one, row=row))[0]
    assert "corrected" in heading
    assert "filtered" not in heading


FIELD = FieldWrite("Score", None, 85)
SENT = Exchange("PATCH", "https://crm.example.com/leads/17", '{"Score":85}', "{}", 200)


def tried(*fields: FieldWrite) -> LeadStory:
    attempt = AttemptRecord(Step.WRITE_BACK, "close", 2, AT, "done", (SENT,), fields)
    return msgspec.structs.replace(story(), attempts=(attempt,))


def test_what_the_crm_had_before_stands_beside_what_was_written() -> None:
    assert "written to Score 85 (before: nothing)" in " ".join(
        " ".join(printed(tried(FIELD))).split()
    )
    unread = FieldWrite("Score", None, 85, was_read=False)
    assert "85 (before: not read)" in " ".join(" ".join(printed(tried(unread))).split())


def test_attempts_say_what_was_sent_and_answered() -> None:
    out = io.StringIO()
    print_attempts(Console(file=out, width=200), tried(FIELD))
    text = out.getvalue()
    for words in (
        "write_back close, attempt 2: accepted", "PATCH https://crm.example.com/leads/17",
        '{"Score":85}', "answer: 200", "Score: nothing → 85",
    ):  # fmt: skip
        assert words in text
    out = io.StringIO()
    print_attempts(Console(file=out, width=200), story())
    assert "none is kept" in out.getvalue()
