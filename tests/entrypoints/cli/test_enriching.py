"""`leadline enrich`, what `show` and `access` say of what was looked up, and how it is undone."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from leadline import wiring
from leadline.entrypoints.embedded.watching import metrics
from leadline.journey.enriching.figures import provider_figures
from leadline.journey.refinement.refining import refine_due
from leadline.settings.loading import load
from tests.entrypoints.cli.test_erase import accept as accepted
from tests.entrypoints.cli.test_erase import done, run
from tests.standins.enrichment_services import KEY, EnrichmentServices
from tests.worlds.leads import HandClock

ADA = {"name": "Ada Vance", "email": "ada@example.com"}
SETTINGS = """
lease = "600s"

[enrichment]
wait = "60s"

[enrich.apollo]
timeout = "60s"
url = "{url}/api/v1/organizations/enrich?domain={{domain}}"
headers = {{ X-Api-Key = "{{key}}" }}
key = "{key}"
cost = 0.25
per_day = 0.5

[enrich.apollo.map]
company = "organization.name"
size = "organization.estimated_num_employees"
"""


@pytest.fixture
def services() -> Iterator[EnrichmentServices]:
    with EnrichmentServices("example.com") as running:
        yield running


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: EnrichmentServices) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    text = SETTINGS.format(url=services.endpoint, key=KEY)
    (tmp_path / "leadline.toml").write_text(text, encoding="utf-8")
    return tmp_path


def accept(*people: dict[str, str]) -> str:
    """These people's leads, refined; the id of the first."""
    return accepted(Path(), HandClock(datetime.now(UTC) - timedelta(hours=3)), *people)[0]


def refine() -> None:
    settings = load().settings
    with closing(wiring.store(settings)) as store:
        while refine_due(wiring.kit_of(settings, store, {})):
            pass


def test_a_try_shows_the_request_without_the_key_and_what_the_mapping_gives(
    services: EnrichmentServices,
) -> None:
    told = done("enrich", "try", "apollo", "example.com")
    url = f"{services.endpoint}/api/v1/organizations/enrich?domain=example.com"
    assert f"request: GET {url}" in told
    assert KEY not in told
    assert "Northwind Traders" in told
    assert services.asked[0].headers["x-api-key"] == KEY
    found = json.loads(done("enrich", "try", "apollo", "bo@example.org", "--json"))
    assert found["answer"] == {"result": "nothing found"}
    refused = run("enrich", "try", "apollo", "example.com")
    assert "per_day (0.5) is spent today" in str(refused.exception)
    assert len(services.asked) == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nobody", "example.com"), "there are: apollo"),
        (("apollo", "+493090182010"), "asks about domain"),
    ],
)
def test_a_try_that_could_not_work_says_why(words: tuple[str, str], why: str) -> None:
    refused = run("enrich", "try", *words)
    assert why in str(refused.exception)


def test_the_report_has_hits_and_costs_of_each_provider() -> None:
    (before,) = json.loads(done("enrich", "report", "--json"))
    assert (before["asked"], before["hit_rate"]) == (0, None)
    bo, cy = {"name": "Bo Lund", "email": "bo@example.com"}, {"email": "cy@example.org"}
    accept(ADA, bo, cy)
    (after,) = json.loads(done("enrich", "report", "--since", "1d", "--json"))
    counts = {name: after[name] for name in ("asked", "hits", "cached", "cost", "hit_rate")}
    assert counts == {"asked": 2, "hits": 1, "cached": 1, "cost": 0.5, "hit_rate": 0.5}
    assert "50%" in done("enrich", "report")


def test_where_a_value_comes_from_is_shown_and_who_was_told_is_said(
    services: EnrichmentServices,
) -> None:
    lead = accept(ADA)
    shown = done("show", lead)
    assert "looked up: apollo" in shown
    assert "enriched.size" in shown
    assert "company: — → 'Northwind Traders'  (enrich.apollo)" in shown
    held = done("access", "--email", "ada@example.com", "--json")
    assert "the service apollo (told: domain)" in held
    assert services.asked[0].query == {"domain": "example.com"}


def test_a_cleared_field_stays_empty_and_a_provider_that_is_gone_takes_its_values_along(
    folder: Path,
) -> None:
    lead = accept(ADA)
    other = run("correct", lead, "--title", "Buyer", "--json").output
    assert "Northwind" not in other  # nothing becomes of what was looked up
    done("correct", lead, "--company", "", "--yes")
    refine()
    assert _refined(lead)["contact"]["company"] is None
    assert _refined(lead)["enrichment"]["values"]["size"]["value"] == 130
    (folder / "leadline.toml").write_text("", encoding="utf-8")
    done("replay", lead, "--from", "refine", "--yes")
    refine()
    assert not _refined(lead)["enrichment"].get("values")
    assert "the service apollo" in done("access", "--email", "ada@example.com", "--json")


def test_doctor_says_what_a_service_is_told(folder: Path) -> None:
    assert "apollo (is told: domain)" in run("doctor").stdout
    text = (folder / "leadline.toml").read_text(encoding="utf-8")
    (folder / "leadline.toml").write_text(text.replace("per_day = 0.5", ""), encoding="utf-8")
    assert "needs `per_day`" in run("doctor").stdout


def _refined(lead: str) -> Any:
    shown = json.loads(done("show", lead, "--json"))
    return shown["refined"]


def test_metrics_have_what_a_provider_knew_and_cost() -> None:
    accept(ADA)
    settings = load().settings
    with closing(wiring.store(settings)) as store, closing(wiring.ledger(settings)) as ledger:
        figures = provider_figures(store, settings.enrich, datetime.now(UTC))
        text = metrics.render(ledger, CollectorRegistry(), settings, figures).decode()
    assert 'leadline_lookups_total{provider="apollo",result="hit"} 1.0' in text
    assert 'leadline_lookup_cost_total{provider="apollo"} 0.25' in text
