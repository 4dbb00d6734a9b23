"""Every message is valid, whatever the lead: our own table of Slack's rules and Slack's SDK agree.

And nothing that a lead wrote is read as markup.
"""

import copy
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from leadline.channels.slack.messages import (
    alert,
    digest,
    new_lead,
    news_of_owner,
    reminder,
    template_of,
)
from leadline.model.handling import Ending, Handling
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import Person
from leadline.model.texts.links import Links
from leadline.ports.channel import Notice
from tests.channels.leads import ID, MAYBE, MOMENT, RECORDS, TEXT, any_lead, lead
from tests.standins.slack_rules import markup_of, violations
from tests.worlds.thorough import thorough

LINKS = st.sampled_from(
    [
        Links(),
        Links("https://leads.example.com/leads/{lead_id}", RECORDS),
        Links(records=RECORDS),
        Links("http://127.0.0.1:8080/{lead_id}?a=1&b=2"),
        Links("https://x.example/" + "y" * 3000 + "{lead_id}"),
        Links("javascript:alert(1)"),
    ]
)


SLACK_ID = st.one_of(st.just("U012ABCDEF"), TEXT)
ADDRESS = st.one_of(st.sampled_from(["ada@example.com", "o'neil+x@mail.example.org"]), TEXT)
PERSON = st.builds(Person, id=TEXT, name=TEXT, email=ADDRESS, slack=SLACK_ID)
SOMEBODY = st.one_of(st.none(), PERSON)
SOMETIME = st.one_of(st.none(), MOMENT)


def any_handling() -> st.SearchStrategy[Handling]:
    return st.builds(
        Handling,
        rev=st.integers(0, 9),
        owner=SOMEBODY,
        ownership=st.sampled_from(Ownership),
        claimed_by=SOMEBODY,
        claimed_at=SOMETIME,
        snoozed_until=SOMETIME,
        touched_at=SOMETIME,
        ending=st.sampled_from(Ending),
        ended_by=SOMEBODY,
        level=st.integers(0, 5),
    )


def any_notice() -> st.SearchStrategy[Notice]:
    ours = st.uuids().map(str)
    found = st.one_of(any_lead(), st.builds(lambda i: lead(lead_id=i), ours))
    return st.builds(
        Notice,
        lead=found,
        now=MOMENT,
        handling=any_handling(),
        links=LINKS,
        due=SOMETIME,
        instead_of=MAYBE.map(lambda text: text or ""),
        failing_since=SOMETIME,
        interactive=st.booleans(),
        for_digest=st.booleans(),
        test=st.booleans(),
    )


def noticed(lead: RefinedLead) -> Notice:
    return Notice(lead=lead, now=lead.processed_at, links=Links(records=RECORDS))


def everything_about(notice: Notice) -> list[dict[str, Any]]:
    """Every message about one lead."""
    made = [alert(notice), digest([notice, notice]), reminder(notice)]
    if notice.holder is not None:
        made += [news_of_owner(notice), news_of_owner(notice, in_thread=True)]
    return made


def check(message: dict[str, Any]) -> None:
    """Both opinions; the message as Slack gets it, after JSON."""
    message = msgspec.json.decode(msgspec.json.encode(message))
    assert violations(message) == []
    parsed = Block.parse_all(copy.deepcopy(message["blocks"]))
    assert [block.to_dict() for block in parsed] == message["blocks"]


@thorough(200, often=60)
@given(any_notice())
def test_any_lead_however_it_is_handled_makes_valid_messages(notice: Notice) -> None:
    for message in everything_about(notice):
        check(message)
    expected = "seen_before/1" if notice.lead.duplicate_of else "new_lead/1"
    assert template_of(alert(notice)) == expected


@thorough(30, often=10)
@given(st.lists(any_notice(), max_size=3), st.integers(0, 170))
def test_any_burst_makes_a_valid_digest(notices: list[Notice], times: int) -> None:
    check(digest(notices * times))


def test_the_largest_possible_lead_makes_a_valid_message() -> None:
    for letter in ("x", "&", "*", "😀", "\\", '"', ":a", "e\u0301"):
        long = letter * 10_000
        texts = dict.fromkeys(("name", "email", "phone", "company", "title", "country"), long)
        texts |= dict.fromkeys(("source", "campaign", "owner", "message"), long)
        url = "https://crm.example.com/".ljust(3000, "x")
        large = lead(**texts, lead_score=-1e300, crm_url=url, problems=(long,))
        who = Person(name=long)
        handling = Handling(owner=who, claimed_by=who, ending=Ending.JUNK, ended_by=who, level=2)
        notice = Notice(
            lead=large,
            now=large.processed_at,
            handling=handling,
            links=Links(records=RECORDS),
            instead_of=long,
            test=True,
        )
        for message in everything_about(notice):
            check(message)
        still_open = msgspec.structs.replace(handling, ending=Ending.OPEN, claimed_by=None)
        check(alert(msgspec.structs.replace(notice, handling=still_open, interactive=True)))


