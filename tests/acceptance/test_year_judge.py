"""The judge of the year can find fault: it is given histories with one fault each."""

import ast
import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.worlds.year.history import (
    Alerted,
    Began,
    Commanded,
    Counted,
    CrmSaid,
    Decided,
    Event,
    Look,
    Owned,
    Posted,
    Pressed,
    Skip,
    read,
    write,
)
from tests.worlds.year.judge import judge, main

SETTINGS = """
[hours.office]
zone = "Europe/Berlin"
[people.ada]
away = ["2026-03-04"]
[people.bob]
[people.cem]
holidays = ["2026-03-05"]
[people.dan]
hours = "office"
[people.eve]
hours = "office"
[teams.abc]
people = ["ada", "bob", "cem"]
fallback = "de"
cap_day = 3
[teams.de]
people = ["dan", "eve"]
order = "least_open"
fallback = "queue"
credit = ["junk"]
[rules.large]
min_score = 90
team = "de"
[rules.all]
team = "abc"
"""
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
FITS = (Look("large", "min_score = 90"), Look("all"))


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def comes(hours: float, lead: str, email: str, score: int = 10, record: str = "") -> Posted:
    body: dict[str, str | int] = {"email": email, "score": score}
    return Posted(at(hours), "form", body | ({"record": record} if record else {}), lead)


def to(hours: float, lead: str, person: str, how: str = "turn", **more: object) -> Decided:
    """A decision of rule "all", or of rule "large" for the team "de"."""
    usual = {"team": "abc", "rule": "all", "rules": FITS}
    if more.get("team") == "de":
        usual = {"rule": "large", "rules": (Look("large"),)}
    said = {"at": at(hours), "lead": lead, "how": how, "person": person, **usual, **more}
    return msgspec.convert(said, Decided, strict=False, from_attributes=True)


def told(hours: float, lead: str, owner: str) -> Alerted:
    return Alerted(at(hours), "sales", lead, owner)


NIGHT = (Skip("dan", "hours"), Skip("eve", "hours"))
FAIR: list[Event] = [
    Began(MONDAY, SETTINGS),
    # three turns, and one more
    comes(0, "l1", "one@gmail.com"),
    to(0.2, "l1", "ada"),
    told(0.3, "l1", "ada"),
    comes(0.4, "l2", "two@firm.example"),
    to(0.5, "l2", "bob"),
    told(0.6, "l2", "bob"),
    comes(0.7, "l3", "three@gmail.com"),
    to(0.8, "l3", "cem"),
    # the same person, and a colleague
    comes(1, "l4", "one@gmail.com"),
    to(1.2, "l4", "ada", "duplicate", before="l1"),
    comes(1.3, "l5", "five@firm.example"),
    to(1.4, "l5", "bob", "company", before="l2"),
    # the CRM
    CrmSaid(at(1.5), "r6", owner="ada"),
    comes(1.55, "l6", "six@gmail.com", record="r6"),
    to(1.6, "l6", "ada", "crm"),
    CrmSaid(at(1.7), "r7"),
    comes(1.75, "l7", "seven@gmail.com", record="r7"),
    to(1.8, "l7", "cem", skipped=(Skip("ada", "cap_day"),)),
    CrmSaid(at(1.9), "r7", owner="bob"),
    to(1.95, "l7", "bob", "crm"),
    told(1.96, "l7", "bob"),
    # the other team: by open leads, junk, and at night
    comes(2, "l8", "eight@gmail.com", 95),
    to(2.1, "l8", "dan", "least_open", team="de"),
    comes(2.2, "l9", "nine@gmail.com", 95),
    to(2.3, "l9", "eve", "least_open", team="de"),
    Pressed(at(2.4), "junk", "eve", "l9"),
    comes(2.5, "l10", "ten@gmail.com", 95),
    to(2.6, "l10", "eve", "least_open", team="de"),
    comes(11, "l11", "eleven@gmail.com", 92),
    to(11.1, "l11", "", "nobody", team="de", waits=True, skipped=NIGHT),
    comes(12, "l12", "twelve@gmail.com", 97),
    to(12.1, "l12", "", "nobody", team="de", waits=True, skipped=NIGHT),
    told(12.2, "l12", ""),
    to(23.01, "l12", "dan", "queue", team="de"),
    to(23.02, "l11", "eve", "queue", team="de"),
    # absences
    Commanded(at(24), "away", "bob", at(30)),
    comes(24.1, "l13", "x13@gmail.com"),
    to(24.2, "l13", "cem", skipped=(Skip("bob", "away"),)),
    Commanded(at(25), "back", "bob"),
    comes(25.1, "l14", "x14@gmail.com"),
    to(25.2, "l14", "cem"),
    comes(48, "l15", "x15@gmail.com"),
    to(48.2, "l15", "cem", skipped=(Skip("ada", "away"),)),
    Owned(at(50), "l7", "bob"),
    Counted(at(50), "de", "dan", 2, 0.0),
    Counted(at(50), "abc", "cem", 4, -1 / 6),
]


