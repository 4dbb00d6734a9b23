"""Events of one record that overtake each other, and records that are no more: on every store."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.follow_up import look_up_due
from leadline.kit import Kit
from leadline.model.lead import Delivery, Fate, Kind, Ownership, RefinedLead
from leadline.model.task import Step
from leadline.ports.store import Store
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings
from leadline.wiring import sources
from tests.worlds.channels import AlertOffice
from tests.worlds.leads import LEASE, HandClock, captured

TRUSTED = SourceConfig(owner="trusted")
NAMES = ("hubspot", "pipedrive", "close", "salesforce", "zoho", "copper", "odoo", "tryton", "attio")
PLACED = SourceConfig(owner="trusted", map={"record": "data.number"})
SETTINGS = Settings(sources={**dict.fromkeys(NAMES, TRUSTED), "generic": PLACED})


class Desk:
    """Senders before a store, and a worker behind it."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock = store, clock
        self.front = CaptureKit(sources(SETTINGS), timedelta(minutes=10))
        self.kit = Kit(store, self.front.sources, {}, clock, chance=lambda: 0.5)

    def send(self, source: str, *bodies: object) -> list[Any]:
        """One delivery for each body; the ids of leads that came in."""
        from leadline.journey.receiving.capture import read

        made = []
        for body in bodies:
            delivery = Delivery(source, json.dumps(body).encode(), self.clock.now)
            receipts = self.store.accept(read(delivery, self.front))
            made += [r.lead_id for r in receipts if r.fate is Fate.CAPTURED]
            self.clock.advance(seconds=1)
        return made

    def refined(self, lead_id: str) -> RefinedLead:
        """The lead once its wait is over."""
        self.clock.advance(minutes=11)
        refine_due(self.kit)
        return self.store.refined([lead_id])[lead_id]


@pytest.fixture
def desk(store: Store, clock: HandClock) -> Desk:
    return Desk(store, clock)


T0 = 1_772_442_000_000


def hubspot(action: str, after: int, **more: object) -> dict[str, Any]:
    """An event of an app about contact 5, so many seconds after T0."""
    return {"eventId": f"{action}{after}", "subscriptionId": 1, "portalId": 1, "objectId": 5,
            "occurredAt": T0 + after * 1000, "subscriptionType": f"contact.{action}",
            "attemptNumber": 0, **more}  # fmt: skip


def changed(name: str, value: str, after: int) -> dict[str, Any]:
    return hubspot("propertyChange", after, propertyName=name, propertyValue=value)


CREATED = hubspot("creation", 0)
OWNERS = [changed("hubspot_owner_id", "111", 2), changed("hubspot_owner_id", "222", 9)]


@pytest.mark.parametrize("order", [*permutations((CREATED, *OWNERS))])
def test_the_vendors_time_decides_whose_lead_it_is_not_the_arrival(
    desk: Desk, order: tuple[dict[str, Any], ...]
) -> None:
    (lead_id,) = desk.send("hubspot", *order)
    assert desk.refined(lead_id).lead_details.owner == "222"


@pytest.mark.parametrize("order", [*permutations((CREATED, *OWNERS))])
def test_within_one_array_as_well(desk: Desk, order: tuple[dict[str, Any], ...]) -> None:
    (lead_id,) = desk.send("hubspot", [*order])
    assert desk.refined(lead_id).lead_details.owner == "222"


def test_an_owner_who_is_cleared_last_is_nobody(desk: Desk) -> None:
    cleared = changed("hubspot_owner_id", "", 12)
    (lead_id,) = desk.send("hubspot", CREATED, cleared, *OWNERS)
    assert desk.refined(lead_id).lead_details.owner is None


def test_a_value_that_was_cleared_before_it_was_set_is_there(desk: Desk) -> None:
    cleared = changed("hubspot_owner_id", "", 1)
    (lead_id,) = desk.send("hubspot", CREATED, *OWNERS, cleared)
    assert desk.refined(lead_id).lead_details.owner == "222"


def test_what_was_cleared_in_a_field_of_its_own_name_is_gone(desk: Desk) -> None:
    news = [changed("budget", "9", 1), changed("size", "4", 2), changed("budget", "", 3)]
    (lead_id,) = desk.send("hubspot", CREATED, *news)
    assert desk.refined(lead_id).custom == {"size": "4"}


