"""What every ledger promises: the same answers to the same questions about the same leads."""

import uuid
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.model.facts.likeness import FirstSeen
from leadline.model.lead import Kind, Status
from leadline.model.task import Alert, Done, Drop, Retry, Step, Task
from leadline.ports.reading.ledger import Account, LeadFilter, LeadStory
from tests.worlds.leads import captured, refined
from tests.worlds.ledger import KINDS, START, LedgerWorld, Made


def test_every_event_is_at_one_place(filled: LedgerWorld) -> None:
    assert filled.ledger.account(deep=True) == Account(
        accepted=9, waiting=1, alerted=1, alerting=1, alert_dead=1, untold=1, quarantined=1,
        filtered=1, folded=1, dead=1, redelivered=1, duplicates=0, unaccounted=(),
    )  # fmt: skip
    assert filled.ledger.account().balanced


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
def test_a_lead_stands_where_its_story_ends(filled: LedgerWorld, name: str, status: Status) -> None:
    assert filled.story(name).row.status is status
    (row,) = filled.ledger.find(LeadFilter(ids=(filled.ids[name],)))
    assert (row.lead_id, row.status) == (filled.ids[name], status)


@pytest.mark.parametrize(
    ("which", "names"),
    [
        (LeadFilter(), "waiting dead spam untold untellable telling told"),
        (LeadFilter(limit=2), "waiting dead"),
        (LeadFilter(status=Status.FOLDED), "update"),
        (LeadFilter(status=Status.REFINED), "untold telling"),
        (LeadFilter(events=True, limit=3), "gone update waiting"),
        (LeadFilter(search="TELL"), "untellable telling"),
        (LeadFilter(search="spam@example"), "spam"),
        (LeadFilter(search="dead"), "dead"),
        (LeadFilter(search="50%_"), ""),
        (LeadFilter(source="close"), ""),
        (LeadFilter(unowned=True), "untold telling told"),
        (LeadFilter(unowned=True, limit=2), "untold telling"),
        (LeadFilter(unowned=True, status=Status.ALERTED), "told"),
        (LeadFilter(unowned=True, status=Status.DEAD), ""),
        (LeadFilter(unowned=True, since=START - timedelta(days=1)), "untold telling told"),
        (LeadFilter(unowned=True, since=START + timedelta(seconds=1)), ""),
        (LeadFilter(reason="slack.no_service"), "untellable"),
        (LeadFilter(reason="slack.no_service", source="close"), ""),
        (LeadFilter(reason="nothing"), ""),
        (LeadFilter(since=START + timedelta(seconds=1)), ""),
        (LeadFilter(until=START), ""),
        (LeadFilter(since=START, until=START + timedelta(seconds=1), limit=1), "waiting"),
        (LeadFilter(since=START, until=START), ""),
    ],
)
def test_leads_are_found(filled: LedgerWorld, which: LeadFilter, names: str) -> None:
    found = [row.lead_id for row in filled.ledger.find(which)]
    assert filled.names(found) == names.split()


def test_a_row_shows_what_refinement_found(filled: LedgerWorld) -> None:
    row = filled.story("told").row
    assert (row.source, row.captured_at) == ("generic", START)
    assert (row.name, row.email) == ("Told Person", "told@example.com")
    (listed,) = filled.ledger.find(LeadFilter(status=Status.ALERTED))
    assert listed == row


def test_ids_and_reason_narrow_each_other(filled: LedgerWorld) -> None:
    both = (filled.ids["told"], filled.ids["untellable"])
    found = filled.ledger.ids(LeadFilter(ids=both, reason="slack.no_service"))
    assert filled.names(list(found)) == ["untellable"]


def test_ids_are_in_the_order_of_capture_and_without_limit(filled: LedgerWorld) -> None:
    leads = filled.names(list(filled.ledger.ids(LeadFilter(limit=1))))
    assert leads == ["told", "telling", "untellable", "untold", "spam", "dead", "waiting"]
    events = filled.names(list(filled.ledger.ids(LeadFilter(events=True, limit=1))))
    assert events == [*leads, "update", "gone"]


