"""The `duplicates` commands on every store that has a read side."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli.look import leads
from leadline.entrypoints.cli.pairs import duplicates
from leadline.entrypoints.cli.pairs.duplicates import duplicates_app
from leadline.model.facts.likeness import Ruling
from leadline.settings.top.general import Settings
from tests.worlds.ledger import LedgerWorld
from tests.worlds.sales_office import SalesOffice

ADA = {"name": "Ada Lovelace", "phone": "+1 415 555 2671"}


_SHOW = typer.Typer()
_SHOW.command()(leads.show)


class CommandDesk(SalesOffice):
    """Leads in a store, and the commands that work on it."""

    def __init__(self, world: LedgerWorld) -> None:
        world.clock.now = datetime.now(UTC)  # commands have no other clock
        super().__init__(world.store, world.clock, asks=False)
        self.ledger = world.ledger

    def comes(self, **said: str) -> str:
        lead_id = self.post(**said)
        self.wait(minutes=11)
        return lead_id

    def run(self, *words: str) -> Any:
        """The output of a command, as JSON."""
        result = self.invoked(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def lead(self, lead_id: str) -> Any:
        """What `leadline show` tells of a lead, as JSON."""
        result = self.invoked(lead_id, "--json", app=_SHOW)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def invoked(self, *words: str, app: typer.Typer = duplicates_app) -> Result:
        installation = SimpleNamespace(
            ledger=lambda: _Kept(self.ledger),
            store=lambda: _Kept(self.store),
            past=lambda: _Kept(self.store),
            loaded=lambda: SimpleNamespace(settings=Settings()),
        )
        options = SimpleNamespace(
            installation=installation, aws="prod", noting=None, is_masked=lambda _asked: False
        )
        return CliRunner().invoke(app, [*words], obj=options)


class _Kept:
    """Something that a command closes, and a test still needs."""

    def __init__(self, kept: object) -> None:
        self._kept = kept

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)

    def close(self) -> None:
        pass


@pytest.fixture
def desk(world: LedgerWorld) -> CommandDesk:
    return CommandDesk(world)


def test_links_are_listed_shown_and_taken_back(desk: CommandDesk) -> None:
    first = desk.comes(**ADA)
    again = desk.comes(**ADA, message="again")
    since = ("--since", "2026-01-01")
    (row,) = desk.run("list", *since)
    assert (row["lead_id"], row["duplicate_of"]) == (again, first)
    words = {reason["code"]: reason["words"] for reason in row["reasons"]}
    assert words["phone.same"] == "same phone number"
    shown = desk.run("show", first)
    assert (shown["first"], [m["lead_id"] for m in shown["members"]]) == (first, [first, again])
    told = desk.run("unlink", again, first, "--yes")
    assert told["refined_again"] == [again]
    assert told["still_alike"][0]["holds"] is True
    desk.wait(minutes=1)
    assert desk.run("list", *since) == []
    (judged,) = desk.run("show", again)["judgements"]
    assert judged["ruling"] == "apart"


def test_a_decision_is_shown_at_once_even_if_nothing_refines_the_leads(desk: CommandDesk) -> None:
    first = desk.comes(**ADA, email="ada@example.com")
    again, third = desk.comes(**ADA), desk.comes(**ADA, message="third")
    assert desk.run("unlink", again, first, "--yes")["refined_again"] == [again, third]
    shown = desk.run("show", first)
    assert (shown["first"], [m["lead_id"] for m in shown["members"]]) == (first, [first, third])
    assert [edge["ruling"] for edge in shown["edges"]] == [None]
    (alone,) = desk.run("show", again)["members"]
    assert (alone["lead_id"], alone["duplicate_of"], alone["filled"]) == (again, None, {})
    assert alone["email"] is None
    assert [row["lead_id"] for row in desk.run("list", "--since", "2026-01-01")] == [third]
    desk.run("merge", again, first, "--yes")
    assert len(desk.run("show", first)["members"]) == 3


def test_the_lead_itself_is_shown_as_was_decided_before_it_is_refined_again(
    desk: CommandDesk,
) -> None:
    first = desk.comes(**ADA, email="ada@example.com")
    again, third = desk.comes(**ADA), desk.comes(**ADA, message="third")
    shown = desk.lead(again)
    assert (shown["row"]["duplicate_of"], shown["refined"]["filled"].keys()) == (
        first,
        {"email", "email_canonical"},
    )
    assert set(desk.lead(first)["repeated_by"]) == {again, third}
    desk.run("unlink", again, first, "--yes")
    shown = desk.lead(again)
    assert shown["row"]["duplicate_of"] is None
    assert "seen before" not in desk.invoked(again, app=_SHOW).stdout
    assert shown["refined"].get("duplicate_of") is None
    assert (shown["refined"]["contact"].get("email"), shown["refined"].get("filled", {})) == (
        None,
        {},
    )
    assert desk.lead(first)["repeated_by"] == [third]
    assert desk.lead(third)["row"]["duplicate_of"] == first
    desk.wait(minutes=1)
    for one in (first, again, third):
        refined = desk.refined(one)
        link = refined.duplicate_of.lead_id if refined.duplicate_of else None
        assert desk.lead(one)["row"]["duplicate_of"] == link


def test_a_pair_that_was_decided_about_is_not_shown_as_possible(desk: CommandDesk) -> None:
    first = desk.comes(**ADA, email="lovelace@example.com")
    other = desk.comes(name="Bea Lovelace", email="lovelace@example.com")
    (possible,) = desk.lead(other)["refined"]["possible"]
    assert possible["lead_id"] == first
    desk.run("unlink", other, first, "--yes")
    assert desk.lead(other)["refined"].get("possible", []) == []
    assert desk.run("show", other)["possible"] == []


def test_what_an_unlinked_lead_had_filled_in_is_not_shown_any_more(desk: CommandDesk) -> None:
    first = desk.comes(**ADA)
    again = desk.comes(**ADA, email="ada@example.com")
    third = desk.comes(**ADA, message="third")
    desk.run("unlink", again, first, "--yes")
    members = {m["lead_id"]: m for m in desk.run("show", third)["members"]}
    assert members.keys() == {first, third}
    assert members[third]["email"] is None


def test_possible_duplicates_are_reviewed_one_after_another(
    desk: CommandDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.comes(**ADA, email="lovelace@example.com")
    maybe = desk.comes(name="Bea Lovelace", email="lovelace@example.com")
    (pair,) = desk.run("review")
    assert {pair["lead"]["lead_id"], pair["other"]["lead_id"]} == {first, maybe}
    assert pair["probability"] < 0.95, "less than a link needs"
    leads = (desk.refined(maybe), desk.refined(first))
    store: Any = desk.store
    answers: Iterator[str] = iter(["later", "what?", "quit", "yes", "no"])
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: next(answers))
    assert duplicates._decide(store, *leads) is True
    assert desk.run("review") != [], "it was left for later"
    assert duplicates._decide(store, *leads) is False, "an answer that is none is asked for again"
    assert desk.run("review") != []
    assert duplicates._decide(store, *leads) is True
    assert desk.store.judgements([maybe])[maybe][-1].ruling is Ruling.SAME
    desk.wait(minutes=1)
    link = desk.refined(maybe).duplicate_of
    assert link is not None
    assert link.lead_id == first
    assert duplicates._decide(store, *leads) is True
    desk.wait(minutes=1)
    assert desk.refined(maybe).duplicate_of is None
    assert desk.run("review") == []


def test_a_quarantined_lead_is_not_merged_and_neither_is_a_lead_with_itself(
    desk: CommandDesk,
) -> None:
    done = desk.comes(name="Grace Hopper", email="grace@example.org")
    quarantined = desk.comes(name="Test Test", email="test@test.com")
    assert desk.refined(quarantined).status == "quarantined"
    for lead in (quarantined, done):
        assert desk.invoked("merge", done, lead, "--yes").exit_code != 0
    assert desk.store.judgements([done]) == {}
