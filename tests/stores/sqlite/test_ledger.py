"""The read side, and that `verify` sees every kind of loss in a damaged file."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.model.facts.likeness import FirstSeen
from leadline.model.lead import CapturedLead, Kind, Status
from leadline.model.task import Alert, Done, Drop, Retry, Step, Task
from leadline.ports.reading.ledger import Account, LeadFilter
from leadline.ports.store import Settlement
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, refined

LEASE = timedelta(seconds=60)


class Filled:
    """A store with an event at every place where an event may be."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.clock = clock
        self.store = SqliteStore(folder, clock=clock)
        names = ["told", "telling", "untellable", "untold", "spam", "dead"]
        due = [captured(clock, name, delay=timedelta()) for name in names]
        later = captured(clock, "waiting", record="contact:1")
        update = captured(clock, "update", kind=Kind.UPDATED, record="contact:1")
        gone = captured(clock, "gone", kind=Kind.IGNORED, why="deleted")
        self.store.accept([*due, later, update, gone])
        self.store.accept([captured(clock, "told")])
        self.ids = dict(
            zip(
                [*names, "waiting", "update", "gone"],
                (lead.id for lead in (*due, later, update, gone)),
                strict=True,
            )
        )
        for lead, name in zip(due, names, strict=True):
            self._settle(lead, name)

    def _settle(self, lead: CapturedLead, name: str) -> None:
        (lease,) = self.store.lease(Step.REFINE, 1, LEASE)
        tell = (Task(Step.NOTIFY, lead.id, "slack"),)
        refined_lead = refined(
            lead, self.clock, name=f"{name.title()} Person", email=f"{name}@example.com"
        )
        outcome: Done | Drop = Done(refined=refined_lead, then=tell)
        if name == "untold":
            outcome = Done(refined=refined_lead)
        elif name == "spam":
            outcome = Done(refined=msgspec.structs.replace(refined_lead, status="quarantined"))
        elif name == "dead":
            outcome = Drop("lead.not_understood", "nothing in it")
        assert self.store.settle([Settlement(lease, outcome)]) == [True]
        if name in ("told", "untellable"):
            (lease,) = self.store.lease(Step.NOTIFY, 1, LEASE, "slack")
            alert = Alert(lead.id, "slack", self.clock.now, "new_lead/1")
            last = Done(alert=alert) if name == "told" else Drop("slack.no_service", "no_service")
            assert self.store.settle([Settlement(lease, last)]) == [True]
        if name == "telling":
            (lease,) = self.store.lease(Step.NOTIFY, 1, LEASE, "slack")
            retry = Retry(timedelta(hours=1), why="slack.http_503")
            assert self.store.settle([Settlement(lease, retry)]) == [True]


@pytest.fixture
def filled(tmp_path: Path, clock: HandClock) -> Filled:
    return Filled(tmp_path, clock)


@pytest.fixture
def ledger(tmp_path: Path, filled: Filled) -> SqliteLedger:
    return SqliteLedger(tmp_path)


