"""What commit ee38b013 left in a store goes on with this version: its office keeps its turns, and
old leads obey an erasure, the suppression list and retention at once."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from leadline.journey.assigning.absences import come_back
from leadline.journey.personal_data.erasing_people import erase_people
from leadline.journey.personal_data.finding_people import find_people
from leadline.model.facts.consent import SUPPRESSED
from leadline.model.lead import Status
from leadline.model.personal_data.retiring import RETIRED_WORDS, DataKind
from leadline.model.personal_data.suppression import SuppressedBy
from leadline.model.task import Step, Task
from leadline.operations.personal_data.retention import PAUSE, retain_in_turn
from leadline.operations.personal_data.suppressing import suppress, suppression_name
from leadline.ports.channel import Notice, OutgoingMessage
from leadline.ports.personal_data.erasures import Erasures
from leadline.ports.reading.ledger import Account, LeadFilter, Ledger
from leadline.privacy.finding import phone_names
from leadline.privacy.hashes import key_of_text
from leadline.privacy.terms import Term
from leadline.stores.aws.clocks.wakeups import task_of
from leadline.stores.aws.privacy.erasures import AwsErasures
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import PlainWriter
from tests.worlds.second_release import QUEUED, UNTOLD, office_of, stack_data, unpacked
from tests.worlds.teams import MONDAY, TeamOffice

KEY = key_of_text("a made-up key for tests")
CAP = 3
DEAD = ("unreadable", "dead", "untellable")
ALL_TERMS = tuple(Term(kind, timedelta(days=90), frozenset(), others=True) for kind in DataKind)


class UpdatedOffice:
    """The office after the update, a day later; `ids` of its leads by name."""

    def __init__(
        self, office: TeamOffice, ids: dict[str, str], ledger: Ledger, erasures: Erasures
    ) -> None:
        self.office, self.store, self.clock = office, office.store, office.clock
        self.ids, self.ledger = ids, ledger
        office.kit = msgspec.structs.replace(office.kit, erasures=erasures, privacy_key=lambda: KEY)

    def told(self) -> Counter[str]:
        """How often the channel was told of which lead since the update."""
        return Counter({
            name: len(self.office.messengers["slack"].about(lead_id))
            for name, lead_id in self.ids.items()
        })  # fmt: skip

    def statuses(self) -> dict[str, str]:
        names = {lead_id: name for name, lead_id in self.ids.items()}
        rows = self.ledger.find(LeadFilter(limit=50))
        return {names[row.lead_id]: row.status for row in rows}

    def account(self) -> Account:
        return self.ledger.account(deep=True)

    def words(self) -> bytes:
        """All that the store has of the leads."""
        texts = [one.raw + b" " + one.body for one in self.store.held_texts()]
        texts += self.store.documents(list(self.ids.values())).values()
        return b"\n".join(texts)


@pytest.fixture(params=["sqlite", "moto"])
def updated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[UpdatedOffice]:
    clock = HandClock(MONDAY + timedelta(days=1))
    with ExitStack() as stack:
        if request.param == "sqlite":
            ids, data = unpacked(tmp_path), tmp_path / "data"
            store = stack.enter_context(closing(SqliteStore(data, clock=clock)))
            ledger = stack.enter_context(closing(SqliteLedger(data)))
            yield UpdatedOffice(office_of(store, clock), ids, ledger, store)
            return
        rooms = stack.enter_context(closing(AwsResources(request.getfixturevalue("moto"))))
        left = stack_data()
        left.put_into(rooms)
        read = stack.enter_context(closing(AwsLedger(rooms.table, rooms.bucket, clock=clock)))
        office = office_of(rooms.store(clock), clock)
        yield UpdatedOffice(office, left.ids, read, AwsErasures(rooms.bucket))


def test_what_waits_is_done_once_and_everybody_gets_their_turn(updated: UpdatedOffice) -> None:
    office, ids = updated.office, updated.ids
    before = updated.account()
    assert before.balanced
    assert office.queue() == [ids[name] for name in QUEUED]
    office.wait(hours=2)
    assert {name: n for name, n in updated.told().items() if n} == dict.fromkeys(UNTOLD, 1)
    alive = updated.ids.keys() - {*DEAD, "held", "spam", "junk"}
    stood = updated.statuses()
    assert {name for name, status in stood.items() if status == Status.ALERTED} == alive | {"junk"}
    assert {stood[name] for name in DEAD} == {Status.DEAD}
    assert stood["spam"] == Status.QUARANTINED
    waiting = office.queue()
    assert come_back(office.store, office.kit.teams, "cyd", office.clock.now)
    office.wait(hours=2)
    assert office.holders(waiting[:CAP]) == ["cyd"] * CAP
    assert office.queue() == waiting[CAP:]
    shares = office.roster().shares
    assert sum(share.owed for share in shares.values()) == 0
    assert {name: share.open for name, share in shares.items()} == {
        "ada": CAP, "bob": CAP, "cyd": CAP,
    }  # fmt: skip
    assert updated.account().balanced
    assert updated.account().accepted == before.accepted


def test_messages_that_were_under_way_are_understood() -> None:
    left = stack_data()
    bodies = [*left.messages("refine"), *left.messages("delivery"), *left.messages("refine-dead")]
    tasks = [task_of(body) for body in bodies]
    assert {task.lead_id for task in tasks if task is not None} <= set(left.ids.values())
    assert None not in tasks
    assert {Step.REFINE, Step.NOTIFY} <= {task.step for task in tasks if task}


def test_what_people_decided_about_duplicates_lasts(updated: UpdatedOffice) -> None:
    office, ids = updated.office, updated.ids
    again = [ids[name] for name in ("second", "apart", "third", "joined", "again")]
    office.store.put([Task(Step.REFINE, one) for one in again], office.clock.now)
    office.wait(hours=1)
    leads = {name: office.refined(ids[name]) for name in ("apart", "joined", "again")}
    firsts = {n: one.duplicate_of.lead_id if one.duplicate_of else "" for n, one in leads.items()}
    assert firsts == {"apart": "", "joined": ids["third"], "again": ids["first"]}
    assert leads["again"].filled["phone"].lead_id == ids["first"]
    assert updated.account().balanced


PEOPLE = {
    ("first", "again"): ({"email:me@first.example"}, (b"First Lane", b"me@first")),
    ("waiting",): (phone_names("+14155550102"), (b"Waiting Lane", b"me@waiting")),
    ("untold",): ({"email:me@untold.example"}, (b"Untold Lane", b"me@untold.")),
    ("unreadable",): ({"email:unreadable@example.com"}, (b"Un Readable", b"unreadable@")),
}
"""Leads of a person: by what the person is known, and words that name them."""


def test_people_are_erased_at_once(updated: UpdatedOffice) -> None:
    marks = {mark for _, some in PEOPLE.values() for mark in some}
    assert {mark for mark in marks if mark in updated.words()} == marks
    for names, (known_by, _) in PEOPLE.items():
        found = find_people(updated.store, known_by)
        assert set(found) == {updated.ids[name] for name in names}
        erase_people(updated.office.kit, known_by, found)
    assert {mark for mark in marks if mark in updated.words()} == set()
    updated.office.wait(hours=1)
    shown = json.dumps([wall.hanging for wall in updated.office.messengers.values()]).encode()
    assert {mark for mark in marks if mark in updated.words() + shown} == set()
    assert updated.account().balanced


def test_who_is_suppressed_is_marked_in_leads_that_were_not_told_yet(
    updated: UpdatedOffice,
) -> None:
    listed = [
        suppression_name(SuppressedBy.EMAIL, f"me@{name}.example") for name in ("waiting", "untold")
    ]
    suppress(updated.office.kit, listed, "asked", "command:tests")
    seen: dict[str, bool] = {}

    class Noting(PlainWriter):
        def alert(self, notice: Notice) -> OutgoingMessage:
            seen[notice.lead.lead_id] = SUPPRESSED in notice.lead.problems
            return super().alert(notice)

    kit = updated.office.kit
    slack = msgspec.structs.replace(kit.channels["slack"], writer=Noting())
    updated.office.kit = msgspec.structs.replace(kit, channels={**kit.channels, "slack": slack})
    updated.office.wait(hours=2)
    marked = {name: seen[updated.ids[name]] for name in UNTOLD}
    assert marked == {"waiting": True, "untold": True, "untold too": False, "leased": False}


def test_retention_deletes_what_is_old_and_nothing_that_waits(updated: UpdatedOffice) -> None:
    before = updated.account()
    updated.office.wait(hours=13)  # after which nothing of what was told is at work
    updated.clock.advance(days=100)
    for _ in range(9):  # once a week, leads with dead letters are looked at again
        while retain_in_turn(updated.store, ALL_TERMS, updated.clock.now) == PAUSE:
            pass
        updated.clock.advance(days=1)
    kept = updated.store.archived(list(updated.ids.values()))
    names = {name for name, one in updated.ids.items() if kept[one].raw != RETIRED_WORDS}
    assert names >= {"held", "queued"}
    assert not names & {"first", "again", "second", "claimed", "spam", "dead", "unreadable"}
    assert updated.store.refined([updated.ids["first"]])[updated.ids["first"]].contact.name is None
    after = updated.account()
    assert (after.balanced, after.accepted) == (True, before.accepted)
