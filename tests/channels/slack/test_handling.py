"""What Slack shows of a lead that is in somebody's hands, or should be."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.channels.slack import buttons
from leadline.channels.slack.buttons import snooze_choice
from leadline.channels.slack.messages import alert, news_of_owner, reminder
from leadline.model.handling import Ending, Handling
from leadline.model.lead import Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Alert
from leadline.model.texts.links import Links
from leadline.ports.channel import Notice
from tests.channels.leads import CAPTURED, ID, RECORDS, lead

ADA = Person(id="user-1", name="Ada", email="ada@example.com", slack="U012ABCDEF")
BOB = Person(name="Bob *the* <builder>", email="bob@example.com")
NOW = CAPTURED + timedelta(minutes=12)
TOLD = Alert(ID, "slack", CAPTURED + timedelta(minutes=10), "new_lead/1")
LINKS = Links("https://leads.example.com/leads/{lead_id}", RECORDS)
OPEN_CRM, OPEN_LEAD = "Open in CRM", "Show in Leadline"


def notice(handling: Handling = Handling(), **more: Any) -> Notice:  # noqa: B008 - frozen
    found = {"lead": lead(owner=None), "now": NOW, "alerts": (TOLD,), "links": LINKS, **more}
    return Notice(handling=handling, **found)


def date(minutes: float, form: str = "{time}") -> str:
    at = CAPTURED + timedelta(minutes=minutes)
    return f"<!date^{int(at.timestamp())}^{form}|{at:%Y-%m-%dT%H:%M:%SZ}>"


def owner(notice: Notice, *, by_email: bool = False) -> str:
    """The field that says whose the lead is."""
    blocks = alert(notice, by_email=by_email)["blocks"]
    (told,) = (f["text"] for b in blocks for f in b.get("fields", ()) if "*Owner" in f["text"])
    return str(told).removeprefix("*Owner:*\n")


def standing(notice: Notice) -> list[str]:
    """The lines between the headline and the fields."""
    second = alert(notice)["blocks"][1]
    return second["text"]["text"].split("\n") if "text" in second else []


def elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]


def captions(message: dict[str, Any]) -> list[str]:
    return [(e.get("text") or e["placeholder"])["text"] for e in elements(message)]


def test_an_owner_whom_slack_knows_is_mentioned() -> None:
    found = notice(Handling(owner=ADA, ownership=Ownership.ASSIGNED))
    assert owner(found) == "<@U012ABCDEF>"
    assert alert(found)["text"].endswith("Owner: <@U012ABCDEF>")


def test_an_owner_whom_slack_does_not_know_is_named_without_markup() -> None:
    assert owner(notice(Handling(owner=BOB))) == "Bob \xad∗the∗ &lt;builder&gt;".replace("\xad", "")


def test_a_bot_may_look_an_owner_up_by_e_mail() -> None:
    named = owner(notice(Handling(owner=BOB)), by_email=True)
    assert named == "<@mailto:bob@example.com|Bob ∗the∗ &lt;builder&gt;>"
    odd = msgspec.structs.replace(BOB, email="a|b>@example.com")
    assert owner(notice(Handling(owner=odd)), by_email=True) == "Bob ∗the∗ &lt;builder&gt;"


@pytest.mark.parametrize("slack", ["u012abcdef", "U01|x", "U0>", "", "C012ABCDEF"])
def test_what_is_no_id_of_a_slack_user_is_no_mention(slack: str) -> None:
    assert owner(notice(Handling(owner=Person(name="Ada", slack=slack)))) == "Ada"


def test_the_owner_of_the_source_counts_until_the_crm_has_answered() -> None:
    refined_lead = lead(owner="eve@example.com")
    assert owner(notice(lead=refined_lead)) == "eve@example.com"
    assert (
        owner(notice(Handling(ownership=Ownership.UNKNOWN), lead=refined_lead)) == "eve@example.com"
    )
    assert (
        owner(notice(Handling(ownership=Ownership.UNASSIGNED), lead=refined_lead)) == "Unassigned"
    )
    assert owner(notice(Handling(owner=ADA), lead=refined_lead)) == "<@U012ABCDEF>"


def test_an_owner_whom_the_sender_only_claims_is_shown_as_words() -> None:
    refined_lead = lead(owner=None, owner_claimed="<@U012ABCDEF> *eve* @here eve@example.com")
    for message in (
        alert(notice(lead=refined_lead), by_email=True),
        reminder(notice(lead=refined_lead)),
    ):
        (shown,) = [text for text in words_of(message) if "named by the sender" in text]
        assert shown.startswith("Owner named by the sender: &lt;@U012ABCDEF&gt; ")
        assert "*" not in shown
        assert "@here" not in shown
        assert "Owner: Unassigned" in message["text"] or "Nobody owns" in str(message["blocks"])
    assert not any("named by the sender" in text for text in words_of(alert(notice())))


def words_of(message: dict[str, Any]) -> list[str]:
    blocks = [block for block in message["blocks"] if block["type"] == "context"]
    return [element["text"] for block in blocks for element in block["elements"]]


def test_a_lead_whose_crm_was_silent_says_so() -> None:
    found = notice(Handling(ownership=Ownership.UNKNOWN))
    assert owner(found) == "The CRM did not answer: owner unknown"
    assert owner(notice()) == "Unassigned"
    assert owner(notice(lead=lead(owner=None, ownership=Ownership.UNKNOWN))) == owner(found)


def test_a_claim_says_by_whom_and_how_long_after_the_alert() -> None:
    claimed = Handling(owner=BOB, claimed_by=ADA, claimed_at=NOW)
    assert standing(notice(claimed)) == ["✅ Claimed by <@U012ABCDEF> after 2 min"]
    late = msgspec.structs.replace(claimed, claimed_at=NOW + timedelta(hours=3, seconds=5))
    assert standing(notice(late)) == ["✅ Claimed by <@U012ABCDEF> after 3 h 2 min"]


def test_the_first_touch_is_due_while_nobody_has_responded() -> None:
    due = CAPTURED + timedelta(minutes=25)
    assert standing(notice(due=due)) == [f"⏱️ First touch due by {date(25)}"]
    assert standing(notice(Handling(touched_at=NOW), due=due)) == []
    claimed = Handling(claimed_by=ADA, claimed_at=NOW)
    assert standing(notice(claimed, due=due)) == ["✅ Claimed by <@U012ABCDEF> after 2 min"]


def test_a_snoozed_lead_says_until_when() -> None:
    snoozed = Handling(snoozed_until=CAPTURED + timedelta(hours=1))
    assert standing(notice(snoozed)) == [
        f"💤 Snoozed until {date(60, '{date_short_pretty} at {time}')}"
    ]
    assert standing(notice(snoozed, now=CAPTURED + timedelta(hours=1))) == []


@pytest.mark.parametrize(
    ("ending", "shown"),
    [
        (Ending.JUNK, "🗑️ Marked as junk by <@U012ABCDEF>"),
        (Ending.WON, "🏆 Won by <@U012ABCDEF>"),
        (Ending.LOST, "Lost by <@U012ABCDEF>"),
        (Ending.DISQUALIFIED, "Disqualified by <@U012ABCDEF>"),
    ],
)
def test_a_lead_that_has_ended_says_how_and_can_only_be_looked_at(
    ending: Ending, shown: str
) -> None:
    found = notice(Handling(ending=ending, ended_by=ADA), interactive=True, due=NOW)
    assert standing(found) == [shown]
    assert captions(alert(found)) == [OPEN_CRM, OPEN_LEAD]


def test_what_is_told_in_place_of_a_failing_channel_says_so() -> None:
    since = CAPTURED + timedelta(minutes=5)
    assert standing(notice(instead_of="slack", failing_since=since)) == [
        "↪️ Instead of slack, which has been failing since "
        f"{date(5, '{date_short_pretty} at {time}')}."
    ]
    assert standing(notice(instead_of="slack")) == [
        "↪️ Instead of slack, which rejected this message."
    ]


def test_a_test_is_marked_as_one_everywhere() -> None:
    message = alert(notice(test=True))
    assert message["text"].startswith("🧪 Test: 🎯 New lead")
    assert message["blocks"][0]["text"]["text"] == "🧪 Test: 🎯 New Lead Captured"
    footer = [e["text"] for e in message["blocks"][-1]["elements"]]
    assert "🧪 This is a test. No action is needed." in footer


def test_without_interactivity_only_links_can_be_pressed() -> None:
    message = alert(notice())
    assert captions(message) == [OPEN_CRM, OPEN_LEAD]
    assert all("url" in element for element in elements(message))


def test_buttons_that_call_us_back_name_the_lead() -> None:
    claim, snooze, junk, *links = elements(alert(notice(interactive=True)))
    assert (claim["action_id"], claim["value"], claim["style"]) == ("lead.claim", ID, "primary")
    assert (junk["action_id"], junk["value"], junk["style"]) == ("lead.junk", ID, "danger")
    assert junk["confirm"]["title"]["text"] == "Mark this lead as junk?"
    assert snooze["action_id"] == "lead.snooze"
    assert [option["value"] for option in snooze["options"]] == [
        f"3600:{ID}",
        f"14400:{ID}",
        f"tomorrow:{ID}",
    ]
    assert [link["action_id"] for link in links] == ["open.crm", "open.lead"]


def test_a_claimed_lead_can_be_claimed_by_nobody_else() -> None:
    claimed = Handling(claimed_by=ADA, claimed_at=NOW)
    assert captions(alert(notice(claimed, interactive=True))) == [
        "Snooze", "Junk", OPEN_CRM, OPEN_LEAD,
    ]  # fmt: skip


def test_what_a_chosen_snooze_means_is_read_back() -> None:
    assert snooze_choice(buttons.snooze_value("3600", ID)) == (timedelta(hours=1), ID)
    assert snooze_choice(buttons.snooze_value(buttons.TOMORROW, ID)) == (None, ID)
    for wrong in ("", "3600", f"7200:{ID}", f":{ID}", "3600:", f"-1:{ID}", f"٣٦٠٠:{ID}"):
        assert snooze_choice(wrong) is None


def test_a_new_owner_is_told_below_the_alert_or_with_all_that_is_known() -> None:
    found = notice(Handling(owner=ADA))
    short = news_of_owner(found, in_thread=True)
    said = (
        f"👤 <@U012ABCDEF>, <https://leads.example.com/leads/{ID}|Ada Lovelace> of "
        "Byron &amp; Sons is yours."
    )
    assert [b["type"] for b in short["blocks"]] == ["section"]
    assert short["blocks"][0]["text"]["text"] == short["text"] == said
    whole = news_of_owner(found)
    assert [b["type"] for b in whole["blocks"]] == ["section", "section", "actions", "context"]
    assert whole["metadata"]["event_payload"] == {
        "lead_id": ID, "owner": "U012ABCDEF", "claimed": False, "template": "owner/1",
    }  # fmt: skip


def test_a_claim_is_news_too() -> None:
    claimed = Handling(owner=BOB, claimed_by=ADA, claimed_at=NOW)
    assert news_of_owner(notice(claimed, links=Links()))["text"] == (
        "✅ Ada Lovelace of Byron &amp; Sons is claimed by <@U012ABCDEF> after 2 min."
    )
    with pytest.raises(ValueError, match="without a holder"):
        news_of_owner(notice())


@pytest.mark.parametrize(
    ("level", "minutes", "template", "title", "story"),
    [
        (
            1, 12, "reminder/1", "⏰ Still Waiting for a First Touch",
            f"<@U012ABCDEF>, Ada Lovelace of Byron &amp; Sons (score 85) has waited 12 min. "
            f"First touch due by {date(15)}.",
        ),
        (
            2, 22, "escalated/1", "🚨 No First Touch for 22 min",
            "<@U012ABCDEF>, Ada Lovelace of Byron &amp; Sons (score 85) has waited 22 min, "
            "7 min over target.",
        ),
        (
            3, 75, "reassigned/1", "🔁 Lead Reassigned",
            "<@U012ABCDEF>, Ada Lovelace of Byron &amp; Sons is yours now: nobody got in touch in "
            "1 h 15 min, 1 h over target.",
        ),
    ],
)  # fmt: skip
def test_a_reminder_says_how_long_the_lead_has_waited(
    level: int, minutes: int, template: str, title: str, story: str
) -> None:
    message = reminder(
        notice(
            Handling(owner=ADA, level=level),
            now=CAPTURED + timedelta(minutes=minutes),
            due=CAPTURED + timedelta(minutes=15),
            links=Links(),
            interactive=True,
        )
    )
    assert message["blocks"][0]["text"]["text"] == title
    assert message["blocks"][1]["text"]["text"] == story
    assert message["metadata"]["event_payload"] == {
        "lead_id": ID, "level": level, "template": template,
    }  # fmt: skip
    assert captions(message)[0] == "I'm on it"


def test_a_reminder_of_a_lead_that_nobody_owns_asks_everybody() -> None:
    message = reminder(notice(Handling(level=2), links=Links()))
    assert message["blocks"][1]["text"]["text"] == (
        "Nobody owns this lead: Ada Lovelace of Byron &amp; Sons (score 85) has waited 12 min."
    )