def test_every_event_is_at_one_place(ledger: SqliteLedger) -> None:
    assert ledger.account(deep=True) == Account(
        accepted=9, waiting=1, alerted=1, alerting=1, alert_dead=1, untold=1, quarantined=1,
        filtered=1, folded=1, dead=1, redelivered=1, duplicates=0, unaccounted=(),
    )  # fmt: skip
    assert ledger.account().balanced


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("DELETE FROM raw WHERE lead = 1", "its raw words are missing"),
        ("DELETE FROM task WHERE step = 'refine' AND dead_at IS NULL", "neither refined nor"),
        ("DELETE FROM task WHERE step = 'refine' AND dead_at IS NOT NULL", "neither refined nor"),
        ("DELETE FROM refined WHERE lead = 1", "neither refined nor"),
        ("DELETE FROM alert", "nobody was told"),
        ("DELETE FROM task WHERE step = 'notify' AND dead_at IS NULL", "nobody was told"),
        ("DELETE FROM alert; UPDATE tally SET count = 0 WHERE what = 'alerted'", "nobody was told"),
        ("UPDATE refined SET told = 2 WHERE lead = 1", "not every channel was told"),
        ("UPDATE refined SET told = 2 WHERE lead = 2", "not every channel was told"),
        ("INSERT INTO alert SELECT NULL, lead, channel, sent_at, template, 1, ref, step FROM alert",
         "1 alerted were counted, 2 are there"),
        ("UPDATE alert SET step = 'update'", "nobody was told"),
        ("INSERT INTO alert SELECT NULL, lead, channel, sent_at, template, 1, ref, 'remind' "
         "FROM alert", "0 reminded were counted, 1 are there"),
        ("DELETE FROM alert; INSERT INTO tally VALUES ('2026-03-02', 'generic', 'updated', 1)",
         "1 updated were counted, 0 are there"),
        ("INSERT INTO handling VALUES (99, 1, x'7b7d', NULL)", "a handling without its lead"),
        ("DELETE FROM history WHERE what = 'redelivered'", "1 redelivered were counted, 0 are"),
        ("UPDATE tally SET count = 8 WHERE what = 'captured'", "10 events of generic were"),
        ("DELETE FROM lead WHERE n = 1", "an alert without its lead"),
        ("DELETE FROM lead WHERE n = 6", "a task without its lead"),
        ("DELETE FROM lead WHERE n = 9", "raw words without their lead"),
        ("DELETE FROM lead WHERE n = 7", "the lead that it was folded into is missing"),
        ("DELETE FROM lead WHERE n = 1", "a refined lead without its capture"),
        ("DELETE FROM lead WHERE n = 1; DELETE FROM raw WHERE lead = 1; "
         "DELETE FROM refined WHERE lead = 1; DELETE FROM alert WHERE lead = 1",
         "9 events of generic were"),
        ("UPDATE raw SET raw = x'7b22' WHERE lead = 2", "its raw words are damaged"),
    ],
)  # fmt: skip
def test_every_kind_of_loss_is_seen(
    filled: Filled, ledger: SqliteLedger, damage: str, problem: str
) -> None:
    filled.store.db.connection.execute(damage)
    account = ledger.account(deep=True)
    assert not account.balanced
    assert any(problem in lost.problem for lost in account.unaccounted)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("told", Status.ALERTED),
        ("telling", Status.REFINED),
        ("untellable", Status.DEAD),
        ("untold", Status.REFINED),
        ("spam", Status.QUARANTINED),
        ("dead", Status.DEAD),
        ("waiting", Status.WAITING),
        ("update", Status.FOLDED),
        ("gone", Status.FILTERED),
    ],
)
def test_a_lead_stands_where_its_story_ends(
    filled: Filled, ledger: SqliteLedger, name: str, status: Status
) -> None:
    story = ledger.story(filled.ids[name])
    assert story is not None
    assert story.row.status is status
    assert [r.lead_id for r in ledger.find(LeadFilter(ids=(filled.ids[name],)))] == [
        filled.ids[name]
    ]


@pytest.mark.parametrize(
    ("which", "names"),
    [
        (LeadFilter(), "waiting dead spam untold untellable telling told"),
        (LeadFilter(limit=2), "waiting dead"),
        (LeadFilter(status=Status.FOLDED), "update"),
        (LeadFilter(search="TELL"), "untellable telling"),
        (LeadFilter(search="spam@example"), "spam"),
        (LeadFilter(search="50%_"), ""),
        (LeadFilter(source="close"), ""),
        (LeadFilter(reason="slack.no_service"), "untellable"),
    ],
)
def test_leads_are_found(
    filled: Filled, ledger: SqliteLedger, which: LeadFilter, names: str
) -> None:
    by_id = {lead_id: name for name, lead_id in filled.ids.items()}
    assert [by_id[row.lead_id] for row in ledger.find(which)] == names.split()


def test_ids_are_in_the_order_of_capture_and_without_limit(
    filled: Filled, ledger: SqliteLedger
) -> None:
    by_id = {lead_id: name for name, lead_id in filled.ids.items()}
    leads = [by_id[i] for i in ledger.ids(LeadFilter(limit=1))]
    assert leads == ["told", "telling", "untellable", "untold", "spam", "dead", "waiting"]
    events = [by_id[i] for i in ledger.ids(LeadFilter(events=True, limit=1))]
    assert events == [*leads, "update", "gone"]


def accepted(filled: Filled, name: str, raw: str) -> CapturedLead:
    lead = captured(filled.clock, name, raw=raw.encode())
    filled.store.accept([lead])
    return lead


@pytest.mark.parametrize(
    ("raw", "word", "found"),
    [
        ('{"n":"Jürgen MÜLLER"}', "müller", True),
        ('{"n":"J\\u00dcRGEN"}', "jürgen", True),
        ('{"n":"\\ud800 MÜLLER \\u00dc"}', "müller", True),
        ('{"n":"Jürgen"}', "muller", False),
        ('{"n":"Jürgen"}', "-", False),
        ('{"n":"Jürgen"}', "--", False),
    ],
)
def test_a_lead_that_waits_is_found_by_its_raw_words_in_any_script(
    filled: Filled, ledger: SqliteLedger, raw: str, word: str, found: bool
) -> None:
    lead = accepted(filled, "newcomer", raw)
    rows = ledger.find(LeadFilter(search=word))
    assert [r.lead_id for r in rows] == ([lead.id] if found else [])


def test_a_refined_name_is_found_in_any_case_of_any_script(
    filled: Filled, ledger: SqliteLedger, clock: HandClock
) -> None:
    lead = captured(clock, "new", delay=timedelta())
    filled.store.accept([lead])
    (lease,) = filled.store.lease(Step.REFINE, 1, LEASE)
    refined_lead = refined(lead, clock, name="ΑΘΗΝΆ Müller", email="new@example.com")
    filled.store.settle([Settlement(lease, Done(refined=refined_lead))])
    for word in ("αθηνά", "MÜLLER", lead.id[:13], lead.id.upper()):
        assert lead.id in [r.lead_id for r in ledger.find(LeadFilter(search=word))], word
    assert ledger.find(LeadFilter(search="contact")) == [], "keys are not words"


