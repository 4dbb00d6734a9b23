"""The functions on AWS: what API Gateway, SQS and time may hand them, and what they give back."""

import base64
import json
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from leadline.entrypoints.aws import capture
from leadline.entrypoints.aws.parts import FRESH
from leadline.model.errors import StorageFailed
from leadline.model.lead import Kind, LeadFields, Status
from leadline.model.task import Step, Task
from leadline.standins.slack_inbox import Reply
from leadline.stores.aws.items import further_of
from leadline.vendors.generic.webhook import Generic
from tests.standins.aws_faults import AwsFault, id_at
from tests.standins.payloads import signature
from tests.worlds.aws_functions import SECRET, Functions, message, now


def test_a_delivery_is_answered_with_its_lead(functions: Functions) -> None:
    answer = functions.post()
    assert answer["statusCode"] == 200
    assert answer["body"]["message"] == "Lead captured successfully"
    (data,) = functions.messages()
    assert {data["lead_id"]} == {answer["body"]["lead_id"]} == functions.actor.raws()
    again = functions.post()
    assert again["body"] == answer["body"]
    assert functions.actor.leads().keys() == {data["lead_id"]}


def test_a_body_may_be_base64_and_headers_in_any_case(functions: Functions) -> None:
    body = '{"email":"ada@example.com","name":"Zoë"}'.encode()
    headers = {"CONTENT-TYPE": "application/json", "X-WEBHOOK-SECRET": SECRET}
    answer = functions.post(base64.b64encode(body), isBase64Encoded=True, headers=headers)
    lead_id = answer["body"]["lead_id"]
    assert functions.actor.store.waiting([lead_id])[lead_id].raw == body
    several = {name: [value] for name, value in headers.items()}
    again = functions.post(body, headers=None, multiValueHeaders=several)
    assert again["body"]["lead_id"] == lead_id


def test_a_signature_covers_every_parameter_of_the_query(functions: Functions) -> None:
    query = {"tag": ["a", "b"], "campaign": ["Früh&Spät"]}
    url = f"https://leads.example.com/webhook/hubspot?{urlencode(query, doseq=True)}"
    body = b'[{"eventId":1,"subscriptionType":"contact.creation","objectId":7}]'
    event: dict[str, Any] = {
        "path": "/webhook/hubspot",
        "pathParameters": {"source": "hubspot"},
        "headers": {"content-type": "application/json"}
        | signature("hubspot", body, SECRET, now(), url),
        "multiValueQueryStringParameters": query,
    }
    assert functions.post(body, **event)["statusCode"] == 200
    event["multiValueQueryStringParameters"] = {**query, "tag": ["a"]}
    assert functions.post(body, **event)["statusCode"] == 401


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"headers": {"x-webhook-secret": "wrong"}}, 401),
        ({"pathParameters": {"source": "nobody"}}, 404),
        ({"path": "/slack/actions"}, 404),
        ({"httpMethod": "GET"}, 405),
        ({"httpMethod": "DELETE"}, 405),
        ({"body": b"[" + b"1," * 600_000 + b"1]"}, 413),
        ({"body": None}, 400),
        ({"headers": {"content-type": "text/xml", "x-webhook-secret": SECRET}}, 415),
        ({"headers": {"content-encoding": "gzip", "x-webhook-secret": SECRET}}, 415),
        ({"multiValueHeaders": {"Content-Encoding": ["gzip", "identity"]}}, 400),
        ({"multiValueHeaders": {"content-encoding": ["identity"] * 2}}, 400),
        ({"multiValueHeaders": {"Host": ["a.example.com", "b.example.com"]}}, 400),
        ({"multiValueHeaders": {"Content-Type": ["application/json", "text/plain"]}}, 400),
        ({"multiValueHeaders": {"X-Webhook-Secret": ["wrong", SECRET]}}, 401),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_refused_is_refused_politely_and_not_kept(
    functions: Functions, event: dict[str, Any], status: int
) -> None:
    answer = functions.post(**event)
    assert (answer["statusCode"], answer["body"]["status"]) == (status, status)
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert ("allow" in answer["headers"]) is (status == 405)
    assert functions.actor.raws() == set()


