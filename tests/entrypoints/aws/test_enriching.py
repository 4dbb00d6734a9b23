"""Refine looks facts up as the settings of the stack say; an alert goes without those who are late,
and the lead is completed later."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.cloud.packages.carried import FACTS, carried_files
from leadline.enrichment import csv_file
from leadline.journey.enriching.books import Day, books
from leadline.model.task import Step
from tests.standins.enrichment_services import KEY, EnrichmentServices
from tests.worlds.aws_functions import Functions, message

SETTINGS = """
[enrichment]
wait = "20s"

[enrich.apollo]
url = "{url}/api/v1/organizations/enrich?domain={{domain}}"
headers = {{ X-Api-Key = "{{key}}" }}
key = "{key}"
timeout = "20s"
cost = 0.25
per_day = 5

[enrich.apollo.map]
size = "organization.estimated_num_employees"
"""


@pytest.fixture
def services() -> Iterator[EnrichmentServices]:
    with EnrichmentServices("example.com") as running:
        yield running


def _spent(functions: Functions) -> Day:
    """What was spent on the one day of the test, which may be over by now."""
    book = books(functions.actor.store, {"apollo": None})["apollo"]
    (spent,) = book.days.values() or (Day(),)
    return spent


def test_refine_asks_the_service_of_the_settings_and_notes_what_it_cost(
    functions: Functions, services: EnrichmentServices
) -> None:
    more = SETTINGS.format(url=services.endpoint, key=KEY)
    functions.write(functions.settings_text() + more)
    first, second = functions.lead("ada"), functions.lead("bo")
    assert functions.refine(message(first), message(second)) == []
    for lead in functions.actor.store.refined([first, second]).values():
        assert lead.enrichment is not None
        assert lead.enrichment.values["size"].value == 130
    assert len(services.asked) == 1
    assert _spent(functions) == Day(asked=1, hits=1, cached=1, spent=250_000)


def test_a_lead_whose_service_is_down_is_told_and_asked_about_again(
    functions: Functions, services: EnrichmentServices
) -> None:
    more = SETTINGS.format(url=services.endpoint, key=KEY)
    functions.write(functions.settings_text() + more)
    services.mood = 503
    lead_id = functions.lead()
    assert functions.refine(message(lead_id)) == []
    store = functions.actor.store
    lead = store.refined([lead_id])[lead_id]
    assert lead.enrichment is not None
    assert (lead.enrichment.values, lead.enrichment.due) == ({}, ("apollo",))
    assert store.count_due(Step.NOTIFY, "slack") == 1
    assert store.next_due(Step.REFINE) is not None
    assert _spent(functions) == Day(asked=1, trouble=1)


def test_refine_looks_into_the_file_that_its_package_carries(
    functions: Functions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, accounts = tmp_path / "leadline.toml", tmp_path / "accounts.csv"
    accounts.write_text("domain,tier\nexample.com,gold\n")
    settings.write_text(f'[enrich.csv]\nfile = "{accounts.as_posix()}"\n')
    package = tmp_path / csv_file.CARRIED.name
    package.mkdir()
    for place, content in carried_files(settings).items():
        (package / place.removeprefix(FACTS)).write_bytes(content)
    accounts.unlink()  # functions run on another machine
    monkeypatch.setattr(csv_file, "CARRIED", package)
    functions.write(functions.settings_text() + settings.read_text())
    lead_id = functions.lead()
    assert functions.refine(message(lead_id)) == []
    lead = functions.actor.store.refined([lead_id])[lead_id]
    assert lead.enrichment is not None
    assert lead.enrichment.values["tier"].value == "gold"
