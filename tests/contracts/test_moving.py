"""What a move between an embedded installation and AWS promises."""

import uuid
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.duplicates.keys import candidate_keys
from leadline.duplicates.traits import traits_of
from leadline.model.facts.likeness import Judgement, Ruling
from leadline.model.facts.score import LeadScore
from leadline.model.formats import key_of
from leadline.model.lead import Fate, Kind, RefinedLead, Status
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import DataKind
from leadline.model.task import Done, Step, Task
from leadline.operations.moving.agreement import differences
from leadline.ports.homes import Family, Home, KeyKind
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Among, Settlement, Store
from leadline.ports.store_parts.first_look import HotLead
from leadline.stores.aws.clocks.message_queues import FAR
from leadline.stores.aws.keys import alike_key, digest_key, lead_key
from leadline.stores.likeness import likeness_of
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.values import micros
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import LEASE, HandClock, captured, digest, refined, settle
from tests.worlds.match_keys import owner_in_table
from tests.worlds.moving import AFTER, TwoInstallations, populate, waits


def plain(families: dict[str, Family]) -> dict[str, list[object]]:
    """Everything but what only one home knows."""
    return {
        i: [msgspec.structs.replace(lead, redelivered_at=()) for lead in family.leads]
        for i, family in families.items()
    }


def finish(two: TwoInstallations, home: Home) -> None:
    """Let the workers of one home do all that is left, everybody being reachable now."""
    two.everybody_answers()
    two.work(two.aws if home is Home.AWS else two.sqlite, 3, minutes=40)


def told_once(two: TwoInstallations, named: dict[str, str], home: Home) -> None:
    """Whoever was to hear of a lead did, once; of one that was replayed on demand, twice."""
    families = two.families(home)
    replayed = named["replayed"]
    for family in families.values():
        for lead in family.leads:
            hears = lead.head is not None and b'"status":"refined"' in lead.head
            for name, channel in two.channels.items():
                raw = lead.raw or b""
                deaf = name == "slack" and (b"refused" in raw or b"instead" in raw)
                times = 0 if not hears or deaf else 2 if lead.lead_id == replayed else 1
                assert channel.accepted[lead.lead_id] == times, (lead.raw, name)
    assert sum(bool(f.leads[0].head) for f in families.values()) >= 12


def test_leads_in_every_state_are_the_same_on_aws_and_back(
    two: TwoInstallations, tmp_path: Path
) -> None:
    named = populate(two, two.sqlite)
    before, keys = two.families(Home.EMBEDDED), two.keys(Home.EMBEDDED)
    summary = two.move(Home.AWS)
    assert two.told == {}
    leads = sum(len(f.leads) for f in before.values())
    assert summary is not None
    assert (summary.moved, summary.known, summary.conflicting, summary.verified) == (
        leads,
        0,
        0,
        leads,
    )
    assert plain(two.families(Home.AWS)) == plain(before)
    assert two.keys(Home.AWS) == keys
    with closing(TwoInstallations(tmp_path / "elsewhere", two.rooms, two.clock)) as other:
        assert other.move(Home.EMBEDDED) == summary
        assert plain(other.families(Home.EMBEDDED)) == plain(before)
        assert other.keys(Home.EMBEDDED) == keys
    assert len(named) == leads