def test_a_fair_history_is_found_to_be_fair() -> None:
    assert judge(FAIR).violations == []


def without(lead: str, kind: type) -> list[Event]:
    """The fair history without the events of one kind about one lead."""
    return [e for e in FAIR if not (isinstance(e, kind) and getattr(e, "lead", "") == lead)]


def changed(lead: str, kind: type = Decided, *, last: bool = True, **said: object) -> list[Event]:
    """The fair history with one event about a lead that says something else."""
    found = [
        n for n, e in enumerate(FAIR) if isinstance(e, kind) and getattr(e, "lead", "") == lead
    ]
    where = found[-1 if last else 0]
    return [*FAIR[:where], msgspec.structs.replace(FAIR[where], **said), *FAIR[where + 1 :]]


def with_one(event: Event) -> list[Event]:
    """The fair history with one event more."""
    return sorted([*FAIR, event], key=lambda one: one.at)


FAULTS: list[tuple[str, str, Callable[[], list[Event]]]] = [
    ("away by the settings", "absent", lambda: changed("l15", person="ada")),
    ("away as announced", "absent", lambda: changed("l13", person="bob")),
    ("outside hours", "absent", lambda: changed("l11", last=False, person="dan", waits=False)),
    ("a public holiday", "absent", lambda: with_one_on_holiday()),
    ("over the cap of a day", "cap", lambda: changed("l7", last=False, person="ada")),
    ("not the CRM's owner", "crm", lambda: changed("l6", person="bob", how="turn")),
    ("the CRM's late owner is not heard", "crm", lambda: changed("l7", person="cem")),
    ("a CRM that named nobody", "crm", lambda: changed("l3", how="crm")),
    ("a returning person to another", "duplicate", lambda: changed("l4", person="bob", how="turn")),
    ("a colleague to another", "company", lambda: changed("l5", person="cem", how="turn")),
    ("a returning person whose lead had ended", "person", lambda: person_to_another()),
    ("a company without a colleague", "company", lambda: changed("l2", how="company")),
    ("two turns in a row", "turn", lambda: changed("l2", person="ada")),
    ("more open leads than others", "turn", lambda: changed("l9", person="dan")),
    ("one turn taken twice", "twice", lambda: with_one(to(0.25, "l1", "bob"))),
    ("a lead that nobody gets", "lost", lambda: without("l15", Decided)),
    ("nobody, though there is somebody", "lost", lambda: changed("l15", person="", how="nobody")),
    ("a lead left in the queue", "queue", lambda: queue_without_end()),
    ("a queue in the wrong order", "order", lambda: queue_out_of_order()),
    ("an alert that names another", "alert", lambda: changed("l2", Alerted, owner="cem")),
    ("an alert before the decision", "alert", lambda: with_one(told(0.1, "l1", "ada"))),
    ("another owner at the end", "owner", lambda: changed("l7", Owned, owner="cem")),
    ("junk without credit", "count", lambda: [e for e in FAIR if not isinstance(e, Pressed)]),
    ("counts that drifted", "count", lambda: [*FAIR[:-1], Counted(at(50), "abc", "cem", 4, 0.9)]),
    ("the wrong rule", "why", lambda: changed("l1", rule="large")),
    ("the wrong team", "why", lambda: changed("l8", team="abc")),
    ("a rule that did not fail", "why", lambda: changed("l8", rules=(Look("large", "x"),))),
    ("the wrong condition", "why", lambda: changed("l1", rules=(Look("large", "y"), Look("all")))),
    ("a rule not looked at", "why", lambda: changed("l1", rules=(Look("all"),))),
    ("the wrong reason for a skip", "why", lambda: changed("l13", skipped=(Skip("bob", "hours"),))),
    ("a skip that is not told", "why", lambda: changed("l13", skipped=())),
    (
        "somebody skipped who was there",
        "why",
        lambda: changed("l1", skipped=(Skip("bob", "away"),)),
    ),
    ("the wrong way to somebody", "why", lambda: changed("l5", how="person")),
    ("the wrong earlier lead", "why", lambda: changed("l4", before="l2")),
]