def pipedrive(action: str, after: int, **data: object) -> dict[str, Any]:
    stamp = f"2026-03-02T09:{after:02d}:00Z"
    named = {"id": 7, "first_name": "Ada", "name": "Ada Vance", **data}
    body = {"data": None, "previous": named} if action == "delete" else {"data": named}
    return {"meta": {"action": action, "entity": "person", "entity_id": 7, "timestamp": stamp,
                     "id": f"{action}{after}", "attempt": 1}, **body}  # fmt: skip


def close(action: str, after: int, **data: object) -> dict[str, Any]:
    return {"subscription_id": "s", "event": {
        "id": f"ev_{action}{after}", "object_type": "lead", "object_id": "lead_1",
        "lead_id": "lead_1", "action": action, "date_created": f"2026-03-02T09:{after:02d}:00",
        "date_updated": f"2026-03-02T09:{after:02d}:00",
        "data": {"name": "Acme", "display_name": "Acme", **data}}}  # fmt: skip


def salesforce(action: str, after: int, **data: object) -> dict[str, Any]:
    header = {"entityName": "Lead", "changeType": action, "recordIds": ["00Q1"],
              "commitTimestamp": T0 + after * 1000, "transactionKey": f"{action}{after}",
              "sequenceNumber": 1}  # fmt: skip
    return {"data": {"payload": {"ChangeEventHeader": header, **data}}}


def copper(action: str, after: int, **data: object) -> dict[str, Any]:
    news = {key: ["before", value] for key, value in data.items()}
    return {"ids": [3], "type": "lead", "event": action, "subscription_id": 1,
            "timestamp": 1_772_442_000 + after, "updated_attributes": news}  # fmt: skip


def zoho(action: str, after: int, **data: object) -> dict[str, Any]:
    return {"module": "Leads", "ids": ["77"], "operation": action, "server_time": T0 + after * 1000,
            "affected_values": [{"record_id": "77", "values": data}]}  # fmt: skip


def odoo(action: str, after: int, **data: object) -> dict[str, Any]:
    del action
    return {"_model": "crm.lead", "_id": 4, "contact_name": "Ada Vance",
            "write_date": f"2026-03-02 09:{after:02d}:00", **data}  # fmt: skip


def tryton(action: str, after: int, **data: object) -> dict[str, Any]:
    written = {"__class__": "datetime", "year": 2026, "month": 3, "day": 2, "hour": 9,
               "minute": after, "second": 0, "microsecond": 0}  # fmt: skip
    record = {"id": 4, "write_date": written, "party": 3, "party.": {"name": "Acme"}, **data}
    return {"model": "sale.opportunity", "action": action, "record": record}


def generic(action: str, after: int, **data: object) -> dict[str, Any]:
    return {"specversion": "1.0", "type": f"lead.{action}", "source": "/crm",
            "id": f"{action}{after}", "time": f"2026-03-02T09:{after:02d}:00Z",
            "data": {"number": 9, "name": "Ada Vance", **data}}  # fmt: skip


Says = Callable[[int, str], dict[str, Any]]
VENDORS: dict[str, tuple[dict[str, Any], Says, dict[str, Any]]] = {
    "hubspot": (CREATED, lambda after, owner: changed("hubspot_owner_id", owner, after),
                hubspot("deletion", 20)),
    "pipedrive": (pipedrive("create", 0, owner_id=None),
                  lambda after, owner: pipedrive("change", after, owner_id=owner),
                  pipedrive("delete", 20)),
    "close": (close("created", 0),
              lambda after, owner: close("updated", after,
                                         **{"custom.cf_1": owner and f"user_{owner}"}),
              close("deleted", 20)),
    "salesforce": (salesforce("CREATE", 0, LastName="Vance"),
                   lambda after, owner: salesforce("UPDATE", after, OwnerId=owner or None),
                   salesforce("DELETE", 20)),
    "copper": (copper("new", 0),
               lambda after, owner: copper("update", after, assignee_id=owner or None),
               copper("delete", 20)),
    "zoho": (zoho("insert", 0, Last_Name="Vance"),
             lambda after, owner: zoho("update", after, Owner=owner or None),
             zoho("delete", 20)),
    "tryton": (tryton("create", 0),
               lambda after, owner: tryton(
                   "write", after, employee=3 if owner else None,
                   **({"employee.": {"id": 3, "rec_name": owner}} if owner else {})),
               tryton("delete", 20)),
    "generic": (generic("created", 0),
                lambda after, owner: generic("updated", after, owner=owner or None),
                generic("deleted", 20)),
}  # fmt: skip


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_whose_events_have_a_time(desk: Desk, vendor: str) -> None:
    created, owned, _ = VENDORS[vendor]
    late, early = owned(9, "222"), owned(2, "111")
    (lead_id,) = desk.send(vendor, late, created, early)
    assert (desk.refined(lead_id).lead_details.owner or "").removeprefix("user_") == "222"


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendors_word_that_a_field_is_empty_now(desk: Desk, vendor: str) -> None:
    created, owned, _ = VENDORS[vendor]
    (lead_id,) = desk.send(vendor, created, owned(9, ""), owned(2, "111"))
    assert desk.refined(lead_id).lead_details.owner is None


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("first", [True, False])
def test_a_record_that_is_deleted_while_it_waits_is_told_to_nobody_and_says_so(
    desk: Desk, vendor: str, first: bool
) -> None:
    created, owned, deleted = VENDORS[vendor]
    bodies = [deleted, created] if first else [created, owned(2, "111"), deleted]
    (lead_id,) = desk.send(vendor, *bodies)
    lead = desk.refined(lead_id)
    assert (lead.status, lead.problems[-1:]) == ("quarantined", ("record.deleted",))
    assert desk.store.next_due(Step.NOTIFY, "slack") is None