def test_the_world_of_these_tests_has_every_state(two: TwoInstallations, tmp_path: Path) -> None:
    named = populate(two, two.sqlite)
    with closing(SqliteLedger(tmp_path / "data")) as ledger:
        rows = ledger.find(LeadFilter(events=True, limit=100))
        assert {row.status for row in rows} == set(Status)
        assert {group.step for group in ledger.dead()} == set(Step)
        assert ledger.account(deep=True).balanced
    leads = {lead.lead_id: lead for f in two.families(Home.EMBEDDED).values() for lead in f.leads}
    of = {what: leads[lead_id] for what, lead_id in named.items()}
    assert {lead.fate for lead in of.values()} == {Fate.CAPTURED, Fate.FOLDED, Fate.FILTERED}
    assert of["unlucky"].tasks[0].failures > 0
    assert of["held"].tasks[0].leased
    assert of["replayed"].tasks[0].again
    assert of["ada again"].duplicate_of == named["ada"]
    assert of["bob"].redelivered + of["robert"].redelivered == 3
    assert of["form"].body
    assert {task.step for lead in of.values() for task in lead.tasks if not task.dead_at} == {*Step}
    assert [a.channel for a in of["instead"].alerts] == ["mail"]
    assert {a.step for a in of["troubled"].alerts} == {Step.NOTIFY, Step.REMIND}
    assert all(a.ref for lead in of.values() for a in lead.alerts)
    assert {what: lead.handling.rev for what, lead in of.items() if lead.handling} == {
        "handled": 2, "ada": 1, "troubled": 1,
    }  # fmt: skip
    assert any(task.leased for task in of["handled"].tasks)
    keys = two.keys(Home.EMBEDDED)
    assert named["forgotten words"] not in {i for i, some in keys.items() if len(some) > 1}
    assert {"refined", "replayed"} <= {h.what for h in of["replayed"].history} | {"refined"}


def test_tasks_are_due_when_they_would_have_been(two: TwoInstallations) -> None:
    populate(two, two.sqlite)
    due = waits(two.families(Home.EMBEDDED))
    two.move(Home.AWS)
    assert waits(two.families(Home.AWS)) == due
    claimed: set[tuple[str, Step, str]] = set()
    for task, at in sorted(due.items(), key=lambda item: item[1]):
        if two.clock.now < at:
            two.clock.now = at - timedelta(milliseconds=1)
            claimed |= claim_all(two)
            assert task not in claimed
            two.clock.now = at
        claimed |= claim_all(two)
        assert task in claimed


def claim_all(two: TwoInstallations) -> set[tuple[str, Step, str]]:
    """Everything that is due now, claimed for so long that it is not due again."""
    found: set[tuple[str, Step, str]] = set()
    steps = (Step.NOTIFY, Step.UPDATE, Step.REMIND)
    tellers = [(step, name) for step in steps for name in two.channels]
    for step, channel in dict.fromkeys([(Step.REFINE, ""), *tellers, *AFTER]):
        while leases := two.aws.lease(step, 10, timedelta(days=1), channel):
            found |= {(lease.task.lead_id, step, channel) for lease in leases}
    return found


def test_a_bell_is_rung_for_every_task_that_is_due_before_a_sweep_can_ring(
    two: TwoInstallations,
) -> None:
    populate(two, two.sqlite)
    due = waits(two.families(Home.EMBEDDED))
    two.move(Home.AWS)
    soon = [step for (_, step, _), at in due.items()
            if step is Step.REFINE or at - two.clock.now <= FAR]  # fmt: skip
    assert len(soon) < len(due)
    urls = two.rooms.urls
    for url in set(urls.values()):
        told = two.rooms.queues.depths(url)
        assert sum(told.values()) == sum(urls[step] == url for step in soon)


