"""What LinkedIn alone has: forms that name the questions, and versions."""

from collections.abc import Iterator

import msgspec
import pytest

from leadline.ports.crm import CrmChange, CrmRecord, NotYet
from leadline.ports.messenger import Refused
from tests.standins.crm_api import START, Asked, Lead, Told
from tests.vendors.linkedin.standin import LinkedInStandIn
from tests.vendors.reading import read_all


@pytest.fixture
def linkedin() -> Iterator[LinkedInStandIn]:
    with LinkedInStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


def test_nothing_is_written_to_a_form() -> None:
    with LinkedInStandIn() as stand_in:
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
