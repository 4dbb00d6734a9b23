"""A sales office in memory: a CRM that assigns owners, destinations that remember, and a clock."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.journey.assigning.handing_out import assign_due
from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import refine_due
from leadline.journey.responding.follow_up import look_up_due
from leadline.kit import Connected, Kit
from leadline.model.handling import Handling
from leadline.model.lead import Delivery, LeadFields, RefinedLead
from leadline.model.monitoring.trouble import KnownTrouble
from leadline.model.retry import RetryPolicy
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Step
from leadline.ports.channel import Channel, Notice, OutgoingMessage
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.source import TRUSTED, Source
from leadline.ports.store import Store
from leadline.settings.connected.crm import CrmConfig
from leadline.settings.connected.sources import SourceConfig
from leadline.team.matching.routing import Routes
from leadline.vendors.generic.webhook import Generic
from tests.worlds.leads import HandClock, capture

ANN = Person(id="u1", name="Ann Archer", email="ann@example.com")
BEN = Person(id="u2", name="Ben Bell", email="ben@example.com")


class MemoryCrm:
    """A CRM in a dictionary, which may be down, ask for pauses, or be nobody's."""

    batch = 3
    knows_owners = True

    def __init__(self) -> None:
        self.records: dict[str, CrmRecord] = {}
        self.trouble: Unreachable | Busy | Refused | None = None
        self.reads: list[tuple[str, ...]] = []

    def has(self, record: str, owner: Person | None = None, **more: Any) -> None:
        fields = more.pop("fields", LeadFields())
        self.records[record] = CrmRecord(record=record, fields=fields, owner=owner, **more)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        self.reads.append(tuple(records))
        if self.trouble is not None:
            return self.trouble
        return {record: self.records.get(record, NotYet()) for record in records}

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        return self.trouble or {change.record: Written() for change in changes}

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        return {"owner": owner.id} if owner.id else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        found = [Found(r, at, json.dumps({"record": r}).encode()) for r in self.records]
        return self.trouble or Page(tuple(found))


class PlainWriter:
    """Says what it knows, as JSON; what is said can be changed where *edits*."""

    def __init__(self, *, edits: bool = True) -> None:
        self.edits = edits

    def alert(self, notice: Notice) -> OutgoingMessage:
        return self._letter(notice, "new_lead/1")

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        return None

    def update(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        return self._letter(notice, "new_lead/1", edits=alert.ref) if self.edits else None

    def news(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        return self._letter(notice, "owner/1", below=alert.ref)

    def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
        return self._letter(notice, "reminder/1")

    def troubles(self, troubles: Sequence[KnownTrouble]) -> OutgoingMessage | None:
        told = [known.trouble.words for known in troubles]
        return OutgoingMessage(json.dumps({"troubles": told}).encode(), "trouble/1")

    @staticmethod
    def _letter(notice: Notice, template: str, **more: str) -> OutgoingMessage:
        owner = notice.owner
        body = {
            "lead_id": notice.lead.lead_id,
            "template": template,
            "email": notice.lead.contact.email,
            "owner": owner.shown if owner else "",
            "ownership": notice.ownership,
            **more,
        }
        return OutgoingMessage(json.dumps(body).encode(), template)


class RecordingMessenger:
    """Where messages hang: each by its ref, with what it says now."""

    def __init__(self) -> None:
        self.hanging: dict[str, dict[str, Any]] = {}
        self.trouble: Refused | Busy | Unreachable | None = None

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        if self.trouble is not None:
            return self.trouble
        told = json.loads(message)
        ref = told.get("edits") or f"m{len(self.hanging) + 1}"
        self.hanging[ref] = told
        return Sent(ref)

    def find(self, message: bytes) -> Sent | None:
        return None

    def about(self, lead_id: str, template: str = "new_lead/1") -> list[dict[str, Any]]:
        found = (m for m in self.hanging.values() if m["lead_id"] == lead_id)
        return [m for m in found if m["template"] == template]


class SalesOffice:
    """Everything around one store; not *asks* for a source whose CRM nobody can ask. *owner* is
    the setting of that source."""

    def __init__(
        self,
        store: Store,
        clock: HandClock,
        *,
        edits: bool = True,
        asks: bool = True,
        owner: str = TRUSTED,
        **kit: Any,
    ) -> None:
        self.store, self.clock = store, clock
        self.crm = MemoryCrm()
        self.messengers = {"slack": RecordingMessenger(), "pool": RecordingMessenger()}
        config = SourceConfig(map={"record": "record"}, owner=owner)
        sources: dict[str, Source] = {"generic": Generic(config)}
        self.front = CaptureKit(sources, timedelta(minutes=10))
        self.kit = Kit(
            store=store,
            sources=sources,
            channels={
                name: Channel(
                    name=name, writer=PlainWriter(edits=edits), messenger=wall, gap=timedelta()
                )
                for name, wall in self.messengers.items()
            },
            clock=clock,
            chance=lambda: 0.5,
            retry=RetryPolicy(timedelta(seconds=2), timedelta(minutes=1), attempts=4),
            crms={"generic": Connected(self.crm, CrmConfig())} if asks else {},
            **{"routes": Routes(usual=("slack",)), **kit},
        )

    def post(self, **said: Any) -> str:
        """A webhook; the id of its lead."""
        delivery = Delivery("generic", json.dumps(said).encode(), self.clock.now)
        told = json.loads(capture(delivery, self.front, self.store).body)
        return str(told.get("lead_id", ""))

    def wait(self, **span: float) -> None:
        """Let time pass from one due task to the next."""
        end = self.clock.now + timedelta(**span)
        while True:
            self.turn()
            dues = [self.store.next_due(s, c) for s, c in self.places]
            due = min((at for at in dues if at is not None), default=end)
            if due >= end:
                break
            self.clock.now = max(due, self.clock.now + timedelta(seconds=1))
        self.clock.now = end
        self.turn()

    @property
    def places(self) -> list[tuple[Step, str]]:
        steps = (Step.NOTIFY, Step.UPDATE, Step.REMIND)
        channels = [(step, name) for step in steps for name in self.messengers]
        return [(Step.REFINE, ""), (Step.LOOK_UP, ""), (Step.ASSIGN, ""), *channels]

    def turn(self) -> None:
        while refine_due(self.kit) or look_up_due(self.kit) or assign_due(self.kit):
            pass
        for name in self.messengers:
            while timedelta() in (deliver_due(self.kit, name), update_due(self.kit, name)):
                pass

    def handling(self, lead_id: str) -> Handling | None:
        return self.store.handling([lead_id]).get(lead_id)

    def refined(self, lead_id: str) -> RefinedLead:
        return self.store.refined([lead_id])[lead_id]