def test_a_story_names_the_lead_it_repeats_and_those_that_repeat_it(
    filled: Filled, ledger: SqliteLedger, clock: HandClock
) -> None:
    again = captured(clock, "again", delay=timedelta())
    filled.store.accept([again])
    (lease,) = filled.store.lease(Step.REFINE, 1, LEASE)
    first = FirstSeen(filled.ids["told"], clock.now, ("email",))
    lead = msgspec.structs.replace(refined(again, clock), duplicate_of=first)
    filled.store.settle([Settlement(lease, Done(refined=lead))])
    story, repeat = ledger.story(filled.ids["told"]), ledger.story(again.id)
    assert story is not None
    assert repeat is not None
    assert (story.repeated_by, story.row.duplicate_of) == ((again.id,), None)
    assert (repeat.repeated_by, repeat.row.duplicate_of) == ((), filled.ids["told"])
    assert ledger.account().duplicates == 1


def test_a_story_tells_what_happened_in_order(filled: Filled, ledger: SqliteLedger) -> None:
    story = ledger.story(filled.ids["telling"])
    assert story is not None
    assert [h.what for h in story.timeline] == ["captured", "notify.failed", "refined"]
    (task,) = story.tasks
    assert (task.failures, task.error, task.leased) == (1, "slack.http_503", False)
    waiting = ledger.story(filled.ids["waiting"])
    assert waiting is not None
    assert [e.kind for e in waiting.related] == ["updated"]


def test_there_is_no_story_of_a_stranger(ledger: SqliteLedger) -> None:
    assert ledger.story("00000000-0000-7000-8000-000000000000") is None
    assert ledger.story("no id at all") is None
    assert ledger.complete("zzz") == []


def test_an_id_is_known_by_its_beginning(filled: Filled, ledger: SqliteLedger) -> None:
    whole = filled.ids["told"]
    assert whole in ledger.complete(whole[:8])
    assert ledger.complete(whole) == [whole]


def test_the_backlog_says_what_waits_and_what_is_late(
    filled: Filled, ledger: SqliteLedger, clock: HandClock
) -> None:
    clock.advance(minutes=15)
    found = {b.step: b for b in ledger.backlog(clock.now)}
    refine = found[Step.REFINE]
    assert (refine.waiting, refine.due, refine.dead) == (1, 1, 1)
    assert refine.oldest_due_at == clock.now - timedelta(minutes=5)


def test_a_task_whose_lease_ran_out_is_due_again(
    filled: Filled, ledger: SqliteLedger, clock: HandClock
) -> None:
    clock.advance(minutes=10)
    assert len(filled.store.lease(Step.REFINE, 9, LEASE)) == 1
    held = {b.step: b for b in ledger.backlog(clock.now)}[Step.REFINE]
    assert (held.waiting, held.due, held.leased, held.oldest_due_at) == (0, 0, 1, None)
    clock.advance(minutes=2)
    late = {b.step: b for b in ledger.backlog(clock.now)}[Step.REFINE]
    assert (late.waiting, late.due, late.leased) == (1, filled.store.count_due(Step.REFINE), 0)
    assert late.oldest_due_at == clock.now - timedelta(minutes=1)


def test_the_example_of_a_group_is_its_newest_dead_letter(
    filled: Filled, ledger: SqliteLedger, clock: HandClock
) -> None:
    start = clock.now
    for minutes in (0, 5, 0):  # the one in the middle dies last
        lead = captured(clock, f"late{minutes}{clock.now}", delay=timedelta())
        filled.store.accept([lead])
        (lease,) = filled.store.lease(Step.REFINE, 1, LEASE)
        clock.now = start + timedelta(minutes=minutes)
        filled.store.settle([Settlement(lease, Drop("mine", f"after {minutes}"))])
        clock.now = start + timedelta(seconds=1)
    group = next(g for g in ledger.dead() if g.reason == "mine")
    assert (group.count, group.error) == (3, "after 5")
    assert (group.first_at, group.last_at) == (start, start + timedelta(minutes=5))


def test_dead_letters_come_in_groups(ledger: SqliteLedger) -> None:
    assert {(g.step, g.reason, g.count) for g in ledger.dead()} == {
        (Step.REFINE, "lead.not_understood", 1),
        (Step.NOTIFY, "slack.no_service", 1),
    }


def test_the_running_counts_are_those_of_the_tables(ledger: SqliteLedger) -> None:
    counts = {t.what: t.count for t in ledger.tallies()}
    assert counts == {
        "captured": 7, "folded": 1, "filtered": 1, "redelivered": 1, "refined": 4,
        "quarantined": 1, "refine.dead": 1, "alerted": 1, "notify.dead": 1,
    }  # fmt: skip
