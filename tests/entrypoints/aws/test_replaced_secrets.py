"""A secret that was replaced is in use at the first refusal of the old one, before the settings
would be looked at again."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from leadline import wiring
from leadline.entrypoints.aws.parts import FRESH
from leadline.kit import Connected
from leadline.model.lead import Status
from leadline.model.task import Step
from leadline.ports.messenger import Refused
from leadline.settings.top.general import Settings
from tests.standins.scripted_server import ScriptedServer, answer
from tests.worlds.aws_functions import Functions

NEW = "another-secret"


def reads(functions: Functions, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What the functions ask of the parameter from now on: whether it is to be decrypted."""
    asked: list[bool] = []
    caller = functions.parts.caller
    real = caller.json

    def watched(service: str, target: str, body: dict[str, object], version: str = "1.0") -> bytes:
        if service == "ssm":
            asked.append(bool(body["WithDecryption"]))
        return real(service, target, body, version)

    monkeypatch.setattr(caller, "json", watched)
    return asked


def signed_by(secret: str) -> dict[str, Any]:
    return {"headers": {"Content-Type": "application/json", "X-Webhook-Secret": secret}}


def test_a_signature_by_the_new_secret_is_right_at_once(functions: Functions) -> None:
    assert functions.post()["statusCode"] == 200
    signed: dict[str, Any] = {
        "headers": {"Content-Type": "application/json", "X-Webhook-Secret": NEW}
    }
    functions.write(functions.settings_text().replace("form-and-function", NEW))
    assert functions.post(b'{"email":"bob@example.com"}', **signed)["statusCode"] == 200
    assert functions.post()["statusCode"] == 401, "the old secret is good no more"


def test_wrong_signatures_have_the_settings_looked_at_once_a_minute(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert functions.post()["statusCode"] == 200
    asked = reads(functions, monkeypatch)
    wrong: dict[str, Any] = {
        "headers": {"Content-Type": "application/json", "X-Webhook-Secret": "wrong"}
    }
    for _ in range(5):
        assert functions.post(**wrong)["statusCode"] == 401
    assert asked == [False], "nothing was decrypted, since nothing had changed"


def test_an_alert_that_the_old_webhook_of_slack_refuses_goes_to_the_new_one(
    functions: Functions,
) -> None:
    with ScriptedServer(answer("403 Forbidden", b"invalid_token", then="close")) as gone:
        text = functions.settings_text()
        old = f"{gone.endpoint}/services/T0/B0/gone"
        functions.write(text.replace(functions.slack.webhook_url, old))
        lead_id = functions.lead()
        assert functions.refine(*functions.messages()) == []
        (data,) = functions.messages(Step.NOTIFY)
        functions.write(text)
        assert functions.deliver(data) == []
        assert len(gone.requests) == 1
    assert len(functions.slack.messages) == 1
    assert functions.actor.leads()[lead_id].status is Status.ALERTED


def test_an_alert_that_slack_refuses_with_the_same_settings_is_not_sent_again(
    functions: Functions,
) -> None:
    with ScriptedServer(answer("403 Forbidden", b"invalid_token", then="close")) as gone:
        old = f"{gone.endpoint}/services/T0/B0/gone"
        functions.write(functions.settings_text().replace(functions.slack.webhook_url, old))
        lead_id = functions.lead()
        assert functions.refine(*functions.messages()) == []
        assert functions.deliver(*functions.messages(Step.NOTIFY)) == []
        assert len(gone.requests) == 1
    assert functions.actor.leads()[lead_id].status is Status.DEAD


class TwoCrms:
    """Stands for `wiring.crms`: a CRM with the old secret, which denies access, and the new."""

    batch, knows_owners = 10, True

    def __init__(self, answer: object) -> None:
        self.answer, self.asked = answer, 0

    def read(self, records: object) -> object:
        self.asked += 1
        return self.answer


def test_a_crm_that_denies_access_is_asked_once_more_with_the_new_secret() -> None:
    from leadline.entrypoints.aws.renewing import RenewingCrms
    from leadline.settings.connected.crm import CrmConfig

    config = CrmConfig()
    old, new = TwoCrms(Refused("crm.unauthorized", "401")), TwoCrms({})
    changes = [{"hubspot": Connected(new, config)}, None]  # type: ignore[arg-type]
    crms = RenewingCrms({"hubspot": Connected(old, config)}, lambda: changes.pop(0))  # type: ignore[arg-type]
    assert crms["hubspot"].crm.read(["1"]) == {}
    assert crms["hubspot"].crm.read(["1"]) == {}
    assert (old.asked, new.asked) == (1, 2)
    new.answer = Refused("crm.unauthorized", "401")
    assert crms["hubspot"].crm.read(["1"]) == new.answer, "nothing else is known"
    assert new.asked == 3


def test_a_new_secret_of_a_crm_is_in_use_at_once_also_after_other_settings_have_changed(
    functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crms(settings: Settings) -> Mapping[str, Connected]:
        config = settings.crm["hubspot"]
        is_new = config.token == NEW  # type: ignore[attr-defined]
        crm = TwoCrms({} if is_new else Refused("crm.unauthorized", "401"))
        return {"hubspot": Connected(crm, config)}  # type: ignore[arg-type]

    monkeypatch.setattr(wiring, "crms", crms)
    real, later = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + sum(later))
    parts = functions.parts
    for rate in (1000, 999):
        text = functions.settings_text().replace("= 1000", f"= {rate}")
        functions.write(f'{text}[crm.hubspot]\ntoken = "old"\n')
        later.append(FRESH.total_seconds() + 1)
        settings = parts.settings()
        assert settings.slack_per_second == rate
        hubspot = parts.crms(settings, 5)["hubspot"].crm
    functions.write(f'{text}[crm.hubspot]\ntoken = "{NEW}"\n')
    assert hubspot.read(["1"]) == {}
