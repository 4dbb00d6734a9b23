"""Functions of a stack score leads: by points, and by the model that their package carries."""

import json
from pathlib import Path

import pytest

from leadline.model.facts.scored_leads import UNSCORED
from leadline.ports.reading.ledger import LeadFilter
from leadline.scoring import model_in_use
from leadline.stores.aws.reading.ledger import AwsLedger
from tests.worlds.aws_functions import Functions, message
from tests.worlds.scores import small_model

POINTS = """
[score]
hot = 50
[score.points.company]
when = "email_kind = business"
points = 30
say = "writes from a company"
[score.points.name]
when = "name is not empty"
points = 20
"""
MODEL = '\n[score]\nhot = "best 5 %"\nmodel = "spring.json"\n'
BODY = b'{"email":"ada@firm.example","name":"Ada Example"}'


def refined_by(functions: Functions, settings: str) -> str:
    """The id of a lead that is captured and refined with these settings."""
    functions.write(functions.settings_text() + settings)
    functions.forget(functions.environ)
    lead_id: str = functions.post(BODY)["body"]["lead_id"]
    functions.refine(message(lead_id))
    return lead_id


def test_refine_scores_by_points_and_lists_show_it(functions: Functions) -> None:
    lead_id = refined_by(functions, POINTS)
    score = functions.actor.store.refined([lead_id])[lead_id].score
    assert score is not None
    assert (score.value, score.hot, score.by) == (50, True, "points")
    rooms = functions.actor.rooms
    (row,) = AwsLedger(rooms.table, rooms.bucket).find(LeadFilter(ids=(lead_id,), limit=1))
    assert (row.score, row.hot, row.unscored) == (50, True, False)


def test_refine_scores_by_the_model_of_its_package(
    functions: Functions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = tmp_path / model_in_use.CARRIED.name
    carried.write_bytes(small_model())
    monkeypatch.setattr(model_in_use, "CARRIED", carried)
    model_in_use.model_at.cache_clear()
    lead_id = refined_by(functions, MODEL)
    model_in_use.model_at.cache_clear()
    score = functions.actor.store.refined([lead_id])[lead_id].score
    assert score is not None
    assert (score.value, score.hot, score.by) == (95, True, "small 1")


def test_a_package_without_the_model_stops_no_lead_and_says_so(
    functions: Functions, capsys: pytest.CaptureFixture[str]
) -> None:
    lead_id = refined_by(functions, MODEL)
    lead = functions.actor.store.refined([lead_id])[lead_id]
    assert (lead.status, lead.score) == ("refined", None)
    assert UNSCORED in lead.problems
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    (failed,) = (one for one in lines if one["event"] == "score.failed")
    assert failed["lead"] == lead_id
    assert failed["error"].startswith("spring.json: there is no such file; `leadline deploy aws")
