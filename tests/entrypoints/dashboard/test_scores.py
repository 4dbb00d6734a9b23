"""What leads are worth, on the pages of the dashboard, in exports and for programs."""

import csv
import io
import json
import re
from html import unescape
from pathlib import Path

import msgspec
import pytest

from leadline.model.facts.score import ScoreReason
from leadline.model.staff.accounts import UserRole
from leadline.privacy.masking import masked_lead
from tests.entrypoints.dashboard.test_team import rows
from tests.worlds.leads import HandClock
from tests.worlds.questions import take_in
from tests.worlds.sales_floor import SalesFloor
from tests.worlds.scored_floor import SCORED, scored_floor


@pytest.fixture(params=["by the ledger", "by the index"])
def floor(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> SalesFloor:
    found = scored_floor(tmp_path, clock)
    if request.param == "by the index":
        take_in(tmp_path / "data", clock)
    return found


def text_of(floor: SalesFloor, path: str, role: UserRole = UserRole.OPERATOR) -> str:
    shown = floor.browser(role).get(path)
    assert shown.status == 200
    return shown.text


def names_on(floor: SalesFloor, query: str) -> list[str]:
    """The names of the leads of a list, in its order."""
    text = text_of(floor, f"/leads?{query}")
    places = {text.find(f'<td class="id"><a href="/leads/{i}"'): n for n, i in floor.ids.items()}
    return [places[at] for at in sorted(places) if at >= 0]


def test_leads_are_sorted_by_our_score_and_the_hot_ones_selected(floor: SalesFloor) -> None:
    assert names_on(floor, "sort=score")[0] == "hot"
    assert names_on(floor, "hot=1") == ["hot"]
    page = text_of(floor, "/leads?columns=name,score&sort=score")
    assert re.search(r'data-label="score">.*hot.*</span> 85</td>', page)
    exported = csv.DictReader(io.StringIO(text_of(floor, "/leads/export.csv?sort=score")))
    assert next((row["score"], row["hot"]) for row in exported) == ("85", "yes")
    first, *_ = json.loads(text_of(floor, "/leads/export.json?hot=1"))
    assert (first["score"], first["hot"]) == (85, True)


def test_a_lead_says_what_it_is_worth_and_why(floor: SalesFloor) -> None:
    page = text_of(floor, f"/leads/{floor.ids['hot']}", UserRole.VIEWER)
    text = " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())
    assert "Its score is 85 of 100, hot, by points; fit 100, intent 100." in text
    assert "because of: asks for a price (+40), writes from a company (+25)." in text
    assert "Its sender gave it the score 3." in text


def test_figures_by_band_show_whether_a_high_score_is_worth_something(floor: SalesFloor) -> None:
    found = rows(text_of(floor, "/analytics"), "Table by score")
    assert list(found) == ["80+", "0-19"]
    assert (found["80+"][0], found["80+"][7]) == ("1", "1")
    exported = csv.DictReader(io.StringIO(text_of(floor, "/analytics/export.csv?table=score")))
    assert [(row["score"], row["won"]) for row in exported] == [("80+", "1"), ("0-19", "0")]
    assert json.loads(text_of(floor, "/analytics/export.json"))["by_score"]["80+"]["won"] == 1


def test_who_may_not_know_whom_a_lead_is_about_reads_no_address_in_a_reason(
    floor: SalesFloor,
) -> None:
    with floor.kit() as kit:
        lead = kit.store.refined([floor.ids["hot"]])[floor.ids["hot"]]
    assert lead.score is not None
    reasons = (
        ScoreReason("campaign", "from hot@hot.example", 9.0),
        ScoreReason("points.price", "asks for a price", 4.0),
    )
    score = msgspec.structs.replace(lead.score, reasons=reasons)
    masked = masked_lead(msgspec.structs.replace(lead, score=score)).score
    assert masked is not None
    assert "hot@" not in masked.reasons[0].value
    assert masked.reasons[1] == reasons[1]


def test_health_says_that_leads_went_on_without_a_score(tmp_path: Path, clock: HandClock) -> None:
    floor = scored_floor(tmp_path, clock, SCORED.replace("start = 20", 'model = "gone.json"'))
    text = " ".join(re.sub("<[^>]+>", " ", text_of(floor, "/health")).split())
    assert "Something needs somebody" in text
    assert "Went on without a score 3 of the newest leads" in text
    assert "Went on without a score" not in text_of(scored_elsewhere(tmp_path, clock), "/health")


def scored_elsewhere(folder: Path, clock: HandClock) -> SalesFloor:
    (folder / "well").mkdir()
    return scored_floor(folder / "well", clock)
