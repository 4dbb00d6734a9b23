"""The functions of a stack on AWS as plain calls, with real parts and settings of its own."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from leadline.entrypoints.aws import capture, deliver, refine
from leadline.entrypoints.aws.parts import Parts
from leadline.model.task import Step, Task
from leadline.standins.slack_inbox import SlackInbox
from tests.standins.aws_faults import Actor, FaultyCaller, id_at
from tests.worlds.aws_resources import REGION

SECRET = "form-and-function"


def now() -> datetime:
    return datetime.now(UTC)


class Context:
    """What Lambda tells of an invocation; each look at the clock takes *tick* off it."""

    aws_request_id = "request-1"

    def __init__(self, left_ms: int = 60_000, tick: int = 0) -> None:
        self._left, self._tick = left_ms, tick

    def get_remaining_time_in_millis(self) -> int:
        self._left -= self._tick
        return self._left


class Functions:
    """The functions of one stack, each new at its first call."""

    def __init__(self, actor: Actor, slack: SlackInbox) -> None:
        self.actor, self.slack = actor, slack
        self.parts = Parts(self.environ)

    @property
    def environ(self) -> dict[str, str]:
        resources = self.actor.rooms
        return {
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": resources.endpoint,
            "TABLE_NAME": resources.table.name,
            "S3_BUCKET": resources.bucket.name,
            "SQS_QUEUE_URL": resources.urls[Step.REFINE],
            "DELIVERY_QUEUE_URL": resources.urls[Step.NOTIFY],
            "REFINE_DLQ_URL": resources.dead_urls[Step.REFINE],
            "DELIVERY_DLQ_URL": resources.dead_urls[Step.NOTIFY],
            "SETTINGS_REFERENCE": f"ssm:/leadline/{resources.table.name}/settings",
            "LEADLINE_DELAY": "0s",
            "STACK_NAME": "test",
        }

    def forget(self, environ: Mapping[str, str]) -> None:
        """Let the functions be new, with this environment."""
        self.parts.caller.close()
        self.parts = Parts(environ)

    def watch_sends(self) -> list[dict[str, Any]]:
        """What the functions send to queues from now on."""
        sent = self.fallible().sent = []
        return sent

    def fallible(self) -> FaultyCaller:
        """The functions' calls, which from now on may be made to fail."""
        self.forget(self.environ)
        self.parts.settings()
        self.parts.caller.close()
        caller = self.parts.caller = self.actor.caller
        return caller

    def leads_of_every_kind(self) -> dict[str, str]:
        """New leads, by how they stand."""
        ids = {kind: self.lead(f"{kind}{time.time_ns()}") for kind in ("due", "done", "later")}
        ids["held"] = self.lead(f"held{time.time_ns()}")
        self.refine(message(ids["done"]))
        self.actor.store.put([Task(Step.REFINE, ids["later"])], now() + timedelta(hours=1))
        self.actor.handed(Task(Step.REFINE, ids["held"])).lease(
            Step.REFINE, 1, timedelta(seconds=60)
        )
        return ids | {"unknown": id_at(now())}

    def set(self, **more: str) -> None:
        """Write the stack's settings."""
        self.write(self.settings_text(**more))

    def settings_text(self, **more: str) -> str:
        """The stack's settings; the last are those of the source generic."""
        lines = [
            f'slack_webhook_url = "{self.slack.webhook_url}"',
            "slack_per_second = 1000",
            'public_url = "https://leads.example.com"',
            *(f"{name} = {value}" for name, value in more.items()),
            f'[sources.hubspot]\nsecret = ["{SECRET}"]',
            f'[sources.generic]\nsecret = ["{SECRET}"]\n',
        ]
        return "\n".join(lines)

    def write(self, text: str) -> None:
        """Write any text where the settings are."""
        name = f"/leadline/{self.actor.rooms.table.name}/settings"
        asked = {"Name": name, "Value": text, "Type": "SecureString", "Overwrite": True}
        self.actor.caller.json("ssm", "AmazonSSM.PutParameter", asked, "1.1")

    def post(
        self, body: bytes | None = b'{"email":"ada@example.com"}', **event: Any
    ) -> dict[str, Any]:
        """Deliver to the generic source; the answer with its body read."""
        answer = self.request(body, **event)
        return {**answer, "body": json.loads(answer["body"])}

    def request(self, body: bytes | None, **event: Any) -> dict[str, Any]:
        """Deliver to the generic source; the answer as the gateway gets it."""
        whole = {
            "httpMethod": "POST",
            "path": "/webhook",
            "headers": {"Content-Type": "application/json", "X-Webhook-Secret": SECRET},
            "body": body if body is None else body.decode(),
            "requestContext": {"domainName": "api.example.com", "path": "/prod/webhook"},
            **event,
        }
        answer: dict[str, Any] = capture.handler(whole, Context(30_000))
        assert answer["isBase64Encoded"] is False
        return answer

    def lead(self, name: str = "ada") -> str:
        """A lead that is due."""
        answer = self.post(b'{"email":"%s@example.com"}' % name.encode())
        assert answer["statusCode"] == 200
        lead_id: str = answer["body"]["lead_id"]
        return lead_id

    def messages(self, step: Step = Step.REFINE) -> list[dict[str, Any]]:
        """What the queue hands out now, for good."""
        queues, url = self.actor.queues, self.actor.rooms.urls[step]
        found = []
        while received := queues.receive(url):
            for body, handle in received:
                found.append(json.loads(body))
                queues.delete(url, handle)
        return found

    def refine(self, *bodies: object, **context: int) -> list[str]:
        """Hand these messages to Refine; those that are to come again, by their place."""
        return failed(refine.handler(batch(bodies), Context(**context)), len(bodies))

    def deliver(self, *bodies: object, **context: int) -> list[str]:
        """The same with Deliver."""
        context = {"left_ms": 10_000, **context}
        return failed(deliver.handler(batch(bodies), Context(**context)), len(bodies))


def batch(bodies: tuple[object, ...]) -> dict[str, Any]:
    """What SQS gives to Lambda."""
    texts = (body if isinstance(body, str) else json.dumps(body) for body in bodies)
    return {"Records": [{"messageId": f"m{i}", "body": text} for i, text in enumerate(texts)]}


def failed(answer: Mapping[str, Any], count: int) -> list[str]:
    """The ids in the answer; only ids of the batch may be there, each once."""
    ids = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert len({*ids}) == len(ids)
    assert {*ids} <= {f"m{i}" for i in range(count)}
    return ids


def message(lead_id: str, channel: str = "") -> dict[str, str]:
    told = {"lead_id": lead_id, "s3_key": "raw/2026/03/02/x.json", "timestamp": "now"}
    return {**told, "channel": channel} if channel else told
