"""Outgoing webhooks: signed so that anybody's library believes them, ours too."""

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from leadline.channels.webhook.events import EventWriter
from leadline.channels.webhook.post import WebhookMessenger, signing_key
from leadline.model.errors import ConfigurationError, Unauthentic
from leadline.model.handling import Ending, Handling
from leadline.model.lead import Delivery, RefinedLead
from leadline.model.staff.people import Person
from leadline.model.task import Alert
from leadline.ports.channel import Notice
from leadline.ports.messenger import Refused, Sent
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.standard_webhooks.webhook import StandardWebhooks
from tests.channels.leads import CAPTURED, ID, lead
from tests.standins.scripted_server import Request, ScriptedServer, answer

NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOTICE = Notice(lead=lead(), now=CAPTURED)
WRITER = EventWriter("hook", "https://leads.example.com")


def received(message: bytes, *secrets: str) -> Request:
    """What a receiver gets of a message."""
    with ScriptedServer(answer("204 No Content", then="close")) as server:
        messenger = WebhookMessenger(f"{server.endpoint}/hook?x=1", secrets)
        assert messenger.send(message) == Sent(json.loads(message)["id"])
    (request,) = server.requests
    assert request.target == "/hook?x=1"
    return request


def delivery(request: Request) -> Delivery:
    return Delivery("standard_webhooks", request.body, datetime.now(UTC), request.headers)


def test_the_reference_library_believes_the_signature() -> None:
    request = received(WRITER.alert(NOTICE).body, NEW)
    event = Webhook(NEW).verify(request.body, request.headers)
    assert event["type"] == "com.leadline.lead.refined"
    assert request.headers["webhook-id"] == event["id"]
    assert request.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(request.body.replace(b"Ada", b"Eve"), request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(request.body, request.headers)


def test_our_own_endpoint_believes_it() -> None:
    request = received(WRITER.alert(NOTICE).body, NEW)
    StandardWebhooks(SourceConfig(secret=(NEW,))).authenticate(delivery(request))
    with pytest.raises(Unauthentic):
        StandardWebhooks(SourceConfig(secret=(OLD,))).authenticate(delivery(request))


@pytest.mark.parametrize("known", [NEW, OLD])
def test_while_a_secret_is_rotated_the_receiver_may_know_either(known: str) -> None:
    request = received(WRITER.alert(NOTICE).body, NEW, OLD)
    Webhook(known).verify(request.body, request.headers)
    StandardWebhooks(SourceConfig(secret=(known,))).authenticate(delivery(request))


def test_the_time_is_that_of_the_attempt_and_the_id_that_of_the_event() -> None:
    message = WRITER.alert(NOTICE).body
    times = [CAPTURED, CAPTURED + timedelta(hours=3)]
    with ScriptedServer(answer("200 OK", then="close")) as server:
        for at in times:
            clock = iter([at]).__next__
            WebhookMessenger(f"{server.endpoint}/hook", [NEW], clock=clock).send(message)
    stamps = [request.headers["webhook-timestamp"] for request in server.requests]
    assert stamps == [str(int(at.timestamp())) for at in times]
    assert len({request.headers["webhook-id"] for request in server.requests}) == 1


def test_the_event_holds_the_refined_lead_and_how_it_is_handled() -> None:
    ann = Person(id="7", name="Ann")
    handling = Handling(rev=3, owner=ann, claimed_by=ann, level=1, reply_url="https://x.example/y")
    event = json.loads(WRITER.alert(msgspec.structs.replace(NOTICE, handling=handling)).body)
    assert event["subject"] == ID
    assert event["source"] == "https://leads.example.com"
    details = msgspec.structs.replace(NOTICE.lead.lead_details, crm_url=None)
    lead = msgspec.structs.replace(NOTICE.lead, lead_details=details)
    assert msgspec.convert(event["data"]["lead"], RefinedLead) == lead, "no link of a stranger's"
    assert event["data"]["handling"] == {
        "owner": {"id": "7", "name": "Ann"},
        "claimed_by": {"id": "7", "name": "Ann"},
        "level": 1,
    }


def test_each_change_is_an_event_of_its_own_and_its_repeats_are_not() -> None:
    alert = Alert(ID, "hook", CAPTURED, "new_lead/1")
    found = []
    for rev, ending in ((1, Ending.OPEN), (2, Ending.WON), (2, Ending.WON)):
        notice = msgspec.structs.replace(NOTICE, handling=Handling(rev=rev, ending=ending))
        message = WRITER.update(notice, alert)
        assert message is not None
        found.append(json.loads(message.body))
    assert {event["type"] for event in found} == {"com.leadline.lead.updated"}
    assert found[0]["id"] != found[1]["id"] == found[2]["id"]
    assert found[1]["data"]["handling"]["ending"] == "won"


def test_half_a_character_does_not_keep_an_event_from_being_told() -> None:
    odd = lead(name="Ada \ud83d", custom={"\udc00": ["\ud83d\ude00"]})
    event = json.loads(WRITER.alert(msgspec.structs.replace(NOTICE, lead=odd)).body)
    assert event["data"]["lead"]["contact"]["name"] == "Ada \ufffd"
    assert event["data"]["lead"]["custom"] == {"\ufffd": ["😀"]}


def test_who_is_gone_is_told_no_more() -> None:
    with ScriptedServer(answer("410 Gone", b"bye", then="close")) as server:
        reply = WebhookMessenger(f"{server.endpoint}/hook", [NEW]).send(WRITER.alert(NOTICE).body)
    assert reply == Refused("webhook.gone", "bye")


@pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized", "404 Not Found"])
def test_any_other_answer_is_a_refusal_and_no_redirect_is_followed(status: str) -> None:
    elsewhere = answer(status, b"", "location: http://127.0.0.1:1/", then="close")
    with ScriptedServer(elsewhere) as server:
        reply = WebhookMessenger(f"{server.endpoint}/hook", [NEW]).send(WRITER.alert(NOTICE).body)
    assert reply == Refused(f"webhook.http_{status[:3]}", "")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "not base64!", "x" * 200])
def test_a_secret_that_signs_nothing_well_is_a_wrong_setting(secret: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^channels.hook.secret must be 24 to 64"
    ) as wrong:
        WebhookMessenger("https://x.example/", [secret], setting="channels.hook")
    assert secret in ("", "whsec_") or secret not in wrong.value.detail


def test_without_a_secret_nothing_is_made() -> None:
    with pytest.raises(ConfigurationError, match=r"^channels.hook.secret must be set"):
        WebhookMessenger("https://x.example/", [], setting="channels.hook")


def test_a_secret_may_come_with_or_without_its_prefix_and_padding() -> None:
    assert signing_key(NEW, "x") == signing_key(NEW.removeprefix("whsec_").rstrip("="), "x")