def test_a_refusal_is_a_log_line_that_says_why(
    functions: Functions, caplog: pytest.LogCaptureFixture
) -> None:
    capture._refusals.cache_clear()
    about = {"identity": {"sourceIp": "203.0.113.77"}}
    headers = {"content-type": "application/json"}
    functions.post(headers=headers, requestContext=about)
    lead_id = functions.post(requestContext=about)["body"]["lead_id"]
    (line,) = (r for r in caplog.records if r.message == "webhook.refused")
    told = vars(line)
    assert (line.levelname, told["source"], told["status"]) == ("WARNING", "generic", 401)
    assert told["reason"].startswith("no secret came: send it as ?key=")
    assert (told["network"], "sender" in told) == ("203.0.113.0/24", False)
    (captured,) = (vars(r) for r in caplog.records if r.message == "webhook.captured")
    assert (captured["source"], captured["lead"]) == ("generic", lead_id)


def test_what_a_secret_proves_and_nobody_can_read_is_kept(functions: Functions) -> None:
    answer = functions.post(b'{"name":"Ada "The Loom" Vance"}')
    assert answer["statusCode"] == 200
    lead_id = answer["body"]["lead_id"]
    kept = functions.actor.store.archived([lead_id])[lead_id]
    assert (kept.kind, kept.body) == (Kind.UNREADABLE, b'{"name":"Ada "The Loom" Vance"}')
    assert functions.messages() == []
    assert functions.actor.leads()[lead_id].status is Status.DEAD
    rooms = functions.actor.rooms
    (tolled,) = rooms.messages(rooms.dead_urls[Step.REFINE])  # whose depth has an alarm
    assert (tolled["lead_id"], tolled["reason"]) == (lead_id, "capture.unreadable")


def test_a_storage_that_refuses_asks_the_sender_to_come_back(functions: Functions) -> None:
    functions.fallible().plan(0, AwsFault.REFUSED)
    answer = functions.post(b'{"email":"bob@example.com"}')
    assert answer["statusCode"] == 503
    assert int(answer["headers"]["retry-after"]) > 0
    assert functions.post(b'{"email":"bob@example.com"}')["statusCode"] == 200


def test_a_lead_that_sqs_will_not_hear_of_is_accepted(functions: Functions) -> None:
    functions.fallible().broken = "sqs"
    assert functions.post()["statusCode"] == 200
    assert len(functions.actor.leads()) == 1


