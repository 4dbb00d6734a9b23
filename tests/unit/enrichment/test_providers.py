"""What providers of this machine say, and what settings of services are refused."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.enrichment.answers import confidence_in, kept_value, mapped
from leadline.enrichment.domain import guessed_name
from leadline.enrichment.http_service import HttpProvider
from leadline.enrichment.phone import call_time
from leadline.enrichment.registry import LateProviders, make_provider, make_providers
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.net.reply import HttpReply
from leadline.ports.enriching import (
    Answer,
    FactProvider,
    FactsFound,
    NothingFound,
    NotNow,
    NoUse,
)
from leadline.settings.connected.enrich import (
    CsvEnrichConfig,
    HttpEnrichConfig,
    LocalEnrichConfig,
)
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.team.people import Team

WINTER = datetime(2026, 1, 15, 10, tzinfo=UTC)
LEAD = RefinedLead("018f", WINTER, WINTER, "refined", Contact(country="DE"), LeadDetails(), "json")


def provider(name: str, config: Any) -> FactProvider:
    return make_provider(name, config, lambda: WINTER, {}, Team())


def said_by(name: str, config: Any, **query: str) -> dict[str, Any]:
    answer = provider(name, config).ask(query, 0)
    return dict(answer.values) if isinstance(answer, FactsFound) else {}


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("north-wind.example", "North Wind"), ("ibm.example", "IBM"), ("acme.co.uk", "Acme"),
        ("mail.north-wind.com.au", "North Wind"), ("xn--bcher-kva.example", ""), ("example", ""),
    ],
)  # fmt: skip
def test_a_domain_says_what_its_company_may_be_called(domain: str, name: str) -> None:
    assert guessed_name(domain) == name


def test_a_domain_says_the_website() -> None:
    found = provider("domain", LocalEnrichConfig()).ask({"domain": "north-wind.example"}, 0)
    assert found == FactsFound(
        {"website": "https://north-wind.example", "company": "North Wind"}, 0.4
    )


NUMBERS = (
    ("one zone", "+493090182010",
     {"country": "DE", "line_type": "fixed line", "time_zone": "Europe/Berlin",
      "call_time": "08:00-17:00 UTC"}),
    ("a country whose numbers name a neighbour's zone", "+37061234567",
     {"country": "LT", "line_type": "mobile", "time_zone": "Europe/Vilnius",
      "call_time": "07:00-16:00 UTC"}),
    ("a number of no country", "+80012345678", {"line_type": "toll-free"}),
)  # fmt: skip


@pytest.mark.parametrize(("what", "phone", "said"), NUMBERS, ids=[one[0] for one in NUMBERS])
def test_a_number_says_where_and_when_it_rings(what: str, phone: str, said: dict[str, str]) -> None:
    assert said_by("phone", LocalEnrichConfig(), phone=phone) == said, what


def test_a_number_of_a_country_with_several_zones_is_called_when_it_is_day_in_all() -> None:
    said = said_by("phone", LocalEnrichConfig(), phone="+77012345678")
    assert said["country"] == "KZ"
    zones = said["time_zone"].split(", ")
    assert {"Asia/Almaty", "Asia/Aqtobe"} <= set(zones)
    assert call_time(("America/New_York", "America/Los_Angeles"), WINTER) == "17:00-23:00 UTC"
    assert call_time(("Asia/Kamchatka", "Europe/Kaliningrad"), WINTER) == "ask first"


@pytest.mark.parametrize("phone", ["+49", "030 901820", "+491"])
def test_what_is_no_number_says_nothing(phone: str) -> None:
    assert provider("phone", LocalEnrichConfig()).ask({"phone": phone}, 0) == NothingFound()


def test_a_file_is_asked_by_domain_and_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("Domain;Tier;Key Account\nexample.com;gold;yes\n", encoding="utf-8")
    one = provider("csv", CsvEnrichConfig(file=str(file)))
    assert one.gives == {"tier", "key_account"}
    assert one.ask({"domain": "Example.com"}, 0) == FactsFound(
        {"tier": "gold", "key_account": "yes"}
    )
    assert one.ask({"domain": "example.org"}, 0) == NothingFound()
    file.write_text("domain,tier\nexample.org,silver\n", encoding="utf-8")
    os.utime(file, (1, 1))
    assert one.ask({"domain": "example.org"}, 0) == FactsFound({"tier": "silver"})
    file.write_bytes(b"\xff\xfe\x00")
    assert one.ask({"domain": "example.org"}, 0) == FactsFound({"tier": "silver"})


def test_a_file_that_is_of_no_use_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    with pytest.raises(ConfigurationError, match="can't be read"):
        provider("csv", CsvEnrichConfig(file=str(file)))
    file.write_text("tier\ngold\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no column 'domain'"):
        provider("csv", CsvEnrichConfig(file=str(file)))


GOOD: dict[str, Any] = {"url": "https://api.example.com/?d={domain}", "map": {"size": "size"}}
WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("needs `url` and a table", {"map": {}}),
    ("needs `per_day`", {"cost": 0.1}),
    ("no name for a field", {"map": {"Total Size": "size"}}),
    ("`headers` only", {"url": "https://api.example.com/?d={domain}&k={key}"}),
    ("{Domain} is no field", {"url": "https://api.example.com/{Domain}?d={domain}"}),
    ("asks about no field", {"url": "https://api.example.com/"}),
    ("`key` is not set", {"headers": {"x-api-key": "{key}"}}),
    ("only `{key}` may stand there", {"headers": {"x-mail": "{email}"}}),
    ("no JSON", {"method": "post", "body": "{domain"}),
    ("line 1", {"when": ("company is large",)}),
    ("a list in a file", {"when": ("email domain in banks.csv",)}),
)


@pytest.mark.parametrize(("words", "more"), WRONG, ids=[one[0] for one in WRONG])
def test_settings_that_could_not_work_are_refused(words: str, more: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=None) as told:
        provider("one", HttpEnrichConfig(**{**GOOD, **more}))
    assert words in told.value.detail


@pytest.mark.parametrize(
    "url", ["http://api.example.com/{domain}", "https://{domain}/x", "ftp://example.com/", "x"]
)
def test_only_https_is_spoken_and_the_host_is_no_leads_choice(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="https://"):
        load(document=(f'[enrich.one]\nurl = "{url}"\n', "test"), environ={}, folder=tmp_path)


def test_a_provider_may_ask_about_what_one_before_it_gives_and_no_other_field() -> None:
    later = HttpEnrichConfig(**{**GOOD, "url": "https://api.example.com/{size}"})
    first = HttpEnrichConfig(**GOOD)
    faults: dict[str, str] = {}
    assert [*make_providers(Settings(enrich={"a": first, "b": later}), faults)] == ["a", "b"]
    assert [*make_providers(Settings(enrich={"b": later}), faults)] == []
    assert "'size'" in faults["b"]


def test_a_provider_with_wrong_settings_is_left_out_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wrong = HttpEnrichConfig(url="https://api.example.com/")
    found = LateProviders(Settings(enrich={"wrong": wrong, "phone": LocalEnrichConfig()}), _now)
    assert len(found) == 2
    assert [*found] == ["phone"]
    assert len(found) == 1
    assert "enrich.wrong_settings" in caplog.text


def _now() -> datetime:
    return WINTER


def test_conditions_decide_who_is_asked_about() -> None:
    one = provider("one", HttpEnrichConfig(**GOOD, when=("country = DE",)))
    assert one.fits(LEAD)
    assert not one.fits(msgspec.structs.replace(LEAD, contact=Contact(country="FR")))


def test_fields_are_escaped_in_a_url_and_in_a_body() -> None:
    from leadline.enrichment.http_service import HttpProvider

    config = HttpEnrichConfig(
        url="https://api.example.com/{company}?m={email}",
        method="post",
        body='{"name": "{company}"}',
        headers={"X-Api-Key": "{key}"},
        key="abc",
        map={"size": "size"},
    )
    made = provider("one", config)
    assert isinstance(made, HttpProvider)
    sent = made.request_of({"company": 'A/"B" & C?', "email": "a+b@example.com"})
    assert sent.url == "https://api.example.com/A%2F%22B%22%20%26%20C%3F?m=a%2Bb%40example.com"
    assert sent.body == b'{"name": "A/\\"B\\" & C?"}'
    assert sent.headers["x-api-key"] == "abc"


def test_values_are_texts_numbers_and_lists_of_texts_of_bounded_length() -> None:
    answer = {
        "a": {"b": [{"c": " x\u200b y "}]}, "n": 5, "no": False, "list": ["p", "q", 3],
        "long": "z" * 5000, "object": {}, "null": None, "inf": 1e300,
    }  # fmt: skip
    places = {
        "deep": "a.b.0.c", "pointer": "/a/b/0/c", "n": "n", "no": "no", "list": "list",
        "long": "long", "object": "object", "null": "null", "inf": "inf", "gone": "x.y",
    }  # fmt: skip
    found = mapped(answer, places)
    assert len(str(found.pop("long"))) == 300
    assert found == {"deep": "x y", "pointer": "x y", "n": 5, "no": False, "list": "p, q"}
    assert kept_value("   ") is None


@pytest.mark.parametrize(
    ("said", "sure"),
    [(0.7, 0.7), (1, 1.0), (6, 0.6), (80, 0.8), (-1, None), ("high", None), (True, None)],
)
def test_confidence_counts_to_one_ten_or_a_hundred(said: Any, sure: float | None) -> None:
    assert confidence_in({"c": said}, {"confidence": "c"}) == sure


def test_a_table_named_like_a_kind_is_of_that_kind(tmp_path: Path) -> None:
    text = "[enrich.phone]\nconfidence = 0.9\n[enrichment]\nwait = '500ms'\n"
    settings = load(document=(text, "test"), environ={}, folder=tmp_path).settings
    assert isinstance(settings.enrich["phone"], LocalEnrichConfig)
    assert settings.enrichment_wait == timedelta(milliseconds=500)


def test_a_value_that_would_name_another_path_is_not_sent() -> None:
    config = HttpEnrichConfig(url="https://api.example.com/v1/{company}", map={"size": "size"})
    for value in ("..", ".", "\ud800"):
        assert provider("one", config).ask({"company": value}, 1) == NoUse(
            "query.unsafe", told=False
        )


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, b'{"organization": null, "people": []}', NothingFound()),
        (200, b'{"name": "Northwind"}', NothingFound(charged=True)),
        (206, b"", NoUse("http.206", charged=True)),
        (302, b"", NoUse("http.302")),
        (500, b"", NotNow("http.500", charged=True)),
        (503, b"", NotNow("http.503")),
    ],
)
def test_an_answer_that_a_service_may_charge_for_counts(
    status: int, body: bytes, answer: Answer
) -> None:
    config = HttpEnrichConfig(**GOOD)
    one = provider("one", config)
    assert isinstance(one, HttpProvider)
    assert one.read(HttpReply(status, {}, body, True)) == answer


def test_values_of_a_file_are_kept_as_those_of_a_service(tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(
        f'domain,note,long\nexample.com,"two\x0blines\u2028here",{"x" * 900}\n', encoding="utf-8"
    )
    one = provider("csv", CsvEnrichConfig(file=str(file)))
    answer = one.ask({"domain": "example.com"}, 0)
    assert isinstance(answer, FactsFound)
    assert answer.values["note"] == "two lines here"
    assert len(str(answer.values["long"])) <= 300


def test_a_spoilt_file_is_not_read_for_every_lead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("domain,tier\nexample.com,gold\n", encoding="utf-8")
    one = provider("csv", CsvEnrichConfig(file=str(file)))
    file.write_bytes(b"\xff\xfe\x00")
    reads = []
    read = Path.read_text

    def counted(self: Path, encoding: str) -> str:
        reads.append(self)
        return read(self, encoding=encoding)

    monkeypatch.setattr(Path, "read_text", counted)
    for _ in range(3):
        assert one.ask({"domain": "example.com"}, 0) == FactsFound({"tier": "gold"})
    assert reads == [file]
