"""What LinkedIn alone has: forms that name the questions, and versions."""

from collections.abc import Iterator

import msgspec
import pytest

from leadline.ports.crm import CrmChange, CrmRecord, NotYet
from leadline.ports.messenger import Refused
from tests.standins.crm_api import START, CrmLead, CrmRequest, CrmResponse
from tests.vendors.linkedin.standin import LinkedInStandIn
from tests.vendors.reading import read_all


@pytest.fixture
def linkedin() -> Iterator[LinkedInStandIn]:
    with LinkedInStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def test_nothing_is_written_to_a_form() -> None:
    with LinkedInStandIn() as stand_in:
        results = stand_in.crm().write([CrmChange("1", {"status": "called"})])
        assert isinstance(results, dict)
        assert isinstance(results["1"], Refused)
        assert stand_in.requests == []


def test_a_form_is_asked_for_once(linkedin: LinkedInStandIn) -> None:
    names = [linkedin.put(CrmLead()) for _ in range(9)]
    crm = linkedin.crm()
    for _ in range(2):
        records = crm.read(names)
        assert isinstance(records, dict)
        assert all(isinstance(one, CrmRecord) for one in records.values())
    assert len(linkedin.asked("GET", "leadForms/")) == 1


def test_a_form_that_may_not_be_read_leaves_the_answers() -> None:
    class Closed(LinkedInStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            if "leadForms" in request.path:
                return CrmResponse(403, {"status": 403, "message": "Not enough permissions"})
            return super().answer(request)

    with Closed() as vendor:
        name = vendor.put(CrmLead())
        record = read_all(vendor, [name])[name]
        assert record.fields.email == "grace.hale@example.com"
        assert record.fields.custom["answer.5"] == "Hale Instruments"


def test_a_version_that_linkedin_serves_no_longer_is_told_in_its_words() -> None:
    class Sunset(LinkedInStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            words = "Requested version 20240101 is not active"
            return CrmResponse(
                426, {"status": 426, "code": "NONEXISTENT_VERSION", "message": words}
            )

    with Sunset() as vendor:
        records = vendor.crm().read(["1-4"])
        assert isinstance(records, Refused)
        assert records.reason == "crm.http_426"
        assert "is not active" in records.words


def test_a_response_that_is_forbidden_spoils_no_other() -> None:
    class Partly(LinkedInStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            response = super().answer(request)
            if isinstance(response.body, dict) and "errors" in response.body:
                response.body["errors"]["99-4"] = {"status": 403, "message": "not yours"}
            return response

    with Partly() as vendor:
        name = vendor.put(CrmLead())
        body = read_all(vendor, ["99-4", "98-4", name])
        assert body["99-4"] == Refused("crm.forbidden", "not yours")
        assert body["98-4"] == NotYet()
        assert isinstance(body[name], CrmRecord)


def test_a_token_is_got_by_oauth(linkedin: LinkedInStandIn) -> None:
    class Giving(LinkedInStandIn):
        def answer(self, request: CrmRequest) -> CrmResponse:
            if request.path == "/rest/accessToken":
                assert request.form["refresh_token"] == "made-up"
                return CrmResponse(body={"access_token": self.secret, "expires_in": 60})
            return super().answer(request)

    with Giving() as vendor:
        name = vendor.put(CrmLead())
        oauth = {"client_id": "c", "client_secret": "s", "refresh_token": "made-up"}
        assert isinstance(read_all(vendor, [name], token="", **oauth)[name], CrmRecord)


def test_since_wants_an_account(linkedin: LinkedInStandIn) -> None:
    for user in ("", "somebody", "urn:li:person:7"):
        config = msgspec.structs.replace(linkedin.config(), user=user)
        page = linkedin.crm(config).since(START)
        assert isinstance(page, Refused)
        assert page.reason == "crm.no_account"
    assert linkedin.requests == []