# What we write ourselves, each as narrow as it can be.
OWN = (
    re.compile(r"<!date\^\d+\^[a-z_{} ]+\|[0-9TZ:-]+>"),
    re.compile(r"<mailto:([\w.+'-]+@[\w.-]+)\|\1>"),
    re.compile(r"<@[UW][A-Z0-9]{2,30}>"),
)
LABELLED = re.compile(r"<(?:tel:\+\d+|https?://[^<>|\s]+|@mailto:[\w.+'@-]+)\|([^<>]*)>")
FORMATTED = re.compile(r"(?<![A-Za-z0-9])([*_])(?=\S).+?\1(?![A-Za-z0-9])|~|＊|＿|｀")


def read_as_markup(text: str) -> str:
    """What Slack would interpret in a text beside our own tokens, labels and code, or ""."""
    text = re.sub(
        r"^\*(Name|Company|Email|Phone|Source|Owner|Title|Campaign|Country|Score):\*", "", text
    )
    text = re.sub(r"^🚫 \*(.+)\*$", r"\1", text, flags=re.M)
    text = LABELLED.sub(r"\1", text)
    for token in OWN:
        text = token.sub("", text)
    text = re.sub(r"`[^`\n]+`", "", text)
    intruder = re.search(r"[<>`]|&(?!amp;|lt;|gt;)|^&gt;|^＞", text, re.M) or FORMATTED.search(text)
    intruder = intruder or re.search(r":[^\s:\u200b]+:|@(here|channel|everyone)\b", text)
    return intruder[0] if intruder else ""


@thorough(200, often=60)
@given(any_notice(), st.booleans())
def test_nothing_that_anybody_wrote_is_read_as_markup(notice: Notice, by_email: bool) -> None:
    made = [
        alert(notice, by_email=by_email),
        digest([notice, notice], by_email=by_email),
        reminder(notice, by_email=by_email),
    ]
    if notice.holder is not None:
        made.append(news_of_owner(notice, by_email=by_email))
    for message in made:
        for text in markup_of(message):
            assert read_as_markup(text) == "", text


@given(TEXT, st.sampled_from(["name", "email", "phone", "company", "owner", "source"]))
def test_code_is_only_what_we_put_in_code(text: str, where: str) -> None:
    """An e-mail address that is no plain one is shown as code; nothing else of a lead is."""
    fields = new_lead(noticed(lead(**{where: text})))["blocks"][1]["fields"]
    for field in fields:
        if "`" in field["text"]:
            assert re.fullmatch(r"\*Email:\*\n`[^`\n]+`", field["text"])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda m: m.update(text=""), "text is empty"),
        (lambda m: m.update(channel="#x"), "channel is unknown"),
        (lambda m: m["blocks"][0]["text"].update(text="x" * 151), "151 characters"),
        (lambda m: m["blocks"][0]["text"].update(text="😀" * 76), "152 characters"),
        (lambda m: m["blocks"][0]["text"].update(type="mrkdwn"), "has the type 'mrkdwn'"),
        (lambda m: m["blocks"][1]["fields"][0].update(text=""), "is empty"),
        (lambda m: m["blocks"][1]["fields"][0].update(text="x" * 2001), "2001 characters"),
        (lambda m: m["blocks"][1].update(fields=m["blocks"][1]["fields"] * 2), "20 elements"),
        (lambda m: m["blocks"][1].pop("fields"), "without text and fields"),
        (lambda m: m["blocks"][2].update(elements=[]), "is no filled list"),
        (lambda m: m["blocks"][3]["elements"][0].update(url="ftp://x"), "does not look right"),
        (lambda m: m["blocks"][3]["elements"][0].update(colour="red"), "colour is unknown"),
        (lambda m: button(m, confirm={"title": {"type": "mrkdwn", "text": "x"}}), "has the type"),
        (lambda m: button(m, confirm={}), "confirm.title is missing"),
        (lambda m: menu(m, options=[]), "is no filled list"),
        (lambda m: menu(m, options=[{"text": {"type": "plain_text", "text": "x"}}]), "is missing"),
        (lambda m: menu(m, placeholder={"type": "mrkdwn", "text": "x"}), "has the type 'mrkdwn'"),
        (lambda m: m["blocks"].extend([{"type": "divider"}] * 50), "50 are allowed"),
        (lambda m: m["blocks"].extend(m["blocks"][1:4] * 4), "action_id is not unique"),
        (lambda m: m["blocks"].extend(long_sections()), "in all"),
        (lambda m: m["metadata"]["event_payload"].update(x=["y"]), "neither flat nor"),
        (lambda m: m["metadata"]["event_payload"].update(x="y" * 9000), "too large"),
    ],
)
def test_our_table_of_rules_refuses_what_slack_refuses(wrong: Any, says: str) -> None:
    message = copy.deepcopy(new_lead(noticed(lead())))
    wrong(message)
    assert any(says in found for found in violations(message)), violations(message)


def button(message: dict[str, Any], **changes: Any) -> None:
    message["blocks"][3]["elements"][0].update(changes)


def menu(message: dict[str, Any], **changes: Any) -> None:
    option = {"text": {"type": "plain_text", "text": "1 hour"}, "value": f"3600:{ID}"}
    placeholder = {"type": "plain_text", "text": "Snooze"}
    made = {"type": "static_select", "placeholder": placeholder, "options": [option], **changes}
    message["blocks"][3]["elements"].append(made)


def long_sections() -> list[dict[str, Any]]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 4


def test_the_second_opinion_refuses_too() -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    (block,) = Block.parse_all([header])
    with pytest.raises(SlackObjectFormationError):
        block.to_dict()
