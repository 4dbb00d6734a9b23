"""What was sent to channels and CRMs, and what they answered, is kept beside the lead."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from leadline.channels.slack.webhook import SlackWebhook
from leadline.channels.webhook.events import EventWriter
from leadline.channels.webhook.post import WebhookMessenger
from leadline.model.monitoring.attempts import AttemptRecord
from leadline.model.personal_data.retiring import DataKind
from leadline.model.task import Step
from leadline.operations.lists.masked import masked_story
from leadline.ports.channel import Channel
from leadline.ports.reading.ledger import LeadStory
from leadline.ports.store import Among
from tests.standins.scripted_server import Answer, ScriptedServer, answer
from tests.standins.writable_crm import WritingOffice
from tests.worlds.channels import AlertOffice, slack_channel
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld

EVERYBODY = Among(frozenset(), others=True)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DOWN, WELL = answer("503 Service Unavailable", b"try later"), answer(body=b"ok")


@pytest.fixture
def clock(world: LedgerWorld) -> HandClock:
    return world.clock


@pytest.fixture
def office(world: LedgerWorld) -> AlertOffice:
    return AlertOffice(world.store, world.clock)


def served(office: AlertOffice, url: str, **more: Any) -> AlertOffice:
    """An office whose channel posts to a URL."""
    channel = slack_channel(SlackWebhook(url), digest_above=0)
    office.kit = msgspec.structs.replace(office.kit, channels={"slack": channel}, **more)
    return office


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(DOWN, WELL) as scripted:
        yield scripted


def story_of(world: LedgerWorld, lead_id: str) -> LeadStory:
    found = world.ledger.story(lead_id)
    assert found is not None
    return found


def attempts_of(world: LedgerWorld, lead_id: str) -> tuple[AttemptRecord, ...]:
    return story_of(world, lead_id).attempts


def told(world: LedgerWorld, office: AlertOffice, server: ScriptedServer, **more: Any) -> str:
    """A lead of which the channel heard at its second attempt."""
    served(office, f"{server.endpoint}/services/T0SECRETPATH0123", **more)
    (lead_id,) = office.leads(1)
    office.wait(minutes=10)
    assert len(server.requests) == 2
    return lead_id


def test_a_failed_and_a_successful_attempt_are_kept_as_they_were_sent(
    world: LedgerWorld, office: AlertOffice, server: ScriptedServer
) -> None:
    lead_id = told(world, office, server)
    failed, well = attempts_of(world, lead_id)
    assert (failed.step, failed.channel, failed.result) == (Step.NOTIFY, "slack", "retry")
    assert well.result == "done"
    assert failed.number < well.number
    assert failed.at < well.at
    (first,), (second,) = failed.exchanges, well.exchanges
    assert (first.method, first.code, first.answer) == ("POST", 503, "try later")
    assert (second.code, second.answer) == (200, "ok")
    assert second.sent == server.requests[1].body.decode()
    assert lead_id in second.sent
    assert second.to == f"{server.endpoint}/…"


def test_without_an_answer_the_attempt_says_why(world: LedgerWorld, office: AlertOffice) -> None:
    with ScriptedServer(Answer([], then="close")) as server:
        served(office, f"{server.endpoint}/hook")
        (lead_id,) = office.leads(1)
        office.wait(minutes=1)
    (one, *_) = attempts_of(world, lead_id)
    assert (one.exchanges[0].code, one.exchanges[0].failure) == (None, "hung_up")


def test_of_a_task_the_last_ones_are_kept(world: LedgerWorld, office: AlertOffice) -> None:
    with ScriptedServer(DOWN) as server:
        served(office, f"{server.endpoint}/hook", attempts_kept=3)
        (lead_id,) = office.leads(1)
        office.wait(minutes=10)
        assert len(server.requests) > 3
    kept = attempts_of(world, lead_id)
    assert len(kept) == 3
    numbers = [one.number for one in kept]
    assert numbers == sorted(numbers)
    assert numbers[0] > 1


def test_none_is_kept_if_settings_say_so(
    world: LedgerWorld, office: AlertOffice, server: ScriptedServer
) -> None:
    assert attempts_of(world, told(world, office, server, attempts_kept=0)) == ()


def test_a_message_about_several_leads_is_not_kept_beside_each(
    world: LedgerWorld, office: AlertOffice
) -> None:
    with ScriptedServer(WELL) as server:
        channel = slack_channel(SlackWebhook(f"{server.endpoint}/hook"), digest_above=1)
        office.kit = msgspec.structs.replace(office.kit, channels={"slack": channel})
        one, other = office.leads(2)
        office.wait(minutes=2)
    for lead_id in (one, other):
        ((exchange,),) = (a.exchanges for a in attempts_of(world, lead_id))
        assert (exchange.code, exchange.shared, exchange.sent) == (200, 2, "")


def test_an_erasure_deletes_them(
    world: LedgerWorld, office: AlertOffice, server: ScriptedServer
) -> None:
    lead_id = told(world, office, server)
    world.store.erase(lead_id)
    assert attempts_of(world, lead_id) == ()


@pytest.mark.parametrize("kind", [DataKind.TIMELINE, DataKind.REFINED])
def test_retention_deletes_them_with_the_timeline_or_the_person(
    world: LedgerWorld, office: AlertOffice, server: ScriptedServer, kind: DataKind
) -> None:
    lead_id = told(world, office, server)
    world.clock.advance(hours=1)
    before = world.clock.now
    found = world.store.too_old(kind, before, EVERYBODY)
    assert lead_id in [one.lead_id for one in found.leads]
    assert lead_id in world.store.retire(kind, before, [lead_id])
    assert attempts_of(world, lead_id) == ()
    again = world.store.too_old(kind, before, EVERYBODY)
    assert lead_id not in [one.lead_id for one in again.leads]


def test_who_may_not_see_people_sees_hosts_and_codes(
    world: LedgerWorld, office: AlertOffice, server: ScriptedServer
) -> None:
    lead_id = told(world, office, server)
    shown = masked_story(story_of(world, lead_id)).attempts
    assert [one.exchanges[0].code for one in shown] == [503, 200]
    assert {one.exchanges[0].sent for one in shown} == {"•••"}
    assert lead_id not in str(shown)


def test_a_write_back_says_what_the_crm_had_before(world: LedgerWorld) -> None:
    write = {"phone": "phone", "status": "state", "lead_id": "ref"}
    office = WritingOffice(world.store, world.clock, write=write)
    office.desk.has("r1", owner="u1", phone="", state=None)
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created")
    office.wait(minutes=11)
    (back,) = (a for a in attempts_of(world, lead_id) if a.step is Step.WRITE_BACK)
    assert back.result == "done"
    fields = {one.name: one for one in back.fields}
    assert (fields["state"].before, fields["state"].after) == (None, "refined")
    assert fields["state"].was_read
    assert fields["ref"].after == lead_id
    assert not fields["ref"].was_read


def test_no_secret_of_a_webhook_is_kept(world: LedgerWorld, office: AlertOffice) -> None:
    with ScriptedServer(WELL) as server:
        url = f"http://user:pa55word@127.0.0.1:{server.port}/T0SECRETPATH0123?key=abcdefgh"
        messenger = WebhookMessenger(url, [SECRET], clock=world.clock)
        channel = Channel(name="slack", writer=EventWriter("slack"), messenger=messenger)
        office.kit = msgspec.structs.replace(office.kit, channels={"slack": channel})
        (lead_id,) = office.leads(1)
        office.wait(minutes=1)
        assert server.requests
    text = msgspec.json.encode(attempts_of(world, lead_id)).decode()
    assert lead_id in text
    for secret in ("pa55word", "T0SECRETPATH0123", "abcdefgh", SECRET, "v1,"):
        assert secret not in text
