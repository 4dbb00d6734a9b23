"""What was learned of a lead goes back to the CRM, once, and never over what people wrote."""

from datetime import timedelta

import msgspec
import pytest

from leadline.journey.responding.follow_up import ECHO
from leadline.journey.writing_back.write_back import write_back_due
from leadline.journey.writing_back.write_back_leads import preview_changes
from leadline.journey.writing_back.write_back_plan import FieldPlan, FieldVerdict
from leadline.model.handling import UNHANDLED, Ending
from leadline.model.lead import Delivery, Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Later, Step, Task
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import Store
from leadline.settings.team.people import MemberConfig
from leadline.team.people import Team
from leadline.vendors.form.webhook import Form
from tests.standins.writable_crm import Rate, WritingOffice
from tests.worlds.leads import HandClock, capture
from tests.worlds.ledger import LedgerWorld
from tests.worlds.sales_office import BEN, SalesOffice
from tests.worlds.scores import scorer

WRITE = {"phone": "phone", "score": "score", "status": "state", "lead_id": "ref"}


@pytest.fixture
def office(store: Store, clock: HandClock) -> WritingOffice:
    return WritingOffice(store, clock, write=WRITE)


def come_in(office: WritingOffice, record: str = "r1", **said: object) -> str:
    """A lead of Ann's that is refined, told and written back."""
    office.desk.has(record, owner="u1")
    data = {"email": f"{record}@example.com", "record": record, "event": "lead.created", **said}
    lead_id = office.post(**data)
    office.wait(minutes=11)
    return lead_id


def about_to_be_written(office: WritingOffice) -> str:
    """A lead that was refined, and of which the CRM was not told yet."""
    office.desk.has("r1", owner="u1")
    lead_id = office.post(email="ada@example.com", record="r1", event="lead.created", score=85)
    office.clock.advance(minutes=11)
    SalesOffice.turn(office)
    assert office.store.count_due(Step.WRITE_BACK, "generic") == 1
    return lead_id


def claim(office: WritingOffice, lead_id: str, who: Person = BEN) -> None:
    """Somebody takes a lead, as the button does."""
    before = office.handling(lead_id) or UNHANDLED
    at = office.clock()
    after = msgspec.structs.replace(before, claimed_by=who, claimed_at=at, touched_at=at)
    back = Later(Task(Step.WRITE_BACK, lead_id, "generic"))
    assert office.store.handle(lead_id, before, after, [back], "claimed")


class _Proxy:
    """A store of which some calls do something else."""

    def __init__(self, store: Store, **instead: object) -> None:
        self._store, self._instead = store, instead

    def __getattr__(self, name: str) -> object:
        return self._instead.get(name) or getattr(self._store, name)


def test_what_was_learned_is_written_once_and_remembered(office: WritingOffice) -> None:
    lead_id = come_in(office, score=85)
    assert [dict(change.values) for change in office.desk.writes] == [
        {"score": 85, "state": "refined", "ref": lead_id}
    ]
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.written == {"score": 85, "state": "refined", "ref": lead_id}
    assert handling.crm_modified == office.desk.modified["r1"]
    office.store.put([Task(Step.WRITE_BACK, lead_id, "generic")], office.clock())
    office.wait(minutes=5)
    assert len(office.desk.writes) == 1
    assert office.store.next_due(Step.WRITE_BACK, "generic") is None


def test_what_people_wrote_stays(office: WritingOffice) -> None:
    office.desk.has("r1", owner="u1", score="90", state="Working")
    lead_id = come_in(office, score=85)
    assert office.desk.records["r1"]["score"] == "90"
    assert office.desk.records["r1"]["state"] == "Working"
    assert office.desk.records["r1"]["ref"] == lead_id