def test_a_record_that_is_sent_whole_each_time(desk: Desk) -> None:
    (lead_id,) = desk.send("odoo", odoo("", 1), odoo("", 9, user_id=[2, "222"]),
                           odoo("", 5, user_id=[1, "111"]))  # fmt: skip
    assert desk.refined(lead_id).lead_details.owner == "222"


def test_a_record_that_is_sent_whole_with_an_empty_field(desk: Desk) -> None:
    (lead_id,) = desk.send("odoo", odoo("", 1), odoo("", 9, user_id=False),
                           odoo("", 5, user_id=[1, "111"]))  # fmt: skip
    assert desk.refined(lead_id).lead_details.owner is None


def test_an_attio_record_that_is_merged_away_is_told_to_nobody(desk: Desk) -> None:
    def event(kind: str, number: str, **more: str) -> dict[str, Any]:
        ident = {"workspace_id": "w", "object_id": "people", "record_id": number}
        return {"webhook_id": "h", "events": [{"event_type": kind, "id": ident, **more}]}

    gone = {"duplicate_object_id": "people", "duplicate_record_id": "r1"}
    first, second = desk.send("attio", event("record.created", "r1"),
                              event("record.created", "r2"),
                              event("record.merged", "r2", **gone))  # fmt: skip
    assert "record.merged" in desk.refined(first).problems
    assert desk.store.refined([second])[second].status == "refined"


@pytest.mark.parametrize(
    ("action", "problem"),
    [("privacyDeletion", "record.privacy_deleted"), ("deletion", "record.deleted")],
)
def test_why_a_record_is_no_more_is_said(desk: Desk, action: str, problem: str) -> None:
    (lead_id,) = desk.send("hubspot", CREATED, hubspot(action, 5))
    assert problem in desk.refined(lead_id).problems


def test_a_record_that_is_merged_away_is_told_to_nobody(desk: Desk) -> None:
    merged = hubspot("merge", 5, primaryObjectId=9, mergedObjectIds=[5], newObjectId=9)
    merged["objectId"] = 9
    (lead_id,) = desk.send("hubspot", CREATED, merged)
    assert "record.merged" in desk.refined(lead_id).problems


def test_the_record_that_others_are_merged_into_is_still_a_lead(desk: Desk) -> None:
    merged = hubspot("merge", 5, primaryObjectId=5, mergedObjectIds=[8], newObjectId=5)
    (lead_id,) = desk.send("hubspot", CREATED, merged)
    assert desk.refined(lead_id).status == "refined"


def test_a_record_that_was_deleted_before_it_was_restored_is_a_lead(desk: Desk) -> None:
    (lead_id,) = desk.send("hubspot", CREATED, hubspot("restore", 9), hubspot("deletion", 5))
    assert desk.refined(lead_id).status == "refined"


def test_a_deletion_without_a_time_counts_from_its_arrival(store: Store, clock: HandClock) -> None:
    gone = captured(clock, "gone", kind=Kind.IGNORED, why="deleted", record="r:1")
    lead = captured(clock, "lead", record="r:1")
    later = captured(clock, "later", kind=Kind.IGNORED, why="deleted", record="r:1")
    for event in (gone, lead, later):
        store.accept([event])
    first, second = store.waiting([lead.id])[lead.id].ends
    assert (first.why, first.after, second.after) == ("deleted", -1, 0)


