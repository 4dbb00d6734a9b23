"""What was looked up, on the pages LEAD and HEALTH."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline import wiring
from leadline.installations.embedded import Embedded
from leadline.journey.refinement.refining import refine_due
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.entrypoints.dashboard.test_health import text_of as health_of
from tests.entrypoints.dashboard.test_lead import text_of
from tests.worlds.dashboard_leads import office
from tests.worlds.leads import HandClock, captured


def test_pages_say_where_a_value_comes_from_and_what_its_provider_knew(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = office(tmp_path, clock)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LEADLINE_ENRICH__DOMAIN__KIND", "domain")
    loaded = load(folder=tmp_path)
    lead = captured(clock, "new", delay=timedelta(), raw=b'{"email":"ada@north-wind.example"}')
    lead = msgspec.structs.replace(lead, source="generic")
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        store.accept([lead])
        refine_due(wiring.kit_of(loaded.settings, store, {}, clock))
    made.ids["new"] = lead.id
    made.installation = Embedded(loaded, print)
    shown = text_of(made, "new")
    assert "North Wind looked up: domain, " in shown
    assert "40 % sure" in shown
    health = health_of(made)
    assert "domain 1 1 0 0.00 0.00 working" in health.partition("Looked up, last 30 days")[2]
