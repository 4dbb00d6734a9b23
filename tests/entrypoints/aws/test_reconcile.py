"""Leads whose webhooks never came are found on AWS by the sweep, in turn."""

from collections.abc import Iterator
from typing import Any

import pytest

from leadline.entrypoints.aws import capture, deliver, refine, sweep
from leadline.model.task import Step
from leadline.standins.slack_inbox import SlackInbox
from tests.standins.aws_faults import world
from tests.standins.crm_api import CrmLead
from tests.vendors.tryton.standin import TrytonStandIn
from tests.worlds.aws_functions import Context, Functions, now


@pytest.fixture
def crm() -> Iterator[TrytonStandIn]:
    with TrytonStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def functions(
    moto: str, quiet: None, crm: TrytonStandIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Functions]:
    with SlackInbox() as slack, world(moto, now, 1) as (actor,):
        made = Functions(actor, slack)
        set_crm(made, crm)
        for module in (capture, refine, deliver, sweep):
            monkeypatch.setattr(module, "_parts", lambda: made.parts)
        yield made
        made.parts.caller.close()


def set_crm(functions: Functions, crm: TrytonStandIn, token: str = "") -> None:
    said = f'"{functions.slack.webhook_url}"\nreconcile_every = "15m"\nslack_per_second = 1000'
    config = crm.config(token)
    functions.write(
        f"slack_webhook_url = {said}\n"
        f'[crm.tryton]\nurl = "{config.url}"\ndatabase = "acme"\nuser = "bot"\n'
        f'token = "{config.token}"\n[crm.tryton.write]\nlead_id = "reference"\n'
    )


def swept(**context: int) -> dict[str, Any]:
    return sweep.handler({}, Context(**context))


def test_a_lost_lead_goes_all_its_way(functions: Functions, crm: TrytonStandIn) -> None:
    crm.put(CrmLead(created=now(), owned=True))
    swept(left_ms=120_000)
    (data,) = functions.messages()
    lead_id = data["lead_id"]
    assert {*functions.actor.raws()} == {lead_id}
    assert functions.refine(data) == []
    rung = functions.messages(Step.NOTIFY)
    assert sorted(one.get("step", "notify") for one in rung) == ["notify", "write_back"]
    assert functions.deliver(*rung) == []
    assert crm.leads[1]["reference"] == lead_id
    (said,) = functions.slack.messages
    assert "Ada Vance" in str(said)
    swept(left_ms=120_000)
    assert functions.messages() == [], "the next look is not due"


def test_where_time_is_short_nothing_is_begun(functions: Functions, crm: TrytonStandIn) -> None:
    crm.put(CrmLead(created=now()))
    swept(left_ms=20_000)
    assert (functions.messages(), crm.requests) == ([], [])


def test_a_crm_that_fails_keeps_no_sweep_from_its_work(
    functions: Functions, crm: TrytonStandIn
) -> None:
    lead_id = functions.lead()
    functions.messages()
    set_crm(functions, crm, "no-key-of-ours")
    functions.forget(functions.environ)
    event = {"grace_s": 0, "overdue_s": -1}
    assert sweep.handler(event, Context(120_000))["rung"] == 1
    assert [one["lead_id"] for one in functions.messages()] == [lead_id]
    functions.write('reconcile_every = "1m"\n[crm.tryton]\nurl = "https://crm.example.com"\n')
    functions.forget(functions.environ)
    assert sweep.handler(event, Context(120_000))["rung"] == 1
