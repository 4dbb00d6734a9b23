"""Functions tell ad networks by the same tasks, with the settings of the stack."""

import logging
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.entrypoints.aws import deliver, refine
from leadline.model.facts.consent import Consent
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.model.task import Done, Step, Task
from leadline.ports.store import Settlement
from leadline.privacy.hashes import key_of_text
from leadline.standins.slack_inbox import SlackInbox
from leadline.steps import kinds_after_refinement
from tests.standins.ad_networks import AdNetworkServer
from tests.standins.aws_faults import world
from tests.worlds.aws_functions import Functions, message, now
from tests.worlds.leads import HandClock, captured
from tests.worlds.timelines import lines_of

SETTINGS = """
[sources.generic.map]
"consent.ads" = "ads"
[outcomes.ads]
kind = "google"
automatic = "yes"
consent = "ads"
account = "123-456-7890"
client_id = "c"
client_secret = "s"
refresh_token = "r"
url = "{url}"
token_url = "{url}/token"
timeout = "2s"
per_second = 100
[outcomes.ads.stages]
lead = "11"
"""


@pytest.fixture
def network() -> Iterator[AdNetworkServer]:
    with AdNetworkServer(now() + timedelta(minutes=5)) as server:
        yield server


@pytest.fixture
def functions(
    moto: str, network: AdNetworkServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Functions]:
    """Refine and Deliver of a stack; what they do to logging is undone."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    handlers, level = root.handlers[:], root.level
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        made.write(made.settings_text() + SETTINGS.format(url=network.url))
        for module in (refine, deliver):
            monkeypatch.setattr(module, "_parts", lambda: made.parts)
        yield made
        made.parts.caller.close()
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)


@pytest.mark.parametrize(("ads", "told"), [("yes", ["lead"]), ("no", [])])
def test_a_lead_that_consents_is_told_of_by_deliver(
    functions: Functions, network: AdNetworkServer, ads: str, told: list[str]
) -> None:
    raw = msgspec.json.encode({"name": "Ada", "email": "ada@example.com", "ads": ads})
    lead = captured(HandClock(now() - timedelta(seconds=1)), delay=timedelta(), raw=raw)
    functions.actor.store.accept([lead])
    lead_id = lead.id
    assert functions.refine(message(lead_id)) == []
    bodies = [one for one in functions.messages(Step.PUSH) if one.get("step") == "push"]
    assert len(bodies) == len(told)
    if bodies:
        assert functions.deliver(*bodies, left_ms=60_000) == []
    handling = functions.actor.store.handling([lead_id]).get(lead_id)
    pushed = handling.pushed.get("ads", ()) if handling else ()
    assert [str(one.stage) for one in pushed] == told
    assert len(network.taken) == len(told)


def test_deliver_asks_for_consent_again_at_a_retry(
    functions: Functions, network: AdNetworkServer
) -> None:
    lead_id = refined_lead(functions)
    network.replies = [(503, {}, {})]
    bodies = pushes(functions)
    functions.deliver(*bodies, left_ms=60_000)
    store = functions.actor.store
    lead = store.refined([lead_id])[lead_id]
    store.put([Task(Step.REFINE, lead_id)], now())
    no = {"ads": Consent("no", "generic", now())}
    done = Done(refined=msgspec.structs.replace(lead, consent=no))
    (lease,) = store.lease(Step.REFINE, 9, timedelta(minutes=1))
    assert store.settle([Settlement(lease, done)]) == [True]
    store.put([Task(Step.PUSH, lead_id, "ads")], now())
    functions.deliver(*bodies, left_ms=60_000)
    assert len(network.requests) == 1
    assert any("push.withheld" in line for line in lines_of(store, lead_id))


def test_deliver_tells_nothing_while_it_cannot_read_the_suppression_list(
    functions: Functions, network: AdNetworkServer
) -> None:
    """The stack has a list, and its settings have no privacy key."""
    refined_lead(functions)
    key = key_of_text("a made-up key for tests")
    entry = Suppressed(key.hash_of("email:x@example.com"), SuppressedBy.EMAIL, key.id, now(), "x")
    functions.actor.store.suppress([entry])
    bodies = pushes(functions)
    assert bodies
    functions.deliver(*bodies, left_ms=60_000)
    assert not network.requests


def refined_lead(functions: Functions) -> str:
    """The id of a lead with consent that Refine is done with."""
    raw = msgspec.json.encode({"name": "Ada", "email": "ada@example.com", "ads": "yes"})
    lead = captured(HandClock(now() - timedelta(seconds=1)), delay=timedelta(), raw=raw)
    functions.actor.store.accept([lead])
    assert functions.refine(message(lead.id)) == []
    return lead.id


def pushes(functions: Functions) -> list[dict[str, Any]]:
    """The messages of tasks for ad networks."""
    return [one for one in functions.messages(Step.PUSH) if one.get("step") == "push"]


def test_the_sweep_knows_the_tasks_of_ad_networks(functions: Functions) -> None:
    assert (Step.PUSH, "ads") in kinds_after_refinement(functions.parts.settings())