def test_a_deletion_takes_the_lead_from_a_worker_that_has_not_seen_it(
    store: Store, clock: HandClock
) -> None:
    lead = captured(clock, record="r:1", delay=timedelta())
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    store.accept([captured(clock, "end", kind=Kind.IGNORED, why="deleted", record="r:1")])
    (again,) = store.lease(Step.REFINE, 1, LEASE)
    assert again.attempt > lease.attempt


def test_updates_that_come_before_their_lead_are_folded_in_with_it(
    store: Store, clock: HandClock
) -> None:
    early = [captured(clock, f"u{n}", kind=Kind.UPDATED, record="r:1") for n in range(3)]
    for event in early:
        (receipt,) = store.accept([event])
        assert (receipt.fate, receipt.why) == (Fate.FILTERED, "unknown_record")
    lead = captured(clock, "lead", record="r:1")
    (receipt,) = store.accept([lead])
    assert (receipt.lead_id, receipt.fate) == (lead.id, Fate.CAPTURED)
    assert store.waiting([lead.id])[lead.id].updates == tuple(event.raw for event in early)
    assert {one.fate for one in store.archived([e.id for e in early]).values()} == {Fate.FOLDED}
    (receipt,) = store.accept([captured(clock, "u9", kind=Kind.UPDATED, record="r:1")])
    assert (receipt.lead_id, receipt.fate) == (lead.id, Fate.FOLDED)


def test_updates_and_their_lead_in_one_call(store: Store, clock: HandClock) -> None:
    early = [captured(clock, f"u{n}", kind=Kind.UPDATED, record="r:1") for n in range(2)]
    lead = captured(clock, "lead", record="r:1")
    last = captured(clock, "last", kind=Kind.UPDATED, record="r:1")
    store.accept([*early, lead, last])
    raws = tuple(event.raw for event in (*early, last))
    assert store.waiting([lead.id])[lead.id].updates == raws


def test_an_update_that_waits_for_its_lead_is_no_lead_of_its_record(
    store: Store, clock: HandClock
) -> None:
    early = captured(clock, "early", kind=Kind.UPDATED, record="r:1")
    store.accept([early])
    assert early.record_key is not None
    assert store.of_records([early.record_key]) == {}
    lead = captured(clock, "lead", record="r:1")
    store.accept([lead])
    assert store.of_records([early.record_key]) == {early.record_key: lead.id}


def test_an_update_that_waits_for_its_lead_may_be_made_one(store: Store, clock: HandClock) -> None:
    early = [captured(clock, f"u{n}", kind=Kind.UPDATED, record="r:1") for n in range(2)]
    for event in early:
        store.accept([event])
    assert store.readmit([e.id for e in early], clock.now) == [early[0].id]
    assert store.waiting([early[0].id])[early[0].id].updates == (early[1].raw,)


def test_a_late_update_that_is_older_than_another_changes_nothing(
    desk: Desk, clock: HandClock
) -> None:
    (lead_id,) = desk.send("pipedrive", pipedrive("create", 0), VENDORS["pipedrive"][1](9, "222"))
    assert desk.refined(lead_id).lead_details.owner == "222"
    desk.send("pipedrive", VENDORS["pipedrive"][1](5, "111"))
    clock.advance(minutes=1)
    look_up_due(desk.kit)
    handling = desk.store.handling([lead_id]).get(lead_id)
    assert handling is None or handling.owner is None or handling.owner.id != "111"


def test_a_late_word_that_nobody_owns_the_lead_counts(desk: Desk, clock: HandClock) -> None:
    owned = VENDORS["pipedrive"][1]
    (lead_id,) = desk.send("pipedrive", pipedrive("create", 0), owned(3, "111"))
    assert desk.refined(lead_id).lead_details.owner == "111"
    desk.send("pipedrive", owned(5, ""))
    look_up_due(desk.kit)
    assert desk.store.handling([lead_id])[lead_id].ownership is Ownership.UNASSIGNED


def test_a_record_that_is_deleted_while_its_alert_waits_is_told_to_nobody(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock)
    desk = Desk(store, clock)
    desk.kit = msgspec.structs.replace(desk.kit, channels={"slack": office.kit.channels["slack"]})
    (lead_id,) = desk.send("hubspot", CREATED)
    assert desk.refined(lead_id).status == "refined"
    desk.send("hubspot", hubspot("deletion", 30))
    look_up_due(desk.kit)
    clock.advance(minutes=1)
    deliver_due(desk.kit, "slack")
    assert office.slack.accepted == []
    assert store.next_due(Step.NOTIFY, "slack") is None
    assert store.handling([lead_id])[lead_id].gone == "deleted"
