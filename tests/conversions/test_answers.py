"""What ad networks answer: for all requests, for now, or for single events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadline.conversions.calling import texts_in
from leadline.conversions.registry import make_ad_network
from leadline.model.errors import ConfigurationError
from leadline.model.facts.attribution import Attribution
from leadline.model.facts.conversions import Stage
from leadline.ports.ad_network import AdNetwork, Conversion, KnownBy, Received, Rejected
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.outcomes import OutcomesConfig
from tests.standins.ad_networks import TOKEN, AdNetworkServer
from tests.worlds.ad_office import config_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA = KnownBy(NOW, email="ada@example.com")
Replies = list[tuple[int, dict[str, Any], dict[str, str]]]


@pytest.fixture
def server() -> Iterator[AdNetworkServer]:
    with AdNetworkServer(NOW) as made:
        yield made


def network_of(kind: str, server: AdNetworkServer, **more: Any) -> AdNetwork:
    return make_ad_network("ads", config_of(kind, server.url, **more))


def conversion(n: int = 0, name: str = "11", **more: Any) -> Conversion:
    usual: dict[str, Any] = {"at": NOW, "who": ADA}
    return Conversion(f"lead{n}", Stage.LEAD, name, f"event{n}", **{**usual, **more})


def of_meta(code: int, message: str = "no", **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "fbtrace_id": "t", **more}}


def of_google(*reasons: str, field: str = "") -> dict[str, Any]:
    violations = [{"field": field, "reason": one} for one in reasons]
    details = [{"@type": "BadRequest", "fieldViolations": violations}] if field else [
        {"@type": "ErrorInfo", "reason": one} for one in reasons
    ]  # fmt: skip
    return {"error": {"code": 400, "message": "a problem", "details": details}}


@pytest.mark.parametrize(
    ("kind", "status", "body", "meant"),
    [
        ("meta", 400, of_meta(190, f"Malformed access token {TOKEN}"), "meta.unauthorized"),
        ("meta", 400, of_meta(4), Busy),
        ("meta", 400, of_meta(1), Unreachable),
        ("meta", 400, of_meta(99, is_transient=True), Unreachable),
        ("meta", 403, of_meta(200), "meta.forbidden"),
        ("meta", 400, of_meta(100), "meta.rejected"),
        ("meta", 200, {"events_received": 0}, Unreachable),
        ("meta", 502, {}, Unreachable),
        ("google", 403, of_google("PERMISSION_DENIED"), "google.forbidden"),
        ("google", 400, of_google("INVALID_CONVERSION_ACTION_ID"), "google.account"),
        ("google", 400, of_google("INVALID_FORMAT", field="events[0].x"), "google.rejected"),
        ("google", 429, {}, Busy),
        ("linkedin", 401, {"message": "expired"}, "linkedin.unauthorized"),
        ("linkedin", 426, {"message": "version is not active"}, "linkedin.forbidden"),
        ("linkedin", 400, {"message": "bad"}, "linkedin.rejected"),
        ("linkedin", 200, {"elements": []}, Unreachable),
        ("linkedin", 200, {"elements": [{"status": 500}]}, Unreachable),
    ],
)
def test_an_error_means_everything_or_now_or_these_events(
    server: AdNetworkServer, kind: str, status: int, body: dict[str, Any], meant: str | type
) -> None:
    replies: Replies = [(status, body, {})] * (2 if status == 401 else 1)
    server.replies = replies
    answer = network_of(kind, server).send([conversion()])
    if isinstance(meant, str):
        assert isinstance(answer, Refused | Rejected)
        assert answer.reason == meant
        assert TOKEN not in answer.words
    else:
        assert isinstance(answer, meant)


@pytest.mark.parametrize("kind", ["meta", "google", "linkedin"])
@pytest.mark.parametrize("status", [400, 403])
def test_words_of_a_network_never_repeat_by_what_it_knows_people(
    server: AdNetworkServer, kind: str, status: int
) -> None:
    click = Attribution(gclid="Cj0KClick", fbc="fb.1.2.Click", li_fat_id="li-Click")
    who = KnownBy(NOW, email="ada@example.com", network_lead="123456789012345", attribution=click)
    network = network_of(kind, server)
    network.send([conversion(who=who)])
    sent = [*texts_in(server.requests[0])]
    told = [one for one in sent if "Click" in one or len(one) == 64]
    assert len(told) == 2
    server.replies = [(status, {"error": {"message": f"no such {' or '.join(told)}"}}, {})]
    answer = network.send([conversion(who=who)])
    assert isinstance(answer, Refused | Rejected)
    assert answer.words.startswith("no such … or …")


def test_google_names_the_events_that_are_wrong(server: AdNetworkServer) -> None:
    server.bad = {"13"}
    answer = network_of("google", server).send([conversion(), conversion(1, "13"), conversion(2)])
    assert isinstance(answer, Rejected)
    assert answer.places == (1,)
    assert "INVALID_EVENT" in answer.words


def test_linkedin_answers_event_by_event(server: AdNetworkServer) -> None:
    server.bad = {"13"}
    answer = network_of("linkedin", server).send([conversion(), conversion(1, "13")])
    assert isinstance(answer, list)
    assert isinstance(answer[0], Received)
    assert answer[1] == Refused("linkedin.http_400", "Invalid conversion")


def test_an_access_token_of_google_is_fetched_once_and_again_when_it_is_refused(
    server: AdNetworkServer,
) -> None:
    network = network_of("google", server)
    for n in range(2):
        assert isinstance(network.send([conversion(n)]), list)
    assert server.tokens_given == 1
    server.replies = [(401, {}, {})]
    assert isinstance(network.send([conversion(2)]), list)
    assert server.tokens_given == 2


def test_tests_of_a_network_have_no_effect(server: AdNetworkServer) -> None:
    meta = network_of("meta", server, test_event_code="TEST1")
    google = network_of("google", server)
    for network in (meta, google):
        assert network.can_test
        assert isinstance(network.send([conversion()], test=True), list)
    assert (len(server.tests), server.taken) == (2, {})
    assert server.requests[0]["test_event_code"] == "TEST1"
    assert server.requests[1]["validateOnly"] is True
    assert not network_of("meta", server).can_test
    assert isinstance(network_of("linkedin", server).send([conversion()], test=True), Refused)


def test_values_are_sent_in_the_form_of_each_network(server: AdNetworkServer) -> None:
    worth = conversion(value=1234.5, currency="EUR")
    for kind in ("meta", "google", "linkedin"):
        assert isinstance(network_of(kind, server).send([worth]), list)
    meta, google, linkedin = server.requests
    assert meta["data"][0]["custom_data"]["value"] == 1234.5
    assert (google["events"][0]["conversionValue"], google["events"][0]["currency"]) == (
        1234.5, "EUR",
    )  # fmt: skip
    assert linkedin["elements"][0]["conversionValue"] == {
        "currencyCode": "EUR", "amount": "1234.50",
    }  # fmt: skip


def test_a_click_of_meta_is_made_into_the_form_of_its_cookie(server: AdNetworkServer) -> None:
    who = KnownBy(NOW, attribution=Attribution(fbclid="IwAR", fbp="fb.1.1.2"))
    network = network_of("meta", server)
    assert network.identifiers(who) == ("fbc", "fbp")
    network.send([conversion(who=who)])
    assert server.requests[0]["data"][0]["user_data"] == {
        "fbc": f"fb.1.{int(NOW.timestamp())}000.IwAR", "fbp": "fb.1.1.2",
    }  # fmt: skip


def test_a_cookie_of_meta_alone_says_nobody(server: AdNetworkServer) -> None:
    who = KnownBy(NOW, network_lead="not a number", attribution=Attribution(fbp="fb.1.1.2"))
    assert network_of("meta", server).identifiers(who) == ()


def test_linkedin_gets_its_list_of_ids_though_it_is_empty(server: AdNetworkServer) -> None:
    network_of("linkedin", server).send([conversion(who=KnownBy(NOW, network_lead="r-5"))])
    assert server.requests[0]["elements"][0]["user"] == {
        "userIds": [], "lead": "urn:li:leadGenFormResponse:r-5",
    }  # fmt: skip
    assert server.headers[0]["linkedin-version"].isdecimal()


@pytest.mark.parametrize("kind", ["meta", "google", "linkedin"])
def test_a_network_that_does_not_answer_is_unreachable(kind: str, server: AdNetworkServer) -> None:
    more = {"token_url": "http://127.0.0.1:9/token"} if kind == "google" else {}
    config = config_of(kind, "http://127.0.0.1:9", timeout=timedelta(seconds=5), **more)
    answer = make_ad_network("ads", config).send([conversion()])
    assert isinstance(answer, Unreachable)
    assert answer.words.startswith(f"{kind}.")


def test_a_network_without_a_kind_or_stages_is_refused(server: AdNetworkServer) -> None:
    with pytest.raises(ConfigurationError, match=r"\[outcomes.ads\] lacks kind"):
        make_ad_network("ads", OutcomesConfig(consent="ads", stages={"lead": "Lead"}))
    with pytest.raises(ConfigurationError, match="lacks stages"):
        network_of("meta", server, stages={})