def test_there_is_no_story_of_a_stranger(filled: LedgerWorld) -> None:
    assert filled.ledger.story("00000000-0000-7000-8000-000000000000") is None
    assert filled.ledger.story("no id at all") is None
    for stranger in ("zzz", "", "-", "0" * 33, "00000000-0000-7000-8000-000000000000"):
        assert filled.ledger.complete(stranger) == []


@pytest.mark.parametrize("length", [8, 13, 18, 30, 35, 36])
def test_an_id_is_known_by_its_beginning(filled: LedgerWorld, length: int) -> None:
    whole = filled.ids["told"]
    found = list(filled.ledger.complete(whole[:length].upper()))
    assert whole in found
    assert found == sorted(i for i in filled.ids.values() if i.startswith(whole[:length]))


def test_no_more_than_ten_ids_complete_a_beginning(world: LedgerWorld) -> None:
    world.store.accept([captured(world.clock, f"lead {n}") for n in range(12)])
    assert len(world.ledger.complete("01")) == 10


def test_an_id_of_another_version_is_known_by_the_whole_of_it(world: LedgerWorld) -> None:
    lead = msgspec.structs.replace(captured(world.clock), id=str(uuid.UUID(int=7 << 64)))
    world.store.accept([lead])
    assert world.ledger.complete(lead.id.upper()) == [lead.id]
    assert [row.lead_id for row in world.ledger.find(LeadFilter())] == [lead.id]
    assert world.ledger.ids(LeadFilter(since=START, until=START + timedelta(hours=2))) == [lead.id]


def test_dead_letters_come_in_groups(filled: LedgerWorld) -> None:
    groups = {(g.step, g.reason, g.count, g.error, g.example) for g in filled.ledger.dead()}
    assert groups == {
        (Step.REFINE, "lead.not_understood", 1, "nothing in it", filled.ids["dead"]),
        (Step.NOTIFY, "slack.no_service", 1, "no_service", filled.ids["untellable"]),
    }


def test_the_example_of_a_group_is_its_newest_dead_letter(world: LedgerWorld) -> None:
    for minutes in (0, 5, 0):  # the one in the middle dies last
        world.clock.now = START
        world.accept(f"late {minutes} {len(world.ids)}", delay=timedelta())
        lease = world.lease(Step.REFINE)
        world.clock.advance(minutes=minutes)
        world.settle(lease, Drop("mine", f"after {minutes}"))
    (group,) = world.ledger.dead()
    assert (group.count, group.error) == (3, "after 5")
    assert (group.first_at, group.last_at) == (START, START + timedelta(minutes=5))


def test_the_running_counts_are_those_of_the_leads(filled: LedgerWorld) -> None:
    counts = {t.what: t.count for t in filled.ledger.tallies()}
    assert counts == {
        "captured": 7, "folded": 1, "filtered": 1, "redelivered": 1, "refined": 4,
        "quarantined": 1, "refine.dead": 1, "alerted": 1, "notify.dead": 1,
    }  # fmt: skip
    assert {(t.day, t.source) for t in filled.ledger.tallies()} == {("2026-03-02", "generic")}


def test_the_backlog_says_what_waits_and_what_is_late(filled: LedgerWorld) -> None:
    now = START + timedelta(minutes=15)
    found = {b.step: b for b in filled.ledger.backlog(now)}
    refine, notify = found[Step.REFINE], found[Step.NOTIFY]
    assert (refine.waiting, refine.due, refine.leased, refine.dead) == (1, 1, 0, 1)
    assert refine.oldest_due_at == START + timedelta(minutes=10)
    assert (notify.channel, notify.waiting, notify.due, notify.dead) == ("slack", 1, 0, 1)
    assert notify.oldest_due_at is None


def test_an_empty_store_has_no_backlog_no_leads_and_a_balanced_account(world: LedgerWorld) -> None:
    assert list(world.ledger.backlog(START)) == []
    assert list(world.ledger.find(LeadFilter())) == []
    assert list(world.ledger.dead()) == []
    assert world.ledger.account(deep=True).balanced


