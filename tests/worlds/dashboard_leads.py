"""An installation with leads of every kind, for the pages of the dashboard."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec

from leadline.installations.embedded import Embedded
from leadline.model.facts.likeness import FirstSeen, Possible, Reason
from leadline.model.handling import Handling
from leadline.model.lead import CapturedLead, Change, Contact, LeadDetails, Ownership, RefinedLead
from leadline.model.staff.assigning import Decision, RuleLooked, Skipped
from leadline.model.staff.people import Person
from leadline.model.task import ON_HOLD_UNTIL, Alert, Done, Drop, Step, Task
from leadline.ports.store import Store
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.dashboard import embedded
from tests.worlds.leads import HandClock, captured, lease_task, settle

HOSTILE = (
    "<script>window.hurt=1</script>",
    '"><img src=x onerror="window.hurt=1">',
    "' onmouseover='window.hurt=1' x='",
    "{{ 7 * 191 }}{% raw %}",
    "javascript:window.hurt=1",
    "\u202egnp.exe",
)
"""Texts of which a page must show the letters and do nothing else."""
EVIL = " ".join(HOSTILE)


@dataclass
class Staged:
    """The installation, its clock, and the ids of its leads by name."""

    installation: Embedded
    clock: HandClock
    ids: dict[str, str] = field(default_factory=dict)


def office(folder: Path, clock: HandClock, **settings: str) -> Staged:
    """Leads that were alerted (`told`), seen again (`again`), are dead (`dead`), on hold (`held`),
    waiting (`waiting`), and one with markup in every field (`evil`)."""
    made = Staged(embedded(folder, **settings), clock)
    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        _told(made, store)
        _evil(made, store)
        _dead(made, store)
        clock.advance(seconds=1)
        for name in ("held", "waiting"):
            lead = captured(clock, name)
            made.ids[name] = lead.id
            store.accept([lead])
        store.put([Task(Step.REFINE, made.ids["held"])], ON_HOLD_UNTIL)
    return made


def _came(made: Staged, store: Store, name: str) -> CapturedLead:
    made.clock.advance(seconds=1)
    raw = msgspec.json.encode({"name": EVIL, EVIL: EVIL}) if name == "evil" else None
    lead = captured(made.clock, name, delay=timedelta(), raw=raw, record=f"contact:{name}")
    store.accept([lead])
    made.ids[name] = lead.id
    return lead


def _told(made: Staged, store: Store) -> None:
    now = made.clock.now
    bob = Person(name="bob", email="bob@sales.example.com")
    decision = Decision(
        at=now, how="turn", person="bob", team="dach", rule="large",
        rules=(RuleLooked("small", "score = < 10"), RuleLooked("large")),
        skipped=(Skipped("ann", "away", "until 2026-12-07"),),
    )  # fmt: skip
    lead = RefinedLead(
        lead_id="", captured_at=now, processed_at=now, status="refined",
        contact=Contact(
            name="Ada Vance", email="ada.vance@example.com", phone="+1 212-555-0100",
            company="Analytical Ltd", first_name="Ada", last_name="Vance",
        ),
        lead_details=LeadDetails(source="Website", lead_score=77.0, owner="bob",
                                 ownership=Ownership.ASSIGNED),
        received_from="generic", problems=("email.role",),
        changes=(Change("name", None, "Ada Vance", "name.join"),
                 Change("email", "ADA.VANCE@example.com", "ada.vance@example.com", "email.case")),
        decision=decision,
    )  # fmt: skip
    written = {"email": "ada.vance@example.com"}
    _refined(made, store, "told", lead, Handling(owner=bob, written=written))
    first = FirstSeen(made.ids["told"], now, ("email",), 0.99, (Reason("email.same", 9.0),))
    maybe = (Possible(made.ids["told"], 0.6, (Reason("last.same", 3.0),)),)
    linked = msgspec.structs.replace(lead, duplicate_of=first, possible=maybe)
    _refined(made, store, "again", linked, Handling())


def _refined(made: Staged, store: Store, name: str, lead: RefinedLead, handling: Handling) -> None:
    came = _came(made, store, name)
    lease = lease_task(store, Step.REFINE)
    made.clock.advance(seconds=2)
    lead = msgspec.structs.replace(
        lead, lead_id=came.id, captured_at=came.captured_at, processed_at=made.clock.now
    )
    then = (Task(Step.NOTIFY, came.id, "slack"),)
    assert settle(store, lease, Done(refined=lead, handling=handling, then=then))
    made.clock.advance(seconds=1)
    alert = Alert(came.id, "slack", made.clock.now, "new_lead/1", ref="C012/1717.0001")
    assert settle(store, lease_task(store, Step.NOTIFY, "slack"), Done(alert=alert))


def _evil(made: Staged, store: Store) -> None:
    now = made.clock.now
    contact = Contact(**dict.fromkeys(Contact.__struct_fields__, EVIL))
    details = LeadDetails(
        source=EVIL, campaign=EVIL, owner=EVIL, message=EVIL, crm_url=HOSTILE[4], crm_record=EVIL,
        owner_claimed=EVIL,
    )  # fmt: skip
    lead = RefinedLead(
        "", now, now, "refined", contact, details, "generic", (EVIL,),
        (Change("name", EVIL, EVIL, "name.join"),), None, {EVIL: EVIL},
    )  # fmt: skip
    handling = Handling(owner=Person(name=EVIL), written={EVIL: EVIL}, gone=EVIL)
    _refined(made, store, "evil", lead, handling)


def _dead(made: Staged, store: Store) -> None:
    for name in ("dead", "dead too"):
        _came(made, store, name)
        drop = Drop("contact.blank", f"nobody is named: {EVIL}")
        assert settle(store, lease_task(store, Step.REFINE), drop)
