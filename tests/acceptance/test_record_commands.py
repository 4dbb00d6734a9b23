"""The CRM's side by the command line: lost leads, what is written back and why, how leads ended."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline import wiring
from leadline.journey.refinement.refining import refine_due
from leadline.journey.writing_back.write_back import write_back_due
from leadline.settings.loading import load
from tests.acceptance.installation import Installation
from tests.standins.crm_api import CrmLead, many
from tests.vendors.tryton.standin import TrytonStandIn

HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def crm() -> Iterator[TrytonStandIn]:
    with TrytonStandIn() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


@pytest.fixture
def made(tmp_path: Path, crm: TrytonStandIn) -> Iterator[Installation]:
    with Installation(tmp_path, LEADLINE_RECONCILE_EVERY="1s") as installation:
        config = crm.config()
        (tmp_path / "leadline.toml").write_text(
            f'[crm.tryton]\nurl = "{config.url}"\ndatabase = "{config.database}"\n'
            f'user = "{config.user}"\ntoken = "{config.token}"\noverwrite = ["phone"]\n'
            '[crm.tryton.write]\nstatus = "comment"\nlead_id = "reference"\nphone = "lost_reason"\n'
        )
        yield installation


def said(installation: Installation, *words: str, code: int = 0) -> Any:
    done = installation.command(*words, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def work(installation: Installation) -> None:
    """What the server would do by now."""
    settings = load(
        environ=installation.environment, config=installation.folder / "leadline.toml"
    ).settings
    kit = wiring.embedded(settings)
    with closing(kit.store):  # type: ignore[type-var]
        while refine_due(kit):
            pass
        while write_back_due(kit, "tryton") is not None:
            time.sleep(0.01)


def test_a_running_server_finds_lost_leads_and_writes_them_back(
    made: Installation, crm: TrytonStandIn
) -> None:
    crm.put(CrmLead(created=datetime.now(UTC), owned=True))
    made.start()
    end = time.monotonic() + 120
    while "reference" not in crm.leads[1] and time.monotonic() < end:
        time.sleep(0.1)
    (row,) = said(made, "leads")
    assert crm.leads[1].get("reference") == row["lead_id"], made.log.read_text()[-3000:]
    assert row["owner"] == "Ada Vance"
    assert made.stop() == 0


def test_lost_leads_are_shown_then_captured_and_then_known(
    made: Installation, crm: TrytonStandIn
) -> None:
    records = [crm.put(lead._replace(created=HOUR_AGO)) for lead in many(3)]
    words = ("reconcile", "--source", "tryton", "--since", "2h")
    shown = said(made, *words, "--dry-run")
    assert [one["record"] for one in shown["found"]] == records
    assert said(made, "leads") == []
    found = said(made, *words)["found"]
    assert {one["lead_id"] for one in found} == {row["lead_id"] for row in said(made, "leads")}
    again = said(made, *words)
    assert (again["seen"], again["found"]) == (3, [])
    nothing = made.command("reconcile", "--source", "odoo")
    assert nothing.returncode == 2
    assert "[crm.odoo] (there are: tryton)" in nothing.stderr


def test_a_crm_that_is_down_is_told_of_by_the_exit_code(
    made: Installation, crm: TrytonStandIn
) -> None:
    crm.secret = "another-secret"  # type: ignore[misc]
    told = said(made, "reconcile", "--source", "tryton", code=1)
    assert told["trouble"].startswith("the CRM refused: crm.unauthorized")
    plain = made.command("reconcile", "--source", "tryton")
    assert "every lead is known" not in plain.stdout
    assert plain.stderr.startswith("0 records seen, 0 captured\nthe CRM refused")
    assert "run it again" not in plain.stderr, "there is no rest of nothing"


def test_what_would_be_written_is_told_field_by_field_and_then_written(
    made: Installation, crm: TrytonStandIn
) -> None:
    crm.put(CrmLead(created=HOUR_AGO, phone="+49 30 901820"))
    crm.leads[1]["comment"] = "called, no answer"
    (found,) = said(made, "reconcile", "--source", "tryton", "--since", "2h")["found"]
    work(made)
    crm.leads[1] |= {"reference": None, "lost_reason": "by phone"}
    (told,) = said(made, "write-back", found["lead_id"][:13], "--dry-run")
    verdicts = {one["name"]: (one["verdict"], one["writes"]) for one in told["fields"]}
    assert verdicts == {
        "comment": ("THEIRS", False),
        "reference": ("CLEARED", False),
        "lost_reason": ("UNCHANGED", True),
    }
    assert crm.leads[1]["lost_reason"] == "by phone", "nothing was written yet"
    plain = made.command("write-back", "--dry-run").stdout
    assert "somebody else wrote what is there" in plain
    assert "lost_reason" in plain
    assert said(made, "write-back", "--source", "tryton", "--yes") == {"leads": 1}
    work(made)
    assert crm.leads[1]["lost_reason"] == "+49 30 901820"
    assert crm.leads[1]["comment"] == "called, no answer"


def test_writing_back_to_nobody_is_refused(made: Installation) -> None:
    nowhere = made.command("write-back", "--source", "close")
    assert nowhere.returncode == 2
    assert "[crm.close.write]" in nowhere.stderr


def test_how_leads_ended_is_told_by_source_owner_and_score(
    made: Installation, crm: TrytonStandIn
) -> None:
    crm.put(CrmLead(created=HOUR_AGO, owned=True))
    crm.put(CrmLead(created=HOUR_AGO, email="second@example.com"))
    said(made, "reconcile", "--source", "tryton", "--since", "2h")
    work(made)
    assert said(made, "outcomes")["all"]["open"] == 2
    crm.leads[1]["state"] = "won"
    crm.leads[2]["state"] = "cancelled"
    told = said(made, "outcomes", "--ask")
    assert told["all"] == {
        "leads": 2, "open": 0, "won": 1, "lost": 0, "disqualified": 1, "junk": 0, "won_share": 0.5,
    }  # fmt: skip
    assert list(told["by_source"]) == ["tryton"]
    assert told["by_owner"]["Ada Vance"]["won"] == 1
    assert list(told["by_score"]) == ["none"]
    assert "won of ended" in made.command("outcomes").stdout
    assert said(made, "outcomes", "--since", "1m", "--source", "close")["all"]["leads"] == 0