def test_a_task_whose_lease_ran_out_is_due_again(world: LedgerWorld) -> None:
    world.accept("held", delay=timedelta())
    world.lease(Step.REFINE)
    (held,) = world.ledger.backlog(world.clock.now)
    assert (held.waiting, held.due, held.leased, held.oldest_due_at) == (0, 0, 1, None)
    world.clock.advance(minutes=2)
    (late,) = world.ledger.backlog(world.clock.now)
    assert (late.waiting, late.due, late.leased) == (1, world.store.count_due(Step.REFINE), 0)
    assert late.oldest_due_at == START + timedelta(minutes=1)


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
    world: LedgerWorld, raw: str, word: str, found: bool
) -> None:
    lead = world.accept("newcomer", raw=raw.encode())
    rows = world.ledger.find(LeadFilter(search=word))
    assert [r.lead_id for r in rows] == ([lead.id] if found else [])


def test_a_refined_name_is_found_in_any_case_of_any_script(world: LedgerWorld) -> None:
    lead = world.accept("new", delay=timedelta(), raw=b'{"word":"raw"}')
    world.refine(lead, name="ΑΘΗΝΆ Müller", email="new@example.com", company="Acme")
    for word in ("αθηνά", "MÜLLER", "acme", lead.id[:13], lead.id.upper()):
        assert [r.lead_id for r in world.ledger.find(LeadFilter(search=word))] == [lead.id], word
    for word in ("contact", "raw"):
        assert list(world.ledger.find(LeadFilter(search=word))) == [], word


def test_a_lead_that_is_dead_after_its_refinement_is_searched_by_what_is_refined(
    world: LedgerWorld,
) -> None:
    lead = world.accept("lost", delay=timedelta(), raw=b'{"word":"raw"}')
    world.refine(lead, tell=True)
    world.settle(world.lease(Step.NOTIFY, "slack"), Drop("slack.no_service"))
    assert list(world.ledger.find(LeadFilter(search="raw"))) == []


def id_of(at: datetime) -> str:
    """An id that tells its time, whatever ids this process has made before."""
    digits = f"{int(at.timestamp() * 1000):012x}7{uuid.uuid4().hex[13:]}"
    return str(uuid.UUID(digits))


def test_newest_first_holds_across_days_and_whatever_the_limit(world: LedgerWorld) -> None:
    """Months and years turn, and days have more leads than are asked for at once."""
    ids: list[str] = []
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    for day in (datetime(2025, 12, 31, tzinfo=UTC), new_year, START):
        for n in range(9):
            world.clock.now = day + timedelta(minutes=n)
            lead = captured(world.clock, f"{day} {n}")
            ids.append(id_of(world.clock.now))
            world.store.accept([msgspec.structs.replace(lead, id=ids[-1])])
    newest = ids[::-1]
    for limit in (1, 9, 10, 26, 50):
        found = [row.lead_id for row in world.ledger.find(LeadFilter(limit=limit))]
        assert found == newest[:limit]
    assert list(world.ledger.ids(LeadFilter())) == ids
    between = LeadFilter(since=new_year, until=START + timedelta(minutes=2))
    assert list(world.ledger.ids(between)) == ids[9:20]
    minutes = LeadFilter(since=START + timedelta(minutes=2), until=START + timedelta(minutes=4))
    assert [row.lead_id for row in world.ledger.find(minutes)] == [ids[21], ids[20]]
    assert list(world.ledger.complete(ids[0][:13])) == [ids[0]]


def test_a_day_with_more_leads_than_a_page_is_read_to_its_end(world: LedgerWorld) -> None:
    ids = []
    for n in range(120):
        world.clock.now = START + timedelta(seconds=n)
        ids.append(id_of(world.clock.now)[:-1] + "0")  # all in one shard
        lead = captured(world.clock, f"{n}", raw=b'{"n":"%d"}' % n)
        world.store.accept([msgspec.structs.replace(lead, id=ids[-1])])
    found = [row.lead_id for row in world.ledger.find(LeadFilter(limit=110))]
    assert found == ids[:-111:-1]
    (oldest,) = world.ledger.find(LeadFilter(search='"0"', limit=2))
    assert oldest.lead_id == ids[0]


