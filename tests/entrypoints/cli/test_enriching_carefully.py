"""What `leadline enrich try` must not tell: about whom, and with which keys."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.entrypoints.cli.test_erase import done, run
from tests.standins.enrichment_services import KEY, EnrichmentServices

SETTINGS = """
[enrich.own]
timeout = "60s"
url = "{url}/api/v1/organizations/enrich?domain={{domain}}"
headers = {{ X-Api-Key = "{key}" }}
[enrich.own.map]
size = "organization.estimated_num_employees"

[enrich.people]
timeout = "60s"
url = "{url}/people/{{company}}?mail={{email}}"
[enrich.people.map]
role = "role"
"""


@pytest.fixture
def services() -> Iterator[EnrichmentServices]:
    with EnrichmentServices("example.com") as running:
        yield running


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: EnrichmentServices) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    text = SETTINGS.format(url=services.endpoint, key=KEY)
    (tmp_path / "leadline.toml").write_text(text, encoding="utf-8")


def test_nobody_is_asked_about_somebody_on_the_suppression_list(
    services: EnrichmentServices,
) -> None:
    done("suppress", "add", "--email", "ada@example.com")
    refused = run("enrich", "try", "own", "Ada@Example.com")
    assert "suppression list" in str(refused.exception)
    assert services.asked == []


def test_a_mail_service_is_no_company_of_a_try(services: EnrichmentServices) -> None:
    refused = run("enrich", "try", "own", "ada.vance.example@gmail.com")
    assert "asks about domain" in str(refused.exception)
    assert services.asked == []


def test_a_key_that_is_written_in_a_header_itself_is_not_shown(
    services: EnrichmentServices,
) -> None:
    assert KEY not in done("enrich", "try", "own", "example.com")
    told = json.loads(done("enrich", "try", "own", "example.com", "--json"))
    assert KEY not in json.dumps(told)
    assert told["answer"]["values"] == {"size": 130}
    assert services.asked[0].headers["x-api-key"] == KEY