def test_what_we_wrote_is_written_anew_but_not_where_somebody_changed_or_removed_it(
    store: Store, clock: HandClock
) -> None:
    write = {"claimed_by": "who", "claimed_at": "since", "status": "state"}
    office = WritingOffice(store, clock, write=write)
    lead_id = come_in(office)
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.written == {"state": "refined"}
    office.clock.advance(minutes=1)
    junk = msgspec.structs.replace(handling, ending=Ending.JUNK)
    back = Later(Task(Step.WRITE_BACK, lead_id, "generic"))
    assert office.store.handle(lead_id, handling, junk, [back])
    office.wait(seconds=5)
    assert office.desk.records["r1"]["state"] == "junk", "ours may change"
    office.desk.has("r1", state="")
    claim(office, lead_id)
    office.wait(seconds=5)
    assert office.desk.records["r1"]["state"] == "", "somebody took it away"
    assert office.desk.records["r1"]["who"] == "Ben Bell"
    assert office.desk.records["r1"]["since"].startswith("2026-03-02T09:")


def test_a_claim_makes_the_owner_where_nobody_was_or_may_be_overwritten(
    store: Store, clock: HandClock
) -> None:
    office = WritingOffice(store, clock, write={"owner": "owner"}, overwrite=("owner",))
    free, owned = come_in(office, "r1"), come_in(office, "r2")
    office.desk.has("r1", owner="")
    office.post(record="r1", event="lead.updated", number=1)
    office.wait(minutes=1)
    for lead_id in (free, owned):
        claim(office, lead_id)
    office.wait(minutes=1)
    assert [office.desk.records[r]["owner"] for r in ("r1", "r2")] == ["u2", "u2"]
    handling = office.handling(owned)
    assert handling is not None
    assert (handling.owner, handling.ownership) == (BEN, Ownership.ASSIGNED)


def test_an_owner_is_not_taken_from_somebody_without_leave(store: Store, clock: HandClock) -> None:
    office = WritingOffice(store, clock, write={"owner": "owner"})
    lead_id = come_in(office)
    claim(office, lead_id)
    office.wait(minutes=1)
    assert office.desk.records["r1"]["owner"] == "u1"
    assert office.desk.writes == []


def test_somebody_whom_the_crm_does_not_know_is_written_where_names_stand_and_nowhere_else(
    store: Store, clock: HandClock
) -> None:
    office = WritingOffice(store, clock, write={"claimed_by": "owner", "score": "score"})
    team = Team({"ann": MemberConfig(email="ann@example.com")})
    office.kit = msgspec.structs.replace(office.kit, team=team)
    office.desk.has("r1")
    lead_id = office.post(email="a@example.com", record="r1", event="lead.created", score=85)
    office.clock.advance(minutes=11)
    SalesOffice.turn(office)
    claim(office, lead_id, Person(slack="U9", name="zed"))
    office.turn()
    assert office.desk.records["r1"] == {"score": 85}
    plans = preview_changes(office.kit, "generic", [lead_id])[lead_id]
    verdicts = {plan.ours: plan.verdict for plan in plans if isinstance(plan, FieldPlan)}
    assert verdicts["claimed_by"] is FieldVerdict.NOBODY
    elsewhere = WritingOffice(store, clock, write={"claimed_by": "who"})
    elsewhere.desk.has("r1")
    elsewhere.store.put([Task(Step.WRITE_BACK, lead_id, "generic")], clock())
    elsewhere.wait(minutes=1)
    assert elsewhere.desk.records["r1"] == {"who": "zed"}


def test_a_newer_edit_is_not_written_over_even_with_leave(store: Store, clock: HandClock) -> None:
    office = WritingOffice(store, clock, write={"owner": "owner"}, overwrite=("owner",))
    lead_id = come_in(office)
    office.clock.advance(minutes=1)
    office.desk.has("r1", note="called her")
    claim(office, lead_id)
    office.wait(minutes=1)
    assert office.desk.records["r1"]["owner"] == "u1"


def test_a_phone_that_was_cleaned_is_written_over_as_it_came_with_leave(
    store: Store, clock: HandClock
) -> None:
    office = WritingOffice(store, clock, write={"phone": "phone"}, overwrite=("phone",))
    office.desk.has("r1", phone="0049 30 901820")
    come_in(office, phone="0049 30 901820")
    assert office.desk.records["r1"]["phone"] == "+49 30 901820"