def test_a_story_names_the_lead_it_repeats_and_those_that_repeat_it(world: LedgerWorld) -> None:
    first = world.accept("first", delay=timedelta())
    world.refine(first)
    again = world.accept("again", delay=timedelta())
    repeats = FirstSeen(first.id, first.captured_at, ("email",))
    lead = msgspec.structs.replace(refined(again, world.clock), duplicate_of=repeats)
    world.settle(world.lease(Step.REFINE), Done(refined=lead))
    story, repeat = world.story("first"), world.story("again")
    assert (story.repeated_by, story.row.duplicate_of) == ((again.id,), None)
    assert (repeat.repeated_by, repeat.row.duplicate_of) == ((), first.id)
    assert world.ledger.account().duplicates == 1


def test_an_event_that_came_too_late_is_part_of_the_story(world: LedgerWorld) -> None:
    lead = world.accept("lead", delay=timedelta(), record="contact:1")
    world.refine(lead)
    world.clock.advance(seconds=5)
    late = world.accept("late", kind=Kind.UPDATED, record="contact:1", raw=b'{"owner":"o"}')
    story = world.story("lead")
    (event,) = story.related
    assert (event.lead_id, event.kind, event.fate, event.why) == (
        late.id, "updated", "filtered", "already_refined",
    )  # fmt: skip
    assert bytes(event.raw) == b'{"owner":"o"}'
    assert [(h.what, h.detail) for h in story.timeline] == [
        ("captured", ""), ("refined", ""), ("event.filtered", "already_refined"),
    ]  # fmt: skip


def tale(world: LedgerWorld) -> LeadStory:
    """A lead to which everything happens, and its story, with the id of each event by name."""
    clock = world.clock
    lead = world.accept("lead", record="contact:1", delay=timedelta(minutes=1))
    clock.advance(seconds=1)
    world.accept("update", kind=Kind.UPDATED, record="contact:1")
    clock.advance(minutes=2)
    world.settle(world.lease(Step.REFINE), Retry(timedelta(seconds=5), "TimeoutError"))
    clock.advance(seconds=5)
    world.settle(world.lease(Step.REFINE), Drop("lead.not_understood", "no name"))
    clock.advance(seconds=1)
    world.store.put([Task(Step.REFINE, lead.id)], clock.now, note="replayed")
    clock.advance(seconds=1)
    world.refine(lead, tell=True, name="Ada Vance", email="ada@example.com", company="Vance Tools")
    clock.advance(seconds=1)
    world.settle(
        world.lease(Step.NOTIFY, "slack"),
        Done(alert=Alert(lead.id, "slack", clock.now, "new_lead/1", digest=True)),
    )
    clock.advance(seconds=1)
    world.store.put([Task(Step.REFINE, lead.id)], clock.now, note="replayed")
    clock.advance(seconds=1)
    world.refine(lead, tell=True, name="Ada Vance")
    clock.advance(seconds=1)
    world.settle(world.lease(Step.NOTIFY, "slack"), Drop("slack.no_service", "no_service"))
    world.store.put([Task(Step.REFINE, lead.id)], clock.now + timedelta(hours=1))
    return world.story("lead")


@pytest.mark.parametrize("kind", ["encrypted", "moto", KINDS[-1]])
def test_a_story_is_told_in_the_same_words_by_every_ledger(make: Made, kind: str) -> None:
    worlds = [make("sqlite"), make(kind)]
    told = []
    for world in worlds:
        text = msgspec.json.encode(tale(world)).decode()
        for name, lead_id in world.ids.items():
            text = text.replace(lead_id, name)
        told.append(msgspec.json.decode(text))
        for task in told[-1]["tasks"]:
            del task["attempts"]  # AWS goes on counting where a task ended and is put anew
    assert [h["what"] for h in told[0]["timeline"]] == [
        "captured", "event.folded", "refine.failed", "refine.dead", "replayed", "alerted",
        "replayed", "refined", "notify.dead",
    ]  # fmt: skip
    assert told[1] == told[0]
