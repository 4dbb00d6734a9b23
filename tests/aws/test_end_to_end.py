"""Leadline on AWS, whole: deployed by its own command on the emulator, used as senders use it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
import urllib3

from leadline.standins.samples import DEMO_SOURCES, samples
from leadline.standins.slack_inbox import Reply, SlackInbox
from tests.aws.deployment import Deployment
from tests.standins.emulator import Emulator
from tests.standins.hurried_schedules import hurried
from tests.worlds.scores import small_model

pytestmark = pytest.mark.aws

SCORES = """
[score]
model = "{model}"
[score.points.company]
when = "company matches ^anal"
points = -5
say = "is known already"
"""
"""Scores by a model and by a pattern, both of which the package has to carry."""

PUBLIC = "https://leads.example.com"
PATIENCE_S = 180.0
"""Longer than a lease: an update of a function ends its runs on the emulator (AWS lets them
finish), and what they had leased is due again when the lease ends."""


def settings_text(slack: SlackInbox, **more: str) -> str:
    """The stack's leadline.toml: Slack's stand-in, and the secret of every source."""
    lines = [
        f'public_url = "{PUBLIC}"',
        f'slack_webhook_url = "{slack.webhook_url}"',
        "slack_per_second = 5",
        'region = "US"',
        *(f"{name} = {value}" for name, value in more.items()),
    ]
    for name, config in DEMO_SOURCES.items():
        lines += [f"[sources.{name}]", f"secret = {json.dumps(list(config.secret))}"]
        if config.honeypot:
            lines.append(f'honeypot = "{config.honeypot}"')
        if config.organization:
            lines.append(f"organization = {json.dumps(list(config.organization))}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module", params=["queues", "schedules"])
def stack(
    emulator: Emulator,
    slack: SlackInbox,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Deployment]:
    emulator.reset()
    folder = tmp_path_factory.mktemp("stack")
    (folder / "model.json").write_bytes(small_model())
    made = Deployment(
        emulator,
        folder,
        stack="leads",
        parameters={
            "Clock": request.param,
            "Delay": "2s",
            "RefineTimeout": "10",
            "SweepSchedule": "rate(1 day)",
        },
        settings=settings_text(slack) + SCORES.format(model=folder / "model.json"),
    )
    with ticking(made):
        yield made


def ticking(stack: Deployment) -> AbstractContextManager[None]:
    """What lets the schedules of a stack run without waiting for the full minute."""
    group = stack.outputs.get("ScheduleGroup")
    return hurried(stack.emulator, stack.stack, group) if group else nullcontext()


def post(stack: Deployment, path: str, body: bytes, **headers: str) -> urllib3.BaseHTTPResponse:
    url = stack.url.removesuffix("/webhook") + path
    return urllib3.request("POST", url, body=body, headers=headers, timeout=30, retries=False)


def send(stack: Deployment, **lead: Any) -> str:
    """Deliver a lead to the generic source with its secret; returns the lead's id."""
    (secret,) = DEMO_SOURCES["generic"].secret
    answer = post(
        stack, "/webhook", json.dumps(lead).encode(), **JSON, authorization=f"Bearer {secret}"
    )
    assert answer.status == 200, answer.data
    lead_id: str = json.loads(answer.data)["lead_id"]
    return lead_id


JSON = {"content-type": "application/json"}


def eventually(what: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.3)


def told(slack: SlackInbox) -> list[str]:
    """The ids of the leads that alerts spoke of, in order."""
    payloads = [m["metadata"]["event_payload"] for m in slack.messages]
    return [lead["lead_id"] for p in payloads for lead in p.get("leads", [p])]


def keys_of(stack: Deployment, prefix: str) -> list[str]:
    pages = stack.client("s3").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=stack.outputs["BucketName"], Prefix=prefix)
    return [one["Key"] for page in found for one in page.get("Contents", [])]


def document(stack: Deployment, kind: str, lead_id: str) -> dict[str, Any]:
    (key,) = [k for k in keys_of(stack, kind) if lead_id in k]
    body = stack.client("s3").get_object(Bucket=stack.outputs["BucketName"], Key=key)["Body"]
    found: dict[str, Any] = json.loads(body.read())
    return found


def test_a_lead_goes_all_the_way(stack: Deployment, slack: SlackInbox) -> None:
    lead_id = send(stack, name="Ada Verne", email="Ada@Example.com", company="Analytical")
    raw = document(stack, "raw/", lead_id)
    assert (raw["status"], raw["raw_data"]["name"]) == ("captured", "Ada Verne")
    assert lead_id not in told(slack)
    eventually(lambda: lead_id in told(slack))
    refined = document(stack, "refined/", lead_id)
    assert (refined["status"], refined["contact"]["company"]) == ("refined", "Analytical")
    assert refined["metadata"]["original_data"] == raw["raw_data"]
    score = refined["score"]
    assert (score["value"], score["by"], score["hot"]) == (90, "small 1", True)
    assert score["reasons"][1]["value"] == "is known already"


def test_the_deliveries_of_every_source_are_answered_as_they_should_be(
    stack: Deployment, slack: SlackInbox
) -> None:
    wrong: list[str] = []
    captured = 0
    for sample in samples(7, datetime.now(UTC), PUBLIC):
        answer = post(stack, sample.path, sample.body, **sample.headers)
        if answer.status != sample.status:
            wrong.append(f"{sample.source} {sample.about}: {answer.status} {answer.data!r}")
        captured += (sample.expect == "captured") * sample.leads
    assert wrong == []
    eventually(lambda: len(set(told(slack))) >= captured // 2, 90)
    assert len(told(slack)) == len(set(told(slack)))


def test_a_redelivery_is_the_same_lead_and_one_alert(stack: Deployment, slack: SlackInbox) -> None:
    lead = {"name": "Bo Twice", "email": "bo@example.org", "n": 1}
    first, second = send(stack, **lead), send(stack, **lead)
    assert first == second
    eventually(lambda: first in told(slack))
    assert send(stack, **lead) == first
    time.sleep(4)
    assert told(slack).count(first) == 1


def test_slack_asking_for_a_pause_gets_it_and_the_alert_comes_later(
    stack: Deployment, slack: SlackInbox
) -> None:
    start = slack.posts
    slack.behave = lambda n: Reply(429, b"", {"retry-after": "3"}) if n == start else None
    lead_id = send(stack, name="Cy Later", email="cy@example.org")
    eventually(lambda: lead_id in told(slack))
    assert told(slack).count(lead_id) == 1
    assert slack.times[start + 1] - slack.times[start] > 2.9