def with_one_on_holiday() -> list[Event]:
    comes_on_thursday = comes(72, "l16", "x16@gmail.com")
    return [*FAIR[:-3], comes_on_thursday, to(72.2, "l16", "cem")]


def person_to_another() -> list[Event]:
    ended = Pressed(at(1.1), "junk", "bob", "l2")
    again = comes(1.5, "l17", "two@firm.example")
    return sorted([*FAIR, ended, again, to(1.6, "l17", "cem")], key=lambda event: event.at)


def queue_without_end() -> list[Event]:
    handed = [e for e in FAIR if isinstance(e, Decided) and e.lead == "l11"][-1]
    return [e for e in FAIR if e is not handed]


def queue_out_of_order() -> list[Event]:
    moved = changed("l12", at=at(24.5))
    return sorted(moved, key=lambda event: event.at)


@pytest.mark.parametrize(
    ("kind", "history"), [pytest.param(k, h, id=name) for name, k, h in FAULTS]
)
def test_a_planted_fault_is_found(kind: str, history: Callable[[], list[Event]]) -> None:
    assert kind in {one.kind for one in judge(history()).violations}


def test_shares_that_drift_without_any_lead_out_of_turn_are_found() -> None:
    """Somebody who is passed over for good, though nobody is away."""
    events: list[Event] = [Began(MONDAY, SETTINGS)]
    for n in range(6):
        events.append(comes(n / 10, f"m{n}", f"m{n}@gmail.com"))
        events.append(to(n / 10 + 0.05, f"m{n}", ("ada", "bob")[n % 2]))
    assert "share" in {one.kind for one in judge(events).violations}


def test_the_judge_knows_nothing_of_leadline() -> None:
    folder = Path(inspect.getfile(judge)).parent
    imported: dict[str, set[str]] = {}
    for path in folder.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        named = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
        imported[path.stem] = named | {
            n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module
        }
    reached, found = {"judge"}, {"judge"}
    while found:
        names = {name for one in found for name in imported[one]}
        assert not [name for name in names if name.startswith("leadline")]
        found = {n.rpartition(".")[2] for n in names if n.startswith("tests.worlds.year")} - reached
        reached |= found
    assert "terms" in reached


def test_the_judge_is_a_program_that_reads_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fair, unfair = tmp_path / "fair.jsonl", tmp_path / "unfair.jsonl"
    write(FAIR, fair)
    write(changed("l2", person="ada"), unfair)
    assert list(read(fair)) == FAIR
    assert main([str(fair)]) == 0
    assert main([str(unfair)]) == 1
    told = capsys.readouterr().out
    assert "0 violations in" in told
    assert "ada was not next" in told
