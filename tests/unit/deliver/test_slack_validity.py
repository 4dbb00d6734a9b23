"""Every message is valid, whatever the lead: our own table of Slack's rules and Slack's SDK agree.

And nothing that a lead wrote is read as markup.
"""

import copy
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from leadline.deliver.links import Links
from leadline.deliver.slack import alert, digest, new_lead, template_of
from leadline.lead import RefinedLead
from tests.slack_rules import markup_of, violations
from tests.unit.deliver.leads import TEXT, any_lead, lead

LINKS = st.sampled_from(
    [
        Links(),
        Links("https://leads.example.com/leads/{lead_id}"),
        Links("http://127.0.0.1:8080/{lead_id}?a=1&b=2"),
        Links("https://x.example/" + "y" * 3000 + "{lead_id}"),
        Links("javascript:alert(1)"),
    ]
)


def check(message: dict[str, Any]) -> None:
    """Both opinions; the message as Slack gets it, after JSON."""
    message = msgspec.json.decode(msgspec.json.encode(message))
    assert violations(message) == []
    parsed = Block.parse_all(copy.deepcopy(message["blocks"]))
    assert [block.to_dict() for block in parsed] == message["blocks"]


@settings(max_examples=200)
@given(any_lead(), LINKS)
def test_any_lead_makes_a_valid_message(lead: RefinedLead, links: Links) -> None:
    message = alert(lead, links)
    check(message)
    assert template_of(message) == ("seen_before/1" if lead.duplicate_of else "new_lead/1")


@settings(max_examples=30)
@given(st.lists(any_lead(), max_size=3), st.integers(0, 170), st.integers(0, 1000), LINKS)
def test_any_burst_makes_a_valid_digest(
    leads: list[RefinedLead], times: int, hidden: int, links: Links
) -> None:
    many = leads * times
    check(digest(many, links, total=len(many) + hidden))


def test_the_largest_possible_lead_makes_a_valid_message() -> None:
    for letter in ("x", "&", "*", "😀", "\\", '"', ":a", "e\u0301"):
        long = letter * 10_000
        texts = dict.fromkeys(("name", "email", "phone", "company", "title", "country"), long)
        texts |= dict.fromkeys(("source", "campaign", "owner", "message"), long)
        url = "https://crm.example.com/".ljust(3000, "x")
        check(new_lead(lead(**texts, lead_score=-1e300, crm_url=url, problems=(long,)), Links()))


# What we write ourselves, each as narrow as it can be.
OWN = (
    re.compile(r"<!date\^\d+\^[a-z_{} ]+\|[0-9TZ:-]+>"),
    re.compile(r"<mailto:([\w.+'-]+@[\w.-]+)\|\1>"),
    re.compile(r"<tel:\+\d+\|"),
    re.compile(r"<https?://[^<>|\s]+\|"),
)
FORMATTED = re.compile(r"(?<![A-Za-z0-9])([*_])(?=\S).+?\1(?![A-Za-z0-9])|~|＊|＿|｀")


def read_as_markup(text: str) -> str:
    """What Slack would interpret in a text beside our own tokens, labels and code, or ""."""
    text = re.sub(
        r"^\*(Name|Company|Email|Phone|Source|Owner|Title|Campaign|Country|Score):\*", "", text
    )
    if any(token.search(text) for token in OWN[2:]):
        text = re.sub(
            r">(?= ·|$)", "", text, count=text.count("<tel") + text.count("<http"), flags=re.M
        )
    for token in OWN:
        text = token.sub("", text)
    text = re.sub(r"`[^`\n]+`", "", text)
    intruder = re.search(r"[<>`]|&(?!amp;|lt;|gt;)|^&gt;|^＞", text, re.M) or FORMATTED.search(text)
    intruder = intruder or re.search(r":[^\s:\u200b]+:|@(here|channel|everyone)\b", text)
    return intruder[0] if intruder else ""


@settings(max_examples=200)
@given(any_lead(), LINKS)
def test_nothing_that_a_lead_wrote_is_read_as_markup(lead: RefinedLead, links: Links) -> None:
    for message in (alert(lead, links), digest([lead, lead], links, total=2)):
        for text in markup_of(message):
            assert read_as_markup(text) == "", text


@given(TEXT, st.sampled_from(["name", "email", "phone", "company", "owner", "source"]))
def test_code_is_only_what_we_put_in_code(text: str, where: str) -> None:
    """An e-mail address that is no plain one is shown as code; nothing else of a lead is."""
    fields = new_lead(lead(**{where: text}), Links())["blocks"][1]["fields"]
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
        (lambda m: m["blocks"].extend([{"type": "divider"}] * 50), "50 are allowed"),
        (lambda m: m["blocks"].extend(m["blocks"][1:4] * 4), "action_id is not unique"),
        (lambda m: m["blocks"].extend(long_sections()), "in all"),
        (lambda m: m["metadata"]["event_payload"].update(x=["y"]), "neither flat nor"),
        (lambda m: m["metadata"]["event_payload"].update(x="y" * 9000), "too large"),
    ],
)
def test_our_table_of_rules_refuses_what_slack_refuses(wrong: Any, says: str) -> None:
    message = copy.deepcopy(new_lead(lead(), Links()))
    wrong(message)
    assert any(says in found for found in violations(message)), violations(message)


def long_sections() -> list[dict[str, Any]]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 4


def test_the_second_opinion_refuses_too() -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    (block,) = Block.parse_all([header])
    with pytest.raises(SlackObjectFormationError):
        block.to_dict()