def test_settings_that_cant_be_read_at_first_are_an_answer_and_later_go_on(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = functions.environ | {"SETTINGS_REFERENCE": "ssm:/nowhere"}
    functions.forget(fresh)
    answer = functions.post()
    assert answer["statusCode"] == 503
    with pytest.raises(StorageFailed):
        functions.refine(message(id_at(now())))
    with pytest.raises(StorageFailed):
        functions.deliver(message(id_at(now()), "slack"))
    functions.forget(functions.environ)
    assert functions.post()["statusCode"] == 200
    functions.write("this is no toml")
    monkeypatch.setattr("leadline.entrypoints.aws.parts.FRESH", timedelta())
    assert functions.post(b'{"email":"bob@example.com"}')["statusCode"] == 200, "as they were"
    assert timedelta() < FRESH


def test_settings_that_are_wrong_tell_a_sender_nothing_of_them(functions: Functions) -> None:
    functions.write('slack_webhook_url = "https://hooks.example.com/hidden-token"\nretry_base = 7')
    answer = functions.post()
    assert answer["statusCode"] == 500
    assert "retry_base" not in json.dumps(answer)
    assert "hidden-token" not in json.dumps(answer)


def test_a_lead_goes_through_both_functions_to_slack(functions: Functions) -> None:
    lead_id = functions.lead()
    assert functions.refine(*functions.messages()) == []
    (data,) = functions.messages(Step.NOTIFY)
    assert (data["lead_id"], data["channel"]) == (lead_id, "slack")
    assert functions.deliver(data) == []
    assert len(functions.slack.messages) == 1
    assert functions.actor.leads()[lead_id].status is Status.ALERTED
    assert functions.messages() + functions.messages(Step.NOTIFY) == []


def test_an_owner_named_by_a_sender_who_is_not_trusted_is_words_and_no_more(
    functions: Functions,
) -> None:
    answer = functions.post(b'{"email":"ada@example.com","owner":"victim@elsewhere.example"}')
    lead_id = answer["body"]["lead_id"]
    assert functions.refine(*functions.messages()) == []
    assert functions.deliver(*functions.messages(Step.NOTIFY)) == []
    (document,) = functions.actor.store.documents([lead_id]).values()
    details = json.loads(document)["lead_details"]
    assert (details["owner"], details["owner_claimed"]) == (None, "victim@elsewhere.example")
    (data,) = functions.slack.messages
    assert "Owner: Unassigned" in data["text"]
    assert "Owner named by the sender: victim@elsewhere.example" in json.dumps(data["blocks"])


def test_messages_that_are_no_use_come_again_and_touch_no_other(functions: Functions) -> None:
    lead_id = functions.lead()
    unknown = message(id_at(now()))
    strange = [
        "no JSON", "7", "{}", {"lead_id": 7}, message("no uuid"), message(lead_id, "slack"), "",
    ]  # fmt: skip
    ids = functions.refine(*strange, unknown, message(lead_id))
    assert ids == [f"m{i}" for i in range(len(strange) + 1)]
    assert functions.actor.leads()[lead_id].status is Status.REFINED
    assert len(functions.messages()) == 1, "the one of its capture: of no use is no bell"


def test_two_messages_of_one_task_do_it_once_and_both_end(functions: Functions) -> None:
    lead_id = functions.lead()
    assert functions.refine(message(lead_id), message(lead_id)) == []
    told = functions.messages(Step.NOTIFY)
    assert len(told) == 1
    assert functions.deliver(*told, *told) == []
    assert functions.refine(message(lead_id)) == [], "a task that is over needs no message"
    assert functions.deliver(*told) == []
    assert len(functions.slack.messages) == 1


def test_a_wait_beyond_what_sqs_can_travels_in_several_messages(functions: Functions) -> None:
    lead_id = functions.lead()
    functions.messages()
    task = Task(Step.REFINE, lead_id)
    functions.actor.store.put([task], now() + timedelta(seconds=2_000))
    sent = functions.watch_sends()
    assert functions.refine(message(lead_id)) == []
    assert [one["DelaySeconds"] for one in sent] == [900]
    functions.actor.store.put([task], now() + timedelta(seconds=300))
    sent.clear()
    assert functions.refine(message(lead_id)) == []
    (delay,) = [one["DelaySeconds"] for one in sent]
    assert 295 <= delay <= 300


def test_a_task_that_another_holds_is_looked_at_when_its_lease_is_over(
    functions: Functions,
) -> None:
    lead_id = functions.lead()
    functions.actor.handed(Task(Step.REFINE, lead_id)).lease(Step.REFINE, 1, timedelta(seconds=120))
    sent = functions.watch_sends()
    assert functions.refine(message(lead_id)) == []
    (delay,) = [one["DelaySeconds"] for one in sent]
    assert 110 <= delay <= 120
    assert functions.actor.leads()[lead_id].summary is None


def test_what_there_is_no_time_for_is_given_back(functions: Functions) -> None:
    leads = [functions.lead(f"lead{n}") for n in range(7)]
    batch = [message(lead_id) for lead_id in leads]
    ids = functions.refine(*batch, left_ms=15_000, tick=3_000)
    known = functions.actor.leads()
    left = [f"m{i}" for i, lead_id in enumerate(leads) if known[lead_id].summary is None]
    assert ids == left
    assert 0 < len(ids) < 7
    assert all(lead.task is None or not lead.task.leased for lead in known.values())
    assert functions.refine(*batch, left_ms=7_000) == left, "there was no time at all"
    assert {*functions.refine(*batch, left_ms=1_000)} >= {*left}, "not even to ask"


def test_a_wake_up_that_cannot_be_sent_leaves_its_message_on_the_queue(
    functions: Functions,
) -> None:
    lead_id = functions.lead()
    functions.actor.store.put([Task(Step.REFINE, lead_id)], now() + timedelta(seconds=300))
    functions.fallible().broken = "sqs"
    assert functions.refine(message(lead_id)) == ["m0"]


def test_slack_that_fails_is_asked_again_by_another_message(functions: Functions) -> None:
    lead_id = functions.lead()
    functions.refine(message(lead_id))
    functions.messages(Step.NOTIFY)
    functions.slack.behave = lambda _: Reply(429, b"slow", {"retry-after": "77"})
    sent = functions.watch_sends()
    assert functions.deliver(message(lead_id, "slack")) == []
    (delay,) = [one["DelaySeconds"] for one in sent]
    assert 75 <= delay <= 77
    assert functions.slack.posts == 1
    sent.clear()
    assert functions.deliver(message(lead_id, "slack")) == [], "the channel is held"
    assert functions.slack.posts == 1
    assert [one["DelaySeconds"] for one in sent] != [0]


def test_a_dead_letter_is_in_the_queue_of_dead_letters_too(functions: Functions) -> None:
    answer = functions.post(b'{"nothing":"known"}')
    lead_id = answer["body"]["lead_id"]
    assert functions.refine(message(lead_id)) == []
    assert functions.actor.leads()[lead_id].status is Status.DEAD
    (data,) = functions.actor.rooms.messages(functions.actor.rooms.dead_urls[Step.REFINE])
    assert (data["lead_id"], data["reason"]) == (lead_id, "lead.not_understood")


def test_a_lead_that_lambda_ends_its_function_for_holds_up_nobody_and_ends_as_a_dead_letter(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TimedOut(BaseException):
        """Lambda has ended the function."""

    whole = Generic.fields

    def caught_in(source: Generic, raw: bytes) -> LeadFields:
        if b"poison" in raw:
            raise TimedOut
        return whole(source, raw)

    monkeypatch.setattr(Generic, "fields", caught_in)
    functions.set(lease='"1s"')
    poison = functions.lead("poison")
    early = functions.lead("early")
    batch = [message(poison), message(early)]
    with pytest.raises(TimedOut):
        functions.refine(*batch)
    late = functions.lead("late")
    for attempt in range(2):
        time.sleep(1.1)
        with pytest.raises(TimedOut):
            functions.refine(*batch, message(late))
        # Whoever is new comes first, and whoever was there with it goes on at the latest next time.
        known = functions.actor.leads()
        assert known[late].status is Status.REFINED
        assert attempt == 0 or known[early].status is Status.REFINED
    time.sleep(1.1)
    assert functions.refine(*batch) == []
    assert functions.actor.leads()[poison].status is Status.DEAD
    (data,) = functions.actor.rooms.messages(functions.actor.rooms.dead_urls[Step.REFINE])
    assert (data["lead_id"], data["reason"]) == (poison, "refine.never_finished")


@pytest.mark.parametrize("broken", ["GET", "PUT"])
def test_an_outage_of_the_archive_makes_no_dead_letters(functions: Functions, broken: str) -> None:
    leads = [functions.lead(f"lead{n}") for n in range(3)]
    functions.messages()
    caller = functions.fallible()
    caller.broken = f"s3 {broken}"
    for _ in range(3):
        caller.sent.clear()
        with pytest.raises(StorageFailed):
            functions.refine(*(message(lead_id) for lead_id in leads))
        assert [one["DelaySeconds"] for one in caller.sent] == [60] * 3
        for lead in functions.actor.leads().values():
            assert lead.task is not None
            assert (lead.task.failures, lead.task.leased) == (0, False)
        functions.actor.store.put([Task(Step.REFINE, lead_id) for lead_id in leads], now())
    caller.broken = ""
    assert functions.refine(*(message(lead_id) for lead_id in leads)) == []
    assert all(lead.summary is not None for lead in functions.actor.leads().values())


def test_an_outage_of_the_archive_makes_no_alert_fail(functions: Functions) -> None:
    lead_id = functions.lead()
    functions.refine(message(lead_id))
    functions.fallible().broken = "s3 GET"
    with pytest.raises(StorageFailed):
        functions.deliver(message(lead_id, "slack"))
    (item,) = [i for i in functions.actor.table.scan() if i["sk"].startswith("notify#")]
    task = further_of(item).task
    assert (task.failures, task.leased, task.error) == (0, False, "storage.failed")
    assert functions.slack.posts == 0


def test_an_alert_that_was_told_and_could_not_be_recorded_waits_for_its_lease(
    functions: Functions,
) -> None:
    lead_id = functions.lead()
    functions.refine(message(lead_id))
    caller = functions.fallible()
    functions.slack.behave = lambda _: setattr(caller, "broken", "dynamodb POST")
    with pytest.raises(StorageFailed):
        functions.deliver(message(lead_id, "slack"))
    caller.broken = ""
    (item,) = [i for i in functions.actor.table.scan() if i["sk"].startswith("notify#")]
    assert further_of(item).task.leased
    assert functions.deliver(message(lead_id, "slack")) == []
    assert functions.slack.posts == 1


KINDS = ["due", "later", "done", "unknown", "garbage", "held"]


@how(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(KINDS), max_size=10),
    st.sampled_from([60_000, 9_500, 1_000]),
    st.sampled_from([0, 700]),
)
def test_only_messages_of_the_batch_are_ever_given_back(
    functions: Functions, kinds: list[str], left_ms: int, tick: int
) -> None:
    ids = functions.leads_of_every_kind()
    bodies: list[object] = [
        "garbage" if kind == "garbage" else message(ids[kind]) for kind in kinds
    ]
    back = functions.refine(*bodies, left_ms=left_ms, tick=tick)
    must = {f"m{i}" for i, kind in enumerate(kinds) if kind in ("garbage", "unknown")}
    assert must <= {*back}
    never = {f"m{i}" for i, kind in enumerate(kinds) if kind in ("done", "later")}
    assert left_ms == 1_000 or not never & {*back}
    as_alerts = functions.deliver(*bodies, left_ms=min(left_ms, 10_000), tick=tick)
    assert len(as_alerts) == len(bodies), "messages of another kind are no use here"


@pytest.mark.parametrize("label", ["idna", "unicode_escape", "undefined"])
def test_a_charset_that_is_none_of_the_webs_is_a_problem_of_the_lead(
    functions: Functions, label: str
) -> None:
    headers = {
        "Content-Type": f"application/x-www-form-urlencoded; charset={label}",
        "X-Webhook-Secret": SECRET,
    }
    body = b"email=zoe@example.com&name=Zo%%EB+Ng&x=%%5Cud800&_charset_=%s" % label.encode()
    answer = functions.post(body, headers=headers)
    assert answer["statusCode"] == 200
    lead_id = answer["body"]["lead_id"]
    assert functions.refine(message(lead_id)) == []
    document = json.loads(functions.actor.store.documents([lead_id])[lead_id])
    assert document["problems"] == ["charset.unknown"]
    assert document["contact"]["name"] == "Zoë Ng"
