"""What Meta alone has: errors of the Graph API, and forms of many pages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from leadline.ports.crm import CrmChange, CrmRecord, Page
from leadline.ports.messenger import Busy, Refused, Unreachable
from tests.standins.crm_api import START, CrmLead, CrmRequest, CrmResponse
from tests.vendors.meta.standin import MetaStandIn
from tests.vendors.reading import read_all


@pytest.fixture
def meta() -> Iterator[MetaStandIn]:
    with MetaStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def failing(code: int, status: int = 400, **more: Any) -> type[MetaStandIn]:
    class Failing(MetaStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            return CrmResponse(status, {"error": {"code": code, "message": "no", **more}})

    return Failing


def test_fifty_leads_are_one_request(meta: MetaStandIn) -> None:
    names = [meta.put(CrmLead()) for _ in range(50)]
    assert all(isinstance(one, CrmRecord) for one in read_all(meta, names).values())
    assert len(meta.requests) == 1


def test_questions_stand_where_the_settings_say(meta: MetaStandIn) -> None:
    name = meta.put(CrmLead())
    meta.leads[name]["field_data"].append({"name": "car_make", "values": ["a red one"]})
    record = read_all(meta, [name], read={"message": "car_make"})[name]
    assert record.fields.message == "a red one"
    assert record.owner is None


def test_a_call_proves_the_app_where_its_secret_is_set(meta: MetaStandIn) -> None:
    read_all(meta, [meta.put(CrmLead())], client_secret="app-secret")
    assert len(meta.requests[0].one("appsecret_proof")) == 64
    assert "app-secret" not in repr(meta.requests)


def test_the_pause_is_what_meta_says(meta: MetaStandIn) -> None:
    response = meta.busy(CrmRequest("GET", "/", {}, {}, b""))

    class Throttling(MetaStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            return response

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
        records = vendor.crm().read(["1", "2"])
        assert isinstance(records, Refused)
        assert records.reason == reason
        assert len(vendor.requests) == 1


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80005])
def test_too_many_calls_are_busy_for_some_minutes(code: int) -> None:
    with failing(code)() as vendor:
        records = vendor.crm().read(["1"])
        assert isinstance(records, Busy)
        assert records.after == timedelta(minutes=5)


@pytest.mark.parametrize(("code", "more"), [(1, {}), (2, {}), (99, {"is_transient": True})])
def test_a_fault_of_metas_own_is_unreachable(code: int, more: dict[str, Any]) -> None:
    with failing(code, **more)() as vendor:
        assert vendor.crm().read(["1"]) == Unreachable(f"crm.error_{code}")


def test_a_lead_of_another_page_is_forbidden_by_itself(meta: MetaStandIn) -> None:
    class Partly(MetaStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            if "666" in request.path or "666" in request.one("ids"):
                words = "(#200) The page has not given you its leads"
                return CrmResponse(403, {"error": {"code": 200, "message": words}})
            return super().answer(request)

    with Partly() as vendor:
        name = vendor.put(CrmLead())
        body = read_all(vendor, ["666", name])
        assert body["666"].reason == "crm.forbidden"
        assert isinstance(body[name], CrmRecord)


def test_leads_of_all_forms_and_weeks_come_in_order(meta: MetaStandIn) -> None:
    days = [0, 1, 6, 8, 30, 31, 90]
    names = [meta.put(CrmLead(created=START + timedelta(days=day))) for day in days]
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


def test_nothing_is_written_to_a_form() -> None:
    with MetaStandIn() as stand_in:
        results = stand_in.crm().write([CrmChange("1", {"status": "called"})])
        assert isinstance(results, dict)
        assert isinstance(results["1"], Refused)
        assert stand_in.requests == []
