"""What Meta and LinkedIn alone have: errors of the Graph API, and forms that name the questions."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.ports.crm import CrmChange, CrmRecord, NotYet, Page
from leadline.ports.messenger import Busy, Refused, Unreachable
from tests.standins.crm_api import START, Asked, Lead, StandIn, Told
from tests.vendors.lead_forms import LinkedInStandIn, MetaStandIn


@pytest.fixture
def meta() -> Iterator[MetaStandIn]:
    with MetaStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


@pytest.fixture
def linkedin() -> Iterator[LinkedInStandIn]:
    with LinkedInStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def read_all(vendor: StandIn, names: list[str], **settings: object) -> dict[str, Any]:
    told = vendor.crm(msgspec.structs.replace(vendor.config(), **settings)).read(names)
    assert isinstance(told, dict)
    return told


def failing(code: int, status: int = 400, **more: Any) -> type[MetaStandIn]:
    class Failing(MetaStandIn):
        def answer(self, asked: Asked) -> Told:
            return Told(status, {"error": {"code": code, "message": "no", **more}})

    return Failing


def test_fifty_leads_are_one_request(meta: MetaStandIn) -> None:
    names = [meta.put(Lead()) for _ in range(50)]
    assert all(isinstance(one, CrmRecord) for one in read_all(meta, names).values())
    assert len(meta.requests) == 1


def test_questions_stand_where_the_settings_say(meta: MetaStandIn) -> None:
    name = meta.put(Lead())
    meta.leads[name]["field_data"].append({"name": "car_make", "values": ["a red one"]})
    record = read_all(meta, [name], read={"message": "car_make"})[name]
    assert record.fields.message == "a red one"
    assert record.owner is None


def test_a_call_proves_the_app_where_its_secret_is_set(meta: MetaStandIn) -> None:
    read_all(meta, [meta.put(Lead())], client_secret="app-secret")
    assert len(meta.requests[0].one("appsecret_proof")) == 64
    assert "app-secret" not in repr(meta.requests)


def test_the_pause_is_what_meta_says(meta: MetaStandIn) -> None:
    told = meta.busy(Asked("GET", "/", {}, {}, b""))

    class Throttling(MetaStandIn):
        def answer(self, asked: Asked) -> Told:
            return told

    with Throttling() as throttling:
        answer = throttling.crm().read(["1"])
    assert isinstance(answer, Busy)
    assert answer.after == timedelta(minutes=7)


@pytest.mark.parametrize(
    ("code", "reason"),
    [(190, "crm.unauthorized"), (102, "crm.unauthorized")],
)
def test_a_bad_token_refuses_everything(code: int, reason: str) -> None:
    with failing(code)() as vendor:
        told = vendor.crm().read(["1", "2"])
        assert isinstance(told, Refused)
        assert told.reason == reason
        assert len(vendor.requests) == 1


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80005])
def test_too_many_calls_are_busy_for_some_minutes(code: int) -> None:
    with failing(code)() as vendor:
        told = vendor.crm().read(["1"])
        assert isinstance(told, Busy)
        assert told.after == timedelta(minutes=5)


@pytest.mark.parametrize(("code", "more"), [(1, {}), (2, {}), (99, {"is_transient": True})])
def test_a_fault_of_metas_own_is_unreachable(code: int, more: dict[str, Any]) -> None:
    with failing(code, **more)() as vendor:
        assert vendor.crm().read(["1"]) == Unreachable(f"crm.error_{code}")


def test_a_lead_of_another_page_is_forbidden_by_itself(meta: MetaStandIn) -> None:
    class Partly(MetaStandIn):
        def answer(self, asked: Asked) -> Told:
            if "666" in asked.path or "666" in asked.one("ids"):
                words = "(#200) The page has not given you its leads"
                return Told(403, {"error": {"code": 200, "message": words}})
            return super().answer(asked)

    with Partly() as vendor:
        name = vendor.put(Lead())
        told = read_all(vendor, ["666", name])
        assert told["666"].reason == "crm.forbidden"
        assert isinstance(told[name], CrmRecord)


def test_leads_of_all_forms_and_weeks_come_in_order(meta: MetaStandIn) -> None:
    days = [0, 1, 6, 8, 30, 31, 90]
    names = [meta.put(Lead(created=START + timedelta(days=day))) for day in days]
    crm, after, found = meta.crm(), "", list[str]()
    for _ in range(12):
        page = crm.since(START, after)
        assert isinstance(page, Page)
        found += [one.record for one in page.found]
        after = page.after
        if not after:
            break
    assert found == names
    assert after == ""


@pytest.mark.parametrize("vendor", [MetaStandIn, LinkedInStandIn])
def test_nothing_is_written_to_a_form(vendor: type[StandIn]) -> None:
    with vendor() as stand_in:
        told = stand_in.crm().write([CrmChange("1", {"status": "called"})])
        assert isinstance(told, dict)
        assert isinstance(told["1"], Refused)
        assert stand_in.requests == []


def test_a_form_is_asked_for_once(linkedin: LinkedInStandIn) -> None:
    names = [linkedin.put(Lead()) for _ in range(9)]
    crm = linkedin.crm()
    for _ in range(2):
        told = crm.read(names)
        assert isinstance(told, dict)
        assert all(isinstance(one, CrmRecord) for one in told.values())
    assert len(linkedin.asked("GET", "leadForms/")) == 1


def test_a_form_that_may_not_be_read_leaves_the_answers() -> None:
    class Closed(LinkedInStandIn):
        def answer(self, asked: Asked) -> Told:
            if "leadForms" in asked.path:
                return Told(403, {"status": 403, "message": "Not enough permissions"})
            return super().answer(asked)

    with Closed() as vendor:
        name = vendor.put(Lead())
        record = read_all(vendor, [name])[name]
        assert record.fields.email == "grace.hale@example.com"
        assert record.fields.custom["answer.5"] == "Hale Instruments"


def test_a_version_that_linkedin_serves_no_longer_is_told_in_its_words() -> None:
    class Sunset(LinkedInStandIn):
        def answer(self, asked: Asked) -> Told:
            words = "Requested version 20240101 is not active"
            return Told(426, {"status": 426, "code": "NONEXISTENT_VERSION", "message": words})

    with Sunset() as vendor:
        told = vendor.crm().read(["1-4"])
        assert isinstance(told, Refused)
        assert told.reason == "crm.http_426"
        assert "is not active" in told.words


def test_a_response_that_is_forbidden_spoils_no_other() -> None:
    class Partly(LinkedInStandIn):
        def answer(self, asked: Asked) -> Told:
            told = super().answer(asked)
            if isinstance(told.body, dict) and "errors" in told.body:
                told.body["errors"]["99-4"] = {"status": 403, "message": "not yours"}
            return told

    with Partly() as vendor:
        name = vendor.put(Lead())
        told = read_all(vendor, ["99-4", "98-4", name])
        assert told["99-4"] == Refused("crm.forbidden", "not yours")
        assert told["98-4"] == NotYet()
        assert isinstance(told[name], CrmRecord)


def test_a_token_is_got_by_oauth(linkedin: LinkedInStandIn) -> None:
    class Giving(LinkedInStandIn):
        def answer(self, asked: Asked) -> Told:
            if asked.path == "/rest/accessToken":
                assert asked.form["refresh_token"] == "made-up"
                return Told(body={"access_token": self.secret, "expires_in": 60})
            return super().answer(asked)

    with Giving() as vendor:
        name = vendor.put(Lead())
        oauth = {"client_id": "c", "client_secret": "s", "refresh_token": "made-up"}
        assert isinstance(read_all(vendor, [name], token="", **oauth)[name], CrmRecord)


def test_since_wants_an_account(linkedin: LinkedInStandIn) -> None:
    for user in ("", "somebody", "urn:li:person:7"):
        config = msgspec.structs.replace(linkedin.config(), user=user)
        told = linkedin.crm(config).since(START)
        assert isinstance(told, Refused)
        assert told.reason == "crm.no_account"
    assert linkedin.requests == []