def test_the_echo_of_our_writing_starts_nothing(office: WritingOffice) -> None:
    hooks: list[str] = []
    office.desk.on_write = hooks.append
    lead_id = come_in(office, score=85)
    alerts, messages = office.alerts(lead_id), office.messages(lead_id)
    assert hooks == ["r1"]
    before = office.handling(lead_id)
    office.post(record="r1", event="lead.updated", score=85, number=len(hooks))
    office.wait(minutes=30)
    assert hooks == ["r1"], "nothing was written again"
    assert (office.alerts(lead_id), office.messages(lead_id)) == (alerts, messages)
    assert office.handling(lead_id) == before
    assert office.store.next_due(Step.LOOK_UP) is None


def test_the_echo_of_an_owner_whom_we_wrote_tells_nobody(store: Store, clock: HandClock) -> None:
    office = WritingOffice(
        store, clock, tells=False, write={"owner": "owner"}, overwrite=("owner",)
    )
    lead_id = come_in(office)
    claim(office, lead_id)
    office.wait(minutes=1)
    before, messages = office.handling(lead_id), office.messages(lead_id)
    office.post(record="r1", event="lead.updated", owner="u2")
    office.wait(minutes=30)
    assert office.handling(lead_id) == before
    assert office.messages(lead_id) == messages
    assert len(office.desk.writes) == 1


def test_the_timeline_tells_of_our_writing_and_of_its_echo(world: LedgerWorld) -> None:
    office = WritingOffice(world.store, world.clock, write=WRITE)
    lead_id = come_in(office, score=85)
    office.post(record="r1", event="lead.updated", score=85)
    office.wait(minutes=1)
    story = world.ledger.story(lead_id)
    assert story is not None
    told = [(line.what, line.detail) for line in story.timeline]
    assert ("crm.written", "score, state, ref") in told
    assert ECHO in [what for what, _ in told]


def test_an_edit_behind_our_writing_is_no_echo(office: WritingOffice) -> None:
    lead_id = come_in(office, score=85)
    office.clock.advance(minutes=1)
    office.desk.has("r1", owner="u2")
    office.post(record="r1", event="lead.updated", owner="u2")
    office.wait(minutes=1)
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.owner == BEN


def test_where_the_crm_does_not_tell_when_it_wrote_the_record_is_read_again(
    store: Store, clock: HandClock
) -> None:
    office = WritingOffice(store, clock, tells=False, write=WRITE)
    lead_id = come_in(office)
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.crm_modified == office.desk.modified["r1"]


