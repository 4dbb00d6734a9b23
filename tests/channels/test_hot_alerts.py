"""Alerts of hot leads say so on every kind of channel, and a hand-over names both."""

import json
from email.utils import getaddresses
from typing import Any

import msgspec

from leadline.alerts.wording.story import story_of_lead, story_of_owner
from leadline.channels.email.message import EmailWriter
from leadline.channels.pagerduty.events import PagerDutyWriter
from leadline.channels.slack.writer import SlackWriter
from leadline.model.facts.score import LeadScore
from leadline.model.handling import Handling
from leadline.model.lead import Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Alert
from leadline.ports.channel import Notice
from tests.channels.leads import CAPTURED, ID, again, lead
from tests.standins.message_rules import read_email

ANN = Person(id="7", name="Ann", email="ann@example.com", slack="U0ANN")
BEN = Person(id="8", name="Ben", email="ben@example.com", slack="U0BEN")
HOT = msgspec.structs.replace(lead(), score=LeadScore(91, "points", hot=True))
TOLD = Alert(ID, "sales", CAPTURED, "new_lead/1 of U0ANN", ref="C0SALES/1.0")


def notice(**more: Any) -> Notice:
    return Notice(lead=more.pop("lead", HOT), now=CAPTURED, **more)


def handed_over(crm_owner: str = "ben@example.com") -> Notice:
    handling = Handling(owner=BEN, ownership=Ownership.ASSIGNED, crm_owner=crm_owner)
    return notice(handling=handling, former=ANN)


def slack_text(message: bytes) -> str:
    text: str = json.loads(message)["text"]
    return text


def test_the_title_says_that_the_lead_is_hot_until_somebody_responds() -> None:
    story = story_of_lead(notice())
    assert (story.title, story.headline) == (
        "Hot lead captured",
        "Hot lead: Ada Lovelace, Byron & Sons",
    )
    claimed = notice(handling=Handling(claimed_by=ANN, claimed_at=CAPTURED))
    assert story_of_lead(claimed).title == "New lead captured"
    assert story_of_lead(notice(lead=lead())).title == "New lead captured"
    seen = msgspec.structs.replace(again(), score=HOT.score)
    assert story_of_lead(notice(lead=seen)).title == "Hot lead seen before"


def test_slack_says_it_in_the_headline_and_on_the_phone() -> None:
    body = json.loads(SlackWriter().alert(notice()).body)
    assert body["blocks"][0]["text"]["text"] == "🔥 Hot Lead Captured"
    assert body["text"].startswith("🔥 Hot lead: Ada Lovelace")
    seen = msgspec.structs.replace(again(), score=HOT.score)
    body = json.loads(SlackWriter().alert(notice(lead=seen)).body)
    assert body["blocks"][0]["text"]["text"] == "🔥 Hot Lead Seen Before"


def test_a_test_and_a_direct_message_mention_no_room() -> None:
    writer = SlackWriter(hot_here=True)
    assert slack_text(writer.alert(notice()).body).startswith("<!here> ")
    assert "<!here>" not in slack_text(writer.alert(notice(test=True)).body)
    direct = SlackWriter(bot=True, room="dm", hot_here=True)
    assert b"<!here>" not in direct.alert(notice()).body


def test_pagerduty_wakes_people_for_a_hot_lead() -> None:
    writer = PagerDutyWriter()
    for told, severity in ((notice(), "critical"), (notice(test=True), "info")):
        assert json.loads(writer.alert(told).body)["payload"]["severity"] == severity


def test_the_message_of_a_hand_over_tells_both_whose_lead_it_is() -> None:
    news = SlackWriter().news(handed_over(), TOLD)
    assert news is not None
    assert slack_text(news.body).endswith(
        "is yours. <@U0ANN>, it is not yours any more: the CRM names another owner."
    )
    story = story_of_owner(handed_over())
    assert story is not None
    assert "It is not Ann's any more: the CRM names another owner." in story.remarks
    by_hand = story_of_owner(handed_over(crm_owner=""))
    assert by_hand is not None
    assert "It is not Ann's any more: it was handed on." in by_hand.remarks


def test_an_email_to_the_owner_goes_to_the_former_one_too_at_a_hand_over() -> None:
    writer = EmailWriter("mail", "Leads <leads@example.com>", ("owner", "desk@example.com"))
    news = writer.news(handed_over(), TOLD)
    assert news is not None
    to = getaddresses(read_email(news.body).get_all("To", []))
    assert [address for _, address in to] == ["ben@example.com", "ann@example.com"]
    room = EmailWriter("mail", "Leads <leads@example.com>", ("desk@example.com",))
    news = room.news(handed_over(), TOLD)
    assert news is not None
    assert read_email(news.body)["To"] == "desk@example.com"
