"""A store whose leads are in an index, with what answers questions about them."""

from contextlib import AbstractContextManager, ExitStack, closing
from datetime import timedelta
from pathlib import Path
from types import TracebackType

import msgspec

from leadline.model.handling import Ending, Handling
from leadline.model.lead import CapturedLead, Contact, LeadDetails, RefinedLead
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Done, Drop, Step, Task
from leadline.ports.reading.questions import FoundLeads, LeadQuestion
from leadline.stores.sqlite.index.asking import SqliteQuestions
from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, lease_task, settle
from tests.worlds.ledger import START


class IndexedWorld(AbstractContextManager["IndexedWorld"]):
    """An embedded store with its index; the leads have names by which tests speak of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = HandClock(START)
        self._stack = ExitStack()
        self.store = self._stack.enter_context(closing(SqliteStore(folder, clock=self.clock)))
        self.ledger = self._stack.enter_context(closing(SqliteLedger(folder)))
        self.maker = self._stack.enter_context(closing(IndexMaker(self.store)))
        self.questions = self._stack.enter_context(closing(SqliteQuestions(folder)))
        self.names: dict[str, str] = {}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def capture(
        self, name: str, source: str = "generic", delay: timedelta = timedelta(), **more: object
    ) -> CapturedLead:
        """A lead that waits, captured one minute after the one before."""
        self.clock.advance(minutes=1)
        lead = captured(self.clock, name, delay=delay, **more)  # type: ignore[arg-type]
        lead = msgspec.structs.replace(lead, source=source)
        self.store.accept([lead])
        self.names[lead.id] = name
        return lead

    def refine(self, name: str, contact: Contact, details: LeadDetails, **more: object) -> str:
        """A lead that was refined and told; *more* are `source`, `told` and fields of the refined
        lead."""
        source, told = str(more.pop("source", "generic")), bool(more.pop("told", True))
        lead = self.capture(name, source)
        made = RefinedLead(
            lead.id, lead.captured_at, self.clock.now, "refined", contact, details, source,
        )  # fmt: skip
        made = msgspec.structs.replace(made, **more)
        then = (Task(Step.NOTIFY, lead.id, "slack"),) if told else ()
        lease = lease_task(self.store, Step.REFINE)
        assert settle(self.store, lease, Done(refined=made, then=then))
        if told:
            lease = lease_task(self.store, Step.NOTIFY, "slack")
            alert = Alert(lead.id, "slack", self.clock.now, "full")
            assert settle(self.store, lease, Done(alert=alert))
        return lead.id

    def die(self, name: str) -> str:
        """A lead whose refinement failed for good."""
        lead = self.capture(name)
        lease = lease_task(self.store, Step.REFINE)
        assert settle(self.store, lease, Drop("crm.refused", "the CRM refused"))
        return lead.id

    def handle(self, lead_id: str, **changed: object) -> None:
        """Change how a lead is handled."""
        before = self.store.handling([lead_id]).get(lead_id, Handling())
        after = msgspec.structs.replace(before, **changed)
        assert self.store.handle(lead_id, before, after)

    def ask(self, **query: object) -> list[str]:
        """The names of the leads of a query, on its first page."""
        return self.shown(self.questions.page(LeadQuestion(**query)))  # type: ignore[arg-type]

    def shown(self, page: FoundLeads) -> list[str]:
        """The names of the leads of a page."""
        return [self.names[row.lead_id] for row in page.rows]


def person(name: str, owner: str | None = None, **more: object) -> tuple[Contact, LeadDetails]:
    """A made-up person, and what their lead says besides."""
    details = {k: more.pop(k) for k in ("campaign", "lead_score", "message") if k in more}
    mail = name.replace(" ", ".").lower()
    contact = Contact(**{"name": name, "email": f"{mail}@example.com", **more})  # type: ignore[arg-type]
    return contact, LeadDetails(source="Website", owner=owner, **details)  # type: ignore[arg-type]


def fill(world: IndexedWorld) -> None:
    """Leads of every kind, in the index."""
    bea = Person(name="Bea Voss", email="bea@example.com")
    ada = world.refine(
        "ada",
        *person("Ada Lovelace", "Bea Voss", company="Engines Ltd", campaign="spring",
                lead_score=90.0, phone="+49 30 901820", phone_e164="+4930901820",
                message="We need a quote for 40 looms"),
        source="form", custom={"budget": "40 k"},
    )  # fmt: skip
    world.handle(ada, claimed_by=bea, claimed_at=world.clock.now, touched_at=world.clock.now)
    jose = world.refine(
        "jose", *person("José Ng", "Cy Dunn", company="Åkesson AB", campaign="spring",
                        lead_score=20.0),
    )  # fmt: skip
    world.handle(jose, ending=Ending.WON, ended_at=world.clock.now)
    world.refine("wang", *person("王伟", email="wang@example.com", company="株式会社サンプル"))
    world.refine("zoe", *person("Zoe Kinsella", "Bea Voss", lead_score=50.0), told=False)
    world.die("dead")
    world.capture(
        "waits", delay=timedelta(days=1), raw=b'{"name":"Walter Raleigh","note":"tobacco"}'
    )
    world.maker.all()


def take_in(folder: Path, clock: HandClock) -> None:
    """Make the index of a data folder current."""
    with closing(SqliteStore(folder, clock=clock)) as store, closing(IndexMaker(store)) as maker:
        maker.all()
