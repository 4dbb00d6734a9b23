"""What Slack is told of typical leads."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.alerts.wording.problems import in_words, problems_in_words
from leadline.channels.slack import messages
from leadline.channels.slack.messages import template_of
from leadline.model.handling import Handling
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.staff.people import Person
from leadline.model.texts.links import Links
from tests.channels.leads import CAPTURED, FIRST_ID, ID, RECORDS, again, lead, noticed
from tests.standins.slack_rules import values_of

SHOW = Links("https://leads.example.com/leads/{lead_id}", RECORDS)
DATE = (
    f"<!date^{int(CAPTURED.timestamp()) + 602}^{{date_short}} {{time_secs}}|2026-03-02T09:10:02Z>"
)


def alert(lead: RefinedLead, links: Links) -> dict[str, Any]:
    return messages.alert(noticed(lead, links))


def new_lead(lead: RefinedLead, links: Links) -> dict[str, Any]:
    return messages.new_lead(noticed(lead, links))


def seen_before(lead: RefinedLead, links: Links) -> dict[str, Any]:
    return messages.seen_before(noticed(lead, links))


def digest(leads: list[RefinedLead], links: Links) -> dict[str, Any]:
    return messages.digest([noticed(lead, links) for lead in leads])


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def button(action: str, label: str, url: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label, "emoji": True}
    return {"type": "button", "action_id": action, "text": text, "url": url}


def fields(message: dict[str, Any]) -> dict[str, str]:
    """The fields by label."""
    (shown,) = (b["fields"] for b in message["blocks"] if "fields" in b)
    pairs = (field["text"].split(":*\n", 1) for field in shown)
    return {label.removeprefix("*"): value for label, value in pairs}


def buttons(message: dict[str, Any]) -> dict[str, str]:
    """The URLs of the buttons by label."""
    elements = (e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"])
    return {element["text"]["text"]: element["url"] for element in elements}


def last(message: dict[str, Any]) -> list[str]:
    """The texts of the footer."""
    return [element["text"] for element in message["blocks"][-1]["elements"]]


def test_a_new_lead_is_told_with_everything_that_is_known() -> None:
    message = new_lead(lead(problems=("email.role",)), SHOW)
    assert message == {
        "text": "🎯 New lead: Ada Lovelace, Byron &amp; Sons, score 85. Owner: sales@example.com",
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {
            "event_type": "lead_captured",
            "event_payload": {"lead_id": ID, "template": "new_lead/1"},
        },
        "blocks": [
            {
                "type": "header",
                "text": {"type": "plain_text", "text": "🎯 New Lead Captured", "emoji": True},
            },
            {
                "type": "section",
                "fields": [
                    mrkdwn("*Name:*\nAda Lovelace"),
                    mrkdwn("*Company:*\nByron &amp; Sons"),
                    mrkdwn("*Email:*\n<mailto:ada.lovelace@example.com|ada.lovelace@example.com>"),
                    mrkdwn("*Phone:*\n<tel:+15550100123|+1 555-010-0123>"),
                    mrkdwn("*Source:*\nWebsite form"),
                    mrkdwn("*Owner:*\nsales@example.com"),
                    mrkdwn("*Title:*\nVP Sales"),
                    mrkdwn("*Campaign:*\nq4_2025"),
                    mrkdwn("*Country:*\nUS"),
                    mrkdwn("*Score:*\n85"),
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_quote",
                        "elements": [
                            {
                                "type": "text",
                                "text": "We need 40 seats & want <2 weeks to go live.\nCall me!",
                            }
                        ],
                    }
                ],
            },
            {
                "type": "actions",
                "elements": [
                    button(
                        "open.crm",
                        "Open in CRM",
                        "https://crm.example.com/contacts/48213?tab=1&new=2",
                    ),
                    button(
                        "open.lead", "Show in Leadline", f"https://leads.example.com/leads/{ID}"
                    ),
                ],
            },
            {
                "type": "context",
                "elements": [mrkdwn("⚠️ Please check: the e-mail address is a role, not a person")],
            },
            {
                "type": "context",
                "elements": [
                    mrkdwn(f"Lead ID: `{ID}` | Processed: {DATE} | 10 min 02 s after capture")
                ],
            },
        ],
    }


def test_a_lead_of_which_nothing_is_known_still_has_its_six_fields() -> None:
    message = new_lead(lead(contact=Contact(), lead_details=LeadDetails()), Links())
    assert fields(message) == {
        **dict.fromkeys(("Name", "Company", "Email", "Phone", "Source"), "—"),
        "Owner": "Unassigned",
    }
    assert message["text"] == "🎯 New lead: somebody. Owner: Unassigned"
    assert [b["type"] for b in message["blocks"]] == ["header", "section", "context"]


def test_without_a_page_to_show_leads_the_footer_tells_the_command() -> None:
    assert last(new_lead(lead(), Links())) == [
        f"Lead ID: `{ID}` | Processed: {DATE} | 10 min 02 s after capture",
        f"Full details: `leadline show {ID}`",
    ]
    assert buttons(new_lead(lead(crm_url=None), Links(records=RECORDS))) == {}


def test_a_lead_that_came_before_says_when_as_which_lead_and_what_matched() -> None:
    message = seen_before(again(), SHOW)
    header, story, *_ = message["blocks"]
    assert header["text"]["text"] == "♻️ Lead Seen Before"
    then = int(CAPTURED.timestamp()) - 3 * 86400
    assert story["text"]["text"] == (
        f"First seen <!date^{then}^{{date_short_pretty}} at {{time}}|2026-02-27T09:00:00Z> "
        f"with the same e-mail address and phone number, as lead `{FIRST_ID}`."
    )
    assert buttons(message)["Show first lead"] == f"https://leads.example.com/leads/{FIRST_ID}"
    assert fields(message)["Name"] == "Ada Lovelace"
    assert message["text"].startswith("♻️ Seen before: Ada Lovelace")
    assert message["metadata"] == {
        "event_type": "lead_duplicate",
        "event_payload": {
            "lead_id": ID,
            "duplicate_of": FIRST_ID,
            "template": "seen_before/1",
        },
    }


def test_the_alert_fits_the_lead() -> None:
    assert template_of(alert(lead(), SHOW)) == "new_lead/1"
    assert template_of(alert(again(), SHOW)) == "seen_before/1"
    with pytest.raises(ValueError, match="duplicates no other"):
        seen_before(lead(), SHOW)


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("o'neil+x-1@mail.example.com", "<mailto:o'neil+x-1@mail.example.com|{}>"),
        ("ada_l@example.com", "<mailto:ada_l@example.com|{}>"),
        ("_ada_@example.com", "`_ada_@example.com`"),
        ("100%&<b>@example.com", "`100%&amp;&lt;b&gt;@example.com`"),
        ("ada at example.com", "ada at example.com"),
        ("jürgen@bücher.example", "jürgen@bücher.example"),
        ("`ada`@example.com", "ˋadaˋ@example.com"),
        ("ada@example.com|evil", "`ada@example.com|evil`"),
        ("", "—"),
        (None, "—"),
    ],
)
def test_an_email_address_can_be_copied_and_is_a_link_if_it_is_a_plain_one(
    email: str | None, shown: str
) -> None:
    assert fields(new_lead(lead(email=email), SHOW))["Email"] == shown.replace("{}", email or "")


def test_a_phone_is_a_link_if_its_number_is_known() -> None:
    def phone(written: str | None, e164: str | None) -> str:
        return fields(new_lead(lead(phone=written, phone_e164=e164), SHOW))["Phone"]

    assert phone("+49 30 901820 ext. 5", "+4930901820") == "<tel:+4930901820|+49 30 901820 ext. 5>"
    assert phone("call me", None) == "call me"
    assert phone("+1|x>", "+1|x>") == "+1|x&gt;"
    assert phone(None, None) == "—"


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://crm.example.com/a?b=1&c=%20#d", True),
        ("HTTPS://crm.example.com/", False),
        ("http://localhost:8080/leads/[1]", True),
        ("https://crm.example.com", True),
        ("https://crm.example.com:65536/", False),
        ("https://safe.example.com@evil.example/", False),
        ("javascript:alert(1)", False),
        ("ftp://crm.example.com/", False),
        ("https://", False),
        ("https:///x", False),
        ("https://crm.example.com/a b", False),
        ("https://crm.example.com/<x>", False),
        ("https://crm.example.com/100%", False),
        ("https://crm.example.com/ü", False),
        ("https://crm.example.com/".ljust(3000, "x"), True),
        ("https://crm.example.com/".ljust(3001, "x"), False),
        ("", False),
    ],
)
def test_only_what_slack_takes_for_a_link_becomes_a_button(url: str, linked: bool) -> None:
    expected = {"Open in CRM": url} if linked else {}
    assert buttons(new_lead(lead(crm_url=url), Links(records=RECORDS))) == expected


def test_a_lead_that_is_only_a_record_in_the_crm_is_called_by_it() -> None:
    bare = lead(contact=Contact(), lead_details=LeadDetails(crm_record="contact 48213"))
    assert fields(new_lead(bare, SHOW))["Name"] == "see contact 48213"


@pytest.mark.parametrize(
    ("score", "shown"),
    [(0.0, "0"), (85.0, "85"), (7.25, "7.25"), (None, None), (float("nan"), None)],
)
def test_a_score_is_shown_if_it_is_one(score: float | None, shown: str | None) -> None:
    assert fields(new_lead(lead(lead_score=score), SHOW)).get("Score") == shown


def test_a_clock_that_went_backwards_leaves_the_wait_out() -> None:
    (footer,) = last(new_lead(lead(processed_at=CAPTURED - timedelta(seconds=1)), SHOW))
    assert footer.endswith("|2026-03-02T08:59:59Z>")


def test_a_long_message_is_shortened() -> None:
    message = new_lead(lead(message="word " * 2000), SHOW)
    (quote,) = values_of(message["blocks"][2], "text")
    assert len(quote) <= 2000
    assert quote.endswith("word…")


def test_a_digest_has_a_line_for_each_lead() -> None:
    leads = [lead(), again(name="Grace <Hopper>", email=None, phone=None, owner=None, company=None)]
    message = digest(leads, SHOW)
    assert message["text"] == message["blocks"][0]["text"]["text"] == "🎯 2 New Leads Captured"
    assert message["blocks"][1]["text"]["text"] == (
        f"• <https://leads.example.com/leads/{ID}|Ada Lovelace> · Byron &amp; Sons · "
        "ada.lovelace@example.com · +1 555-010-0123 · Website form · sales@example.com\n"
        f"♻️ <https://leads.example.com/leads/{ID}|Grace &lt;Hopper&gt;> · Website form"
    )
    assert message["metadata"]["event_payload"] == {
        "leads": [{"lead_id": ID}, {"lead_id": ID}],
        "total": 2,
        "template": "digest/1",
    }
    assert template_of(message) == "digest/1"


@pytest.mark.parametrize("count", [61, 67, 200, 500])
def test_a_digest_says_how_many_it_leaves_out_and_how_to_see_them(count: int) -> None:
    message = digest([lead()] * count, SHOW)
    lines = [t for b in message["blocks"][1:-1] for t in b["text"]["text"].split("\n")]
    hidden = count - len(lines)
    assert len(lines) >= 30
    assert len(message["metadata"]["event_payload"]["leads"]) == len(lines)
    are = "is" if hidden == 1 else "are"
    assert last(message)[0].startswith(f"{hidden} more {are} not listed here. ")
    assert "`leadline leads` lists them all" in last(message)[0]


def test_a_digest_that_lists_every_lead_leaves_none_out() -> None:
    assert last(digest([lead()], Links()))[0].startswith("They came faster")
    assert digest([lead()], Links())["text"] == "🎯 1 New Lead Captured"
    assert digest([], Links())["text"] == "🎯 0 New Leads Captured"


def test_what_was_gathered_for_somebody_says_for_whom() -> None:
    ada = Handling(owner=Person(name="Ada", slack="U012ABCDEF"))
    notices = [
        msgspec.structs.replace(noticed(lead(), SHOW), handling=ada, for_digest=True)
        for _ in range(3)
    ]
    message = messages.digest(notices)
    assert message["blocks"][1]["text"]["text"] == "For <@U012ABCDEF>"
    assert last(message)[0].startswith("They were gathered for the set digest times")


def test_problems_are_told_in_words() -> None:
    message = new_lead(lead(problems=("email.invalid", "name.missing", "new.code")), SHOW)
    assert message["blocks"][-2]["elements"][0]["text"] == (
        "⚠️ Please check: the e-mail address looks invalid; no name; new.code"
    )


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("ada@gmial.com", "the e-mail domain may be mistyped: ada@gmail.com?"),
        ("ada@example.c0", "the e-mail domain may be mistyped"),
    ],
)
def test_a_mistyped_domain_is_told_with_what_was_probably_meant(email: str, told: str) -> None:
    suspect = lead(contact=Contact(email=email), problems=("email.suspect_domain",))
    message = new_lead(suspect, SHOW)
    assert message["blocks"][-2]["elements"][0]["text"] == f"⚠️ Please check: {told}"
    assert problems_in_words(suspect) == told


# fmt: off
PROBLEMS = (
    "contact.unreachable", "email.disposable", "email.invalid", "email.lines", "email.placeholder",
    "email.role", "email.several", "email.suspect_domain", "message.truncated",
    "first_name.truncated", "custom.truncated", "name.missing", "name.suspect", "name.mash",
    "name.placeholder", "company.placeholder", "phone.placeholder", "phone.invalid",
    "phone.no_region", "phone.several", "phone.unparseable", "phone.dial_code",
    "phone.unknown_country", "phone.old_form", "phone.plus_unsure", "spam.gibberish",
    "phone.found_in_message", "phone.found_in_custom", "email.found_in_message",
    "email.found_in_custom", "spam.honeypot", "spam.links", "spam.name", "test.contact",
    "test.dummy", "test.flagged",
)
# fmt: on


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_has_words(code: str) -> None:
    assert in_words(code) != code


def test_a_message_is_plain_json() -> None:
    for message in (alert(lead(), SHOW), alert(again(), SHOW), digest([lead()], SHOW)):
        assert msgspec.json.decode(msgspec.json.encode(message)) == message