def test_a_worker_that_dies_between_writing_and_remembering_writes_nothing_twice(
    office: WritingOffice,
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> bool:
        raise Killed

    about_to_be_written(office)
    dying = msgspec.structs.replace(office.kit, store=_Proxy(office.store, handle=die))
    with pytest.raises(Killed):
        write_back_due(dying, "generic")
    assert len(office.desk.writes) == 1
    office.wait(minutes=5)
    assert len(office.desk.writes) == 1
    assert office.store.next_due(Step.WRITE_BACK, "generic") is None


def test_a_crm_that_is_down_is_told_later_and_one_that_refuses_ends_in_a_dead_letter(
    office: WritingOffice,
) -> None:
    office.desk.broken = {"r2": Refused("crm.invalid", "score is no number")}
    come_in(office, "r1")
    come_in(office, "r2")
    come_in(office, "r3")
    assert [change.record for change in office.desk.writes] == ["r1", "r3"]
    leases = office.store.lease(Step.WRITE_BACK, 9, timedelta(minutes=1), "generic")
    assert leases == [], "a dead letter is not tried again"


def test_an_outage_of_the_crm_loses_nothing(office: WritingOffice) -> None:
    about_to_be_written(office)
    office.desk.trouble = Unreachable("crm.down")
    office.wait(seconds=3)
    assert office.desk.writes == []
    office.desk.trouble = None
    office.wait(minutes=3)
    assert len(office.desk.writes) == 1


def test_a_pause_that_the_crm_asks_for_half_way_is_kept(office: WritingOffice) -> None:
    for number in range(30):
        office.desk.has(f"r{number}", owner="u1")
        office.post(email=f"l{number}@example.com", record=f"r{number}", event="lead.created")
    office.desk.rate = Rate(20, timedelta(seconds=10), office.clock)
    office.wait(minutes=15)
    assert office.desk.rate.refusals > 0
    assert sorted({change.record for change in office.desk.writes}) == sorted(
        change.record for change in office.desk.writes
    )
    assert len(office.desk.writes) == 30


def test_a_crm_that_refuses_us_is_asked_again_when_the_token_may_have_been_mended(
    office: WritingOffice,
) -> None:
    about_to_be_written(office)
    office.desk.trouble = Refused("crm.unauthorized", "the token has run out")
    office.wait(seconds=3)
    office.desk.trouble = None
    office.wait(minutes=5)
    assert [change.record for change in office.desk.writes] == ["r1"]


def test_a_record_that_is_gone_is_a_dead_letter(office: WritingOffice) -> None:
    lead_id = come_in(office)
    del office.desk.records["r1"]
    office.store.put([Task(Step.WRITE_BACK, lead_id, "generic")], office.clock())
    office.wait(minutes=5)
    assert office.store.next_due(Step.WRITE_BACK, "generic") is None
    assert len(office.desk.writes) == 1


def test_a_duplicate_is_told_by_the_record_that_it_repeats(store: Store, clock: HandClock) -> None:
    office = WritingOffice(store, clock, write={"duplicate_of": "repeats"})
    come_in(office, "r1", email="ada@example.com")
    come_in(office, "r2", email="Ada@example.com")
    assert office.desk.records["r2"]["repeats"] == "r1"


def test_a_crm_is_given_no_link_of_a_sender_s_choice(store: Store, clock: HandClock) -> None:
    office = WritingOffice(store, clock, write={"duplicate_of": "repeats"})
    come_in(office, "r1", email="ada@example.com", crm_url="https://evil.example/login")
    come_in(office, "r2", email="Ada@example.com")
    assert office.desk.records["r2"]["repeats"] == "r1"


def test_a_crm_is_told_nothing_that_a_visitor_calls_a_record(
    store: Store, clock: HandClock
) -> None:
    office = WritingOffice(store, clock, write={"duplicate_of": "repeats"})
    sources = {**office.kit.sources, "form": Form()}
    office.kit = msgspec.structs.replace(office.kit, sources=sources)
    front = msgspec.structs.replace(office.front, sources=sources)
    body = b"email=ada%40example.com&lead_id=https%3A%2F%2Fevil.example"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    capture(Delivery("form", body, clock.now, kind), front, store)
    office.wait(minutes=11)
    come_in(office, "r2", email="Ada@example.com")
    assert "evil" not in office.desk.records["r2"]["repeats"]


def test_nobody_writes_while_the_crm_is_held(office: WritingOffice) -> None:
    lead_id = come_in(office)
    office.store.put([Task(Step.WRITE_BACK, lead_id, "generic")], office.clock())
    office.store.pause("crm:generic", office.clock() + timedelta(seconds=20))
    assert write_back_due(office.kit, "generic") == timedelta(seconds=20)


def test_busy_keeps_everybody_waiting(office: WritingOffice) -> None:
    lead_id = come_in(office)
    office.clock.advance(minutes=1)
    office.store.put([Task(Step.WRITE_BACK, lead_id, "generic")], office.clock())
    office.desk.trouble = Busy(timedelta(seconds=40))
    assert write_back_due(office.kit, "generic") == timedelta()
    office.store.put([Task(Step.WRITE_BACK, lead_id, "generic")], office.clock())
    assert write_back_due(office.kit, "generic") == timedelta(seconds=40)


def test_our_score_is_written_with_its_reasons_and_follows_the_settings(
    store: Store, clock: HandClock
) -> None:
    write = {"score": "our_score", "score_reasons": "why"}
    office = WritingOffice(store, clock, write=write)
    office.kit = msgspec.structs.replace(office.kit, scorer=scorer())
    lead_id = come_in(office, email="ada@firm.example", message="What is the price?", score=3)
    values = office.desk.records["r1"]
    assert (values["our_score"], values["why"]) == (
        75, "asks a price (+40), writes from a company (+25), gave no number (-10)",
    )  # fmt: skip
    office.kit = msgspec.structs.replace(office.kit, scorer=scorer(start=0.0))
    office.store.put([Task(Step.REFINE, lead_id)], office.clock.now)
    office.wait(minutes=11)
    assert office.desk.records["r1"]["our_score"] == 55
