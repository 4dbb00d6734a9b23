"""Leads of one person on a running server: linked, parted and joined by the command line."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.acceptance.installation import Installation

ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "company": "Engines"}


class DuplicatesDesk:
    """A running server and the commands of its operator."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def comes(self, **said: str) -> str:
        """A lead that comes now; returns its id once it is refined."""
        reply = self.installation.post(json.dumps(said).encode())
        lead_id: str = json.loads(reply.data)["lead_id"]
        self.wait("refinement", lambda: self.lead(lead_id) is not None)
        return lead_id

    def json(self, *words: str) -> Any:
        done = self.installation.command(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def text(self, *words: str) -> str:
        done = self.installation.command(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def lead(self, lead_id: str) -> dict[str, Any] | None:
        """The refined lead; None if it is not refined."""
        found: dict[str, Any] | None = self.json("show", lead_id)["refined"]
        return found

    def first_of(self, lead_id: str) -> str | None:
        lead = self.lead(lead_id)
        assert lead is not None
        return lead["duplicate_of"] and str(lead["duplicate_of"]["lead_id"])

    def wait(self, what: str, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not happened():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.1)


def test_leads_are_linked_parted_and_joined_on_a_running_server(tmp_path: Path) -> None:
    with Installation(tmp_path) as installation:
        installation.start()
        desk = DuplicatesDesk(installation)
        first = desk.comes(**ADA)
        again = desk.comes(name="Ada Lovelace", email="ada@example.com")
        assert desk.first_of(again) == first
        shown = desk.text("show", again)
        assert f"seen before as {first}: almost certainly" in shown
        assert "same e-mail address" in shown
        assert f"{first})" in next(line for line in shown.splitlines() if "company" in line)
        assert again[-8:] in desk.text("duplicates", "list")
        cluster = desk.json("duplicates", "show", again[-8:])
        assert [member["lead_id"] for member in cluster["members"]] == [first, again]
        assert [edge["holds"] for edge in cluster["edges"]] == [True]

        parted = desk.json("duplicates", "unlink", first, again, "--yes")
        assert parted["refined_again"] == [again]
        desk.wait("the lead to be parted", lambda: desk.first_of(again) is None)
        lead = desk.lead(again)
        assert lead is not None
        assert lead["contact"]["company"] is None
        assert desk.json("duplicates", "list") == []

        desk.text("duplicates", "merge", first[-8:], again[-8:], "--yes")
        desk.wait("the lead to be joined", lambda: desk.first_of(again) == first)
        told = desk.text("duplicates", "show", first)
        assert "decided: one person" in told
        refused = installation.command("duplicates", "merge", first, again)
        assert refused.returncode == 2, "without a terminal it asks nobody"
        assert installation.stop() == 0


def test_what_may_be_one_person_is_listed_for_review_until_somebody_decides(tmp_path: Path) -> None:
    with Installation(tmp_path) as installation:
        installation.start()
        desk = DuplicatesDesk(installation)
        first = desk.comes(name="Ada Lovelace", email="lovelace@example.com")
        maybe = desk.comes(name="Bea Lovelace", email="lovelace@example.com")
        assert desk.first_of(maybe) is None
        assert f"may be the same person as {first}" in desk.text("show", maybe)
        (pair,) = desk.json("duplicates", "review")
        assert {pair["lead"]["lead_id"], pair["other"]["lead_id"]} == {first, maybe}
        assert "other first name" in desk.text("duplicates", "review")
        assert "never be" in desk.text("duplicates", "unlink", first, maybe, "--yes")
        assert desk.json("duplicates", "review") == []
        assert desk.text("duplicates", "review").strip() == "nothing to decide"
        assert installation.stop() == 0


TEAM_OF_ONE = """
[rules.all]
team = "desk"
[teams.desk]
people = ["ann"]
cap_open = 1
fallback = "queue"
[people.ann]
email = "ann@example.com"
"""


def test_a_lead_that_waits_in_a_queue_goes_to_who_has_the_lead_that_it_is_merged_with(
    tmp_path: Path,
) -> None:
    with Installation(tmp_path) as installation:
        (tmp_path / "leadline.toml").write_text(TEAM_OF_ONE, "utf-8")
        installation.start()
        desk = DuplicatesDesk(installation)
        first = desk.comes(name="Ada Lovelace", email="ada@example.com")
        waits = desk.comes(name="Bob Bell", email="bob@example.org")
        assert desk.json("why", first)["holder"] == "ann"
        assert desk.json("why", waits).get("holder", "") == ""
        assert desk.json("why", waits)["queued"]["team"] == "desk"
        desk.text("duplicates", "merge", first, waits, "--yes")
        desk.wait(
            "the lead to be given out", lambda: desk.json("why", waits).get("holder") == "ann"
        )
        assert installation.stop() == 0