def test_nobody_is_told_again_and_the_account_stays_balanced(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    two.move(Home.AWS)
    finish(two, Home.AWS)
    told_once(two, named, Home.AWS)
    assert two.move(Home.EMBEDDED) is not None
    assert two.told == {}
    finish(two, Home.EMBEDDED)
    told_once(two, named, Home.EMBEDDED)
    with closing(SqliteLedger(two.folder)) as ledger:
        assert ledger.account(deep=True).unaccounted == ()
        assert ledger.account().balanced


def test_a_redelivery_is_recognised_after_the_move(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    two.move(Home.AWS)
    again = [
        (captured(two.clock, "waiting"), "waiting"),
        (captured(two.clock, "spaced", lasting=False), "spaced"),
        (captured(two.clock, "b", key="b1", record="r-bob", kind=Kind.UPDATED), "bob"),
        (captured(two.clock, "poison"), "poison"),
    ]
    for lead, what in again:
        (receipt,) = two.aws.accept([lead])
        assert (receipt.fate, receipt.lead_id) == (Fate.REDELIVERED, named[what])
    (update,) = two.aws.accept(
        [captured(two.clock, "bo", key="b3", record="r-bob", kind=Kind.UPDATED)]
    )
    assert (update.fate, update.lead_id) == (Fate.FOLDED, named["bob"])


def test_a_person_who_comes_again_was_seen_before(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    two.move(Home.AWS)
    later = captured(two.clock, "ada", key="one more", delay=timedelta())
    two.aws.accept([later])
    finish(two, Home.AWS)
    families = two.families(Home.AWS)
    assert families[later.id].leads[0].duplicate_of == named["ada"]
    two.move(Home.EMBEDDED)
    last = captured(two.clock, "ada", key="and one more", delay=timedelta())
    two.sqlite.accept([last])
    finish(two, Home.EMBEDDED)
    assert two.families(Home.EMBEDDED)[last.id].leads[0].duplicate_of == named["ada"]


def test_a_person_who_comes_while_leads_move_was_seen_before(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    paused = SqliteHome(two.sqlite, two.clock.now).channels()
    owned = two.keys(Home.EMBEDDED, KeyKind.PERSON)
    people = {(key, lead_id) for lead_id, keys in owned.items() for key in keys}
    alike = {
        one.lead_id: made.keys
        for family in two.families(Home.EMBEDDED).values()
        for one in family.leads
        if one.head and (made := likeness_of(msgspec.json.decode(one.head, type=RefinedLead)))
    }
    under = {(key, lead_id) for lead_id, keys in alike.items() for key in keys}
    assert two.move(Home.AWS, until="moving") is None
    known = {digest_key(KeyKind.PERSON, key) for key, _ in people | under}
    known |= {alike_key(lead_id) for lead_id in alike}
    there = {(item["pk"], item["sk"]) for item in two.rooms.table.scan()}
    assert there == {(f"C#{name}", "channel") for name in paused} | known, "everybody, and no lead"
    later = captured(two.clock, "ada", key="one more", delay=timedelta())
    two.aws.accept([later])
    two.work(two.aws)
    assert two.move(Home.AWS) is not None
    assert two.families(Home.AWS)[later.id].leads[0].duplicate_of == named["ada"]


def test_what_is_there_already_is_known(two: TwoInstallations) -> None:
    populate(two, two.sqlite)
    first = two.move(Home.AWS)
    second = two.move(Home.AWS)
    assert first is not None
    assert second is not None
    assert (second.moved, second.known, second.verified) == (0, first.moved, first.moved)


def test_without_a_journal_equal_leads_are_known_and_others_are_conflicts(
    two: TwoInstallations,
) -> None:
    named = populate(two, two.sqlite)
    two.move(Home.AWS)
    journal = two.folder / f"moved-{two.rooms.table.name}.db"
    journal.unlink()
    summary = two.move(Home.AWS)
    assert summary is not None
    assert (summary.moved, summary.conflicting) == (0, 0)
    journal.unlink()
    finish(two, Home.AWS)
    there = plain(two.families(Home.AWS))
    summary = two.move(Home.AWS)
    assert summary is not None
    here = two.families(Home.EMBEDDED)
    assert summary.conflicting == sum(len(here[i].leads) for i in two.told)
    assert named["waiting"] in two.told
    assert named["ada"] not in two.told
    assert plain(two.families(Home.AWS)) == there, "conflicts are left as they are"
    told_once(two, named, Home.AWS)


def test_an_event_that_is_another_lead_there_is_a_conflict(two: TwoInstallations) -> None:
    two.sqlite.accept([mine := captured(two.clock, "ada"), captured(two.clock, "bob")])
    two.aws.accept([theirs := captured(two.clock, "ada")])
    summary = two.move(Home.AWS)
    assert summary is not None
    assert (summary.moved, summary.conflicting) == (1, 1)
    assert list(two.told) == [mine.id]
    assert mine.id not in two.families(Home.AWS)
    assert theirs.id in two.families(Home.AWS)


def test_leads_that_went_on_are_replaced_by_what_they_became(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    two.move(Home.AWS)
    finish(two, Home.AWS)
    there = plain(two.families(Home.AWS))
    assert two.move(Home.EMBEDDED) is not None
    assert two.told == {}
    assert plain(two.families(Home.EMBEDDED)) == there
    two.sqlite.put([Task(Step.REFINE, named["poison"])], two.clock.now)
    finish(two, Home.EMBEDDED)
    here = plain(two.families(Home.EMBEDDED))
    assert two.move(Home.AWS) is not None
    assert two.told == {}
    assert plain(two.families(Home.AWS)) == here
    told_once(two, named, Home.AWS)


def test_nothing_that_left_aws_is_worked_on_there(two: TwoInstallations) -> None:
    named = populate(two, two.aws)
    two.clock.advance(hours=1)  # nobody holds anything any more
    before = plain(two.families(Home.AWS))
    assert two.move(Home.EMBEDDED) is not None
    assert two.told == {}
    two.work(two.aws, 3, minutes=20)
    assert plain(two.families(Home.AWS)) == before, "parked is the same as waiting"
    finish(two, Home.EMBEDDED)
    told_once(two, named, Home.EMBEDDED)


def test_a_lead_that_a_function_has_in_hand_is_waited_for(two: TwoInstallations) -> None:
    two.aws.accept([lead := captured(two.clock, "ada", delay=timedelta())])
    (lease,) = two.aws.lease(Step.REFINE, 1, timedelta(seconds=60))
    began = two.clock.now
    assert two.move(Home.EMBEDDED) is not None
    assert two.clock.now - began >= timedelta(seconds=59)
    (task,) = two.families(Home.EMBEDDED)[lead.id].leads[0].tasks
    assert task.leased
    assert two.aws.settle([Settlement(lease, Done())]) == [False]


def test_a_channel_that_asked_for_a_pause_gets_it(two: TwoInstallations) -> None:
    until = two.clock.now + timedelta(minutes=3)
    two.sqlite.pause("slack", until)
    two.move(Home.AWS)
    assert two.aws.reserve("slack", timedelta(seconds=1)) == timedelta(minutes=3)
    assert two.aws.reserve("mail", timedelta(seconds=1)) == timedelta()


def test_ended_again_and_again_a_move_loses_and_doubles_nothing(two: TwoInstallations) -> None:
    step = 11
    named = populate(two, two.sqlite)
    leads = sum(len(f.leads) for f in two.families(Home.EMBEDDED).values())
    two.everybody_answers()
    writes = step
    while (summary := two.move(Home.AWS, writes, after=writes % 2 == 0)) is None:
        two.work(two.aws, 1, seconds=40)
        writes += step
        assert two.told == {}
    assert (summary.conflicting, summary.verified) == (0, leads)
    finish(two, Home.AWS)
    told_once(two, named, Home.AWS)


@pytest.mark.parametrize("writes", [1, 2])
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_way_back_that_was_given_up_takes_nothing_from_what_went_on(
    two: TwoInstallations, writes: int, goes_on: bool
) -> None:
    named = {what: captured(two.clock, what, delay=timedelta()) for what in ("ada", "unlucky")}
    two.sqlite.accept(list(named.values()))
    assert two.move(Home.AWS) is not None
    two.work(two.aws, 1, minutes=1)
    assert two.move(Home.EMBEDDED, writes) is None, "noted, or written as well, but not agreed"
    if goes_on:
        two.everybody_answers()
        two.work(two.aws, 1, minutes=1)
    there = plain(two.families(Home.AWS))
    assert two.move(Home.AWS) is not None
    assert two.told == {}
    assert plain(two.families(Home.AWS)) == there
    finish(two, Home.AWS)
    for channel in two.channels.values():
        assert channel.accepted == {lead.id: 1 for lead in named.values()}


def test_half_a_copy_takes_nothing_from_what_it_was_made_of(two: TwoInstallations) -> None:
    two.sqlite.accept([first := captured(two.clock, "ada", delay=timedelta())])
    two.work(two.sqlite, 1, seconds=1)
    again = captured(two.clock, "ada", key="again", record="r" * 999, delay=timedelta())
    two.sqlite.accept([again])
    two.work(two.sqlite, 1, seconds=1)
    before = plain(two.families(Home.EMBEDDED))
    writes = 1
    while two.move(Home.AWS, writes) is None:
        assert two.move(Home.EMBEDDED) is not None
        assert two.told == {}
        assert plain(two.families(Home.EMBEDDED)) == before
        writes += 1
    assert set(two.families(Home.AWS)) == {first.id, again.id}


@pytest.mark.parametrize("towards", list(Home))
def test_an_older_lead_that_moves_becomes_the_first_of_a_younger_one(
    two: TwoInstallations, towards: Home
) -> None:
    stores: list[Store] = [two.sqlite, two.aws]
    origin, there = stores if towards is Home.AWS else stores[::-1]
    origin.accept([old := captured(two.clock, "ada", delay=timedelta())])
    two.work(origin, 1, minutes=1)
    there.accept([young := captured(two.clock, "ada", key="again", delay=timedelta())])
    two.work(there, 1, minutes=1)
    assert two.move(towards) is not None
    assert two.told == {}
    there.accept([last := captured(two.clock, "ada", key="and again", delay=timedelta())])
    two.work(there, 1, minutes=1)
    for later in (last, young):
        assert two.families(towards)[later.id].leads[0].duplicate_of == old.id


def test_hot_leads_come_first_where_a_move_has_brought_them(two: TwoInstallations) -> None:
    leads = [captured(two.clock, name, delay=timedelta()) for name in ("ada", "bob", "cora")]
    late = [captured(two.clock, name, delay=timedelta(hours=1)) for name in ("dan", "eve")]
    two.aws.accept([*leads, *late])
    leases = {lease.task.lead_id: lease for lease in two.aws.lease(Step.REFINE, 9, LEASE)}
    for lead in leads:
        lease, made = leases[lead.id], refined(lead, two.clock)
        if lead is leads[-1]:
            made = msgspec.structs.replace(made, score=LeadScore(90, "points", hot=True))
        assert settle(two.aws, lease, Done(refined=made, then=(Task(Step.NOTIFY, lead.id, "x"),)))
        two.clock.advance(seconds=1)
    two.clock.advance(minutes=1)
    assert two.aws.end_waits([HotLead(late[-1].id, "score 90")])[0]
    assert two.move(Home.EMBEDDED) is not None
    two.clock.advance(hours=2)
    for step, channel, hot in ((Step.NOTIFY, "x", leads[-1]), (Step.REFINE, "", late[-1])):
        (first,) = two.sqlite.lease(step, 1, LEASE, channel)
        assert first.task.lead_id == hot.id


def test_events_that_came_to_a_silent_copy_stay_with_it(two: TwoInstallations) -> None:
    two.sqlite.accept([lead := captured(two.clock, "ada", record="r")])
    assert two.move(Home.AWS) is not None
    assert two.move(Home.EMBEDDED) is not None
    two.work(two.sqlite, 1, minutes=11)
    two.aws.accept([update := captured(two.clock, "x", record="r", kind=Kind.UPDATED)])
    finish(two, Home.EMBEDDED)
    assert two.move(Home.AWS) is not None
    assert two.told == {}
    family = two.families(Home.AWS)[lead.id]
    assert [one.lead_id for one in family.leads] == [lead.id, update.id]
    assert family.leads[0].alerts
    two.aws.accept([captured(two.clock, "y", record="r", kind=Kind.UPDATED)])
    assert two.move(Home.EMBEDDED) is not None
    assert [len(f.leads) for f in two.families(Home.EMBEDDED).values()] == [3]


def test_the_same_words_of_long_ago_are_no_conflict(two: TwoInstallations) -> None:
    two.aws.accept([captured(two.clock, "ada", lasting=False)])
    two.clock.advance(days=8)
    two.sqlite.accept([lead := captured(two.clock, "ada", lasting=False)])
    assert two.move(Home.AWS) is not None
    assert two.told == {}
    (receipt,) = two.aws.accept([captured(two.clock, "ada", lasting=False)])
    assert (receipt.fate, receipt.lead_id) == (Fate.REDELIVERED, lead.id)


def test_a_lead_waits_for_the_first_lead_of_its_person(
    two: TwoInstallations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("stores.sqlite.moving.home", "stores.aws.moving.survey"):
        monkeypatch.setattr(f"leadline.{module}.BATCH", 1)
    two.sqlite.accept([later := captured(two.clock, "ada")])
    two.clock.advance(seconds=1)
    two.sqlite.accept([first := captured(two.clock, "ada", key="b", delay=timedelta())])
    two.work(two.sqlite, 2, minutes=11)
    summary = two.move(Home.AWS)
    assert two.told == {}
    assert two.families(Home.AWS)[later.id].leads[0].duplicate_of == first.id
    folder, alone = tmp_path / "elsewhere", two.one_at_a_time
    with closing(TwoInstallations(folder, two.rooms, two.clock, one_at_a_time=alone)) as other:
        assert other.move(Home.EMBEDDED) == summary
        assert other.told == {}
        assert other.families(Home.EMBEDDED)[later.id].leads[0].duplicate_of == first.id


@pytest.mark.parametrize("lasting", [False, True])
def test_keys_of_an_earlier_refinement_are_not_forgotten(
    two: TwoInstallations, lasting: bool
) -> None:
    two.sqlite.accept([lead := captured(two.clock, "ada", delay=timedelta(), lasting=lasting)])
    two.work(two.sqlite)
    with two.sqlite.db.writing() as db:
        two.sqlite.keys.add(db, [(digest("of old"), 1, micros(lead.captured_at), 1)])
    assert two.move(Home.AWS) is not None
    assert two.told == {}
    assert owner_in_table(two.aws, digest("of old")) == lead.id
    again = captured(two.clock, "ada", lasting=lasting)
    assert two.aws.accept([again])[0].fate is Fate.REDELIVERED
    keys = two.keys(Home.EMBEDDED)
    assert two.keys(Home.AWS) == keys
    assert len(keys[lead.id]) == 2


def test_what_waits_stands_in_the_table_as_if_it_had_come_there(two: TwoInstallations) -> None:
    leads = [
        captured(two.clock, "ada", record="r" * 999),
        captured(two.clock, "bob", lasting=False),
    ]
    two.sqlite.accept(leads)
    assert two.move(Home.AWS) is not None
    with closing(AwsResources(two.rooms.endpoint)) as rooms:
        rooms.store(two.clock).accept(leads)
        there = {(i["pk"], i["sk"]): without_marks(i) for i in two.rooms.table.scan()}
        assert there == {(i["pk"], i["sk"]): without_marks(i) for i in rooms.table.scan()}
        for key in rooms.bucket.keys("raw/"):
            assert two.rooms.bucket.get(key) == rooms.bucket.get(key)


def without_marks(item: dict[str, object]) -> dict[str, object]:
    """An item without what tells one write of it from another."""
    return {name: value for name, value in item.items() if name not in ("rev", "write")}


def test_answers_that_are_lost_lose_nothing(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    two.everybody_answers()
    before = plain(two.families(Home.EMBEDDED))
    assert two.move(Home.AWS, stutters=True) is not None
    assert two.told == {}
    assert plain(two.families(Home.AWS)) == before
    two.work(two.aws, 1, minutes=5)
    assert two.move(Home.EMBEDDED, stutters=True) is not None
    assert two.told == {}
    finish(two, Home.EMBEDDED)
    told_once(two, named, Home.EMBEDDED)


def test_what_cannot_be_read_stays_where_it_is(two: TwoInstallations) -> None:
    two.aws.accept([lead := captured(two.clock, "ada", delay=timedelta())])
    two.aws.accept([other := captured(two.clock, "bob", delay=timedelta())])
    two.work(two.aws)
    two.aws.bucket.put(key_of("raw", other.id, other.captured_at), b"{")
    item = two.aws.table.get(lead_key(lead.id))
    assert item is not None
    two.rooms.caller.call(
        "s3", "DELETE", f"/{two.rooms.bucket.name}/{key_of('refined', lead.id, lead.captured_at)}",
        query={"versionId": item["summary"]["version"]},
    )  # fmt: skip
    summary = two.move(Home.EMBEDDED)
    assert summary is not None
    assert summary.conflicting == 2
    assert two.told == {
        lead.id: "its refined document is missing",
        other.id: "a document of it is damaged",
    }
    assert two.families(Home.EMBEDDED) == {}


def test_words_that_the_archive_has_forgotten_stay_where_they_are_known(
    two: TwoInstallations,
) -> None:
    two.sqlite.accept([lead := captured(two.clock, "ada", delay=timedelta())])
    two.move(Home.AWS)
    two.work(two.aws)
    two.rooms.caller.call(
        "s3", "DELETE", f"/{two.rooms.bucket.name}/{key_of('raw', lead.id, lead.captured_at)}"
    )
    assert two.move(Home.EMBEDDED) is not None
    assert two.told == {}
    (family,) = two.families(Home.EMBEDDED).values()
    assert (family.leads[0].raw, len(family.leads[0].alerts)) == (lead.raw, len(two.channels))


def test_what_is_too_large_for_the_table_is_named_and_stays(two: TwoInstallations) -> None:
    head = captured(two.clock, "ada", record="r")
    two.sqlite.accept([head, small := captured(two.clock, "bob")])
    two.sqlite.put([Task(Step.REFINE, head.id)], two.clock.now, note="x" * 400_000)
    summary = two.move(Home.AWS)
    assert summary is not None
    assert (summary.moved, summary.conflicting) == (1, 1)
    assert "400 KB" in two.told[head.id]
    assert list(two.families(Home.AWS)) == [small.id]
    assert list(two.rooms.bucket.keys("raw/")) == [key_of("raw", small.id, small.captured_at)]


ENDS = st.tuples(st.sampled_from(list(Home)), st.integers(0, 160), st.booleans())


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.lists(ENDS, max_size=5), last=st.sampled_from(list(Home)))
def test_to_and_fro_and_ended_anywhere_everybody_hears_once(
    two: TwoInstallations, ends: list[tuple[Home, int, bool]], last: Home
) -> None:
    folder, alone = two.folder / str(uuid.uuid4()), two.one_at_a_time
    with (
        closing(AwsResources(two.rooms.endpoint)) as rooms,
        closing(
            TwoInstallations(folder, rooms, HandClock(two.clock.now), one_at_a_time=alone)
        ) as both,
    ):
        named = populate(both, both.sqlite)
        both.everybody_answers()
        for towards, writes, after in ends:
            whole = both.move(towards, writes, after=after)
            assert both.told == {}
            both.work(both.aws, 1, seconds=40)
            if whole is not None and towards is Home.EMBEDDED:
                both.work(both.sqlite, 1, seconds=40)
        assert both.move(last) is not None
        assert both.told == {}
        finish(both, last)
        told_once(both, named, last)
        if last is Home.AWS:
            assert set(named.values()) == {
                lead.lead_id for f in both.families(last).values() for lead in f.leads
            }


def test_what_differs_is_named_by_its_field(two: TwoInstallations) -> None:
    two.sqlite.accept([captured(two.clock, "ada")])
    (family,) = two.families(Home.EMBEDDED).values()
    (lead,) = family.leads
    other = Family((msgspec.structs.replace(lead, why="x", redelivered=2),))
    assert differences(family, other) == {lead.lead_id: ("why",)}
    assert differences(other, family) == {lead.lead_id: ("why", "redelivered")}
    assert differences(family, None) == {lead.lead_id: ("missing",)}


def test_updates_that_wait_for_their_lead_wait_for_it_at_the_other_home(
    two: TwoInstallations,
) -> None:
    early = [captured(two.clock, f"u{n}", kind=Kind.UPDATED, record="r:1") for n in range(2)]
    for event in early:
        two.sqlite.accept([event])
    before = two.families(Home.EMBEDDED)
    two.move(Home.AWS)
    assert two.told == {}
    assert plain(two.families(Home.AWS)) == plain(before)
    lead = captured(two.clock, "lead", record="r:1")
    two.aws.accept([lead])
    raws = tuple(event.raw for event in early)
    assert two.aws.waiting([lead.id])[lead.id].updates == raws


def test_a_lead_without_its_person_moves_like_any_other(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    two.sqlite.erase(named["ada"])
    before = two.families(Home.EMBEDDED)
    two.move(Home.AWS)
    assert two.told == {}
    assert plain(two.families(Home.AWS)) == plain(before)


def test_what_people_decided_about_two_leads_moves_along(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    made = Judgement(named["ada"], named["bob"], Ruling.APART, "kim", two.clock.now)
    two.sqlite.judge(made)
    assert two.move(Home.AWS) is not None
    assert two.told == {}
    assert two.aws.judgements([named["ada"]]) == {named["ada"]: [made]}
    two.clock.advance(seconds=1)
    later = Judgement(named["bob"], named["ada"], Ruling.SAME, "", two.clock.now)
    two.aws.judge(later)
    assert two.move(Home.EMBEDDED) is not None
    assert two.told == {}
    assert two.sqlite.judgements([named["bob"]]) == {named["bob"]: [later]}


def test_leads_are_candidates_at_their_new_home(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    ada = two.sqlite.refined([named["ada"]])[named["ada"]]
    keys = {"new": list(candidate_keys(traits_of(ada)).values())}
    two.move(Home.AWS)
    assert named["ada"] in [one.lead_id for one in two.aws.candidates(keys)["new"].candidates]
    later = captured(two.clock, "ada", key="one more", delay=timedelta())
    two.aws.accept([later])
    finish(two, Home.AWS)
    assert two.move(Home.EMBEDDED) is not None
    found = {one.lead_id: one for one in two.sqlite.candidates(keys)["new"].candidates}
    assert found[later.id].first == named["ada"]


def test_a_legal_hold_and_what_retention_deleted_move_along(two: TwoInstallations) -> None:
    named = populate(two, two.sqlite)
    hold = DataHold(named["ada"], "dispute 17", "command:ops", two.clock.now)
    assert two.sqlite.hold_data(hold)
    two.clock.advance(days=400)
    everything, later = Among(frozenset(), others=True), two.clock.now
    for kind in (DataKind.REFINED, DataKind.RAW, DataKind.TIMELINE, DataKind.DEAD):
        page = two.sqlite.too_old(kind, later, everything)
        assert named["ada"] not in [one.lead_id for one in page.leads]
        assert two.sqlite.retire(kind, later, [one.lead_id for one in page.leads])
    before = two.families(Home.EMBEDDED)
    assert two.move(Home.AWS) is not None
    assert two.told == {}
    assert plain(two.families(Home.AWS)) == plain(before)
    assert two.aws.held(list(named.values())) == {named["ada"]: hold}
    assert two.aws.release_data(named["ada"])
    assert two.move(Home.EMBEDDED) is not None
    assert two.told == {}
    assert two.sqlite.held(list(named.values())) == {}
