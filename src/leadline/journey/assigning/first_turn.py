"""Who gets a lead when it is refined: decided in the transaction that stores the refined lead."""

from collections.abc import Mapping, Sequence

import msgspec

from leadline.journey.assigning.changing import ASSIGNED
from leadline.journey.assigning.documents import (
    account_names,
    bodies,
    books_of,
    reads_of,
)
from leadline.journey.assigning.past_leads import (
    NO_HISTORY,
    PastLeads,
    histories,
    name_in,
)
from leadline.journey.refinement.crm_lookup import LookUpAnswer
from leadline.journey.refinement.next_tasks import tasks_for_later, tasks_for_now
from leadline.kit import Kit, channels_by, known
from leadline.model.facts.likeness import KNOWN_PERSON
from leadline.model.facts.scored_leads import score_of
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.assigning import Decision, Documents
from leadline.model.staff.people import Person, owner_in
from leadline.model.task import Done, Later, Step, Task, Turn
from leadline.ports.crm import CrmRecord
from leadline.team.giving.asking import Ask, Choice, Earlier
from leadline.team.giving.deciding import who_gets
from leadline.team.giving.room import next_room
from leadline.team.matching.kinds import kind_values
from leadline.team.matching.routing import with_owner
from leadline.team.matching.rules import Looked
from leadline.team.matching.subject import ownership_of

Mates = dict[str, dict[str, Earlier]]
"""The leads of one batch that were decided so far, by the first lead of their person and by id."""


class FirstTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A refined lead for which nobody was sought before. `handling` is what the CRM says of it,
    `done` all of its outcome that does not depend on who gets it. `mates` are filled in as the
    leads of a batch are decided, so that two of one person in one batch have one owner."""

    kit: Kit
    lead: RefinedLead
    handling: Handling | None
    answer: LookUpAnswer | None
    history: PastLeads
    mates: Mates
    done: Done

    def outcome(self) -> Done:
        """The outcome, which depends on the documents of a team if a rule gives the lead to one."""
        looked = self.looked()
        accounts = account_names(self.lead, self.done.traits) if looked.team else ()
        reads = reads_of(self.kit.teams, looked.team, accounts)

        def finish(documents: Documents) -> tuple[Done, Documents]:
            return self._finish(looked, accounts, documents)

        if not reads:
            return finish({})[0]
        return msgspec.structs.replace(self.done, turn=Turn(reads, finish))

    def looked(self) -> Looked:
        """What the rules say of the lead. While the CRM has not answered, no team gets it."""
        kit, lead = self.kit, self.lead
        looked = kit.routes.look(lead, lead.processed_at, self.history.facts)
        if ownership_of(lead) is Ownership.UNKNOWN:
            return msgspec.structs.replace(looked, assigns="", team="")
        return looked

    def _finish(
        self, looked: Looked, accounts: tuple[str, ...], documents: Documents
    ) -> tuple[Done, Documents]:
        books = books_of(documents)
        ask = self._ask(looked, accounts)
        verdict = who_gets(self.kit.teams, ask, books)
        later: tuple[Later, ...] = ()
        if verdict.queued is not None:
            at = next_room(self.kit.teams, verdict.queued.team, books, ask.at)
            later = (Later(Task(Step.ASSIGN, ask.lead_id), at - ask.at),)
        self._remember(verdict.decision)
        return self._done(verdict, later), bodies(verdict.rosters, verdict.accounts)

    def _ask(self, looked: Looked, accounts: tuple[str, ...]) -> Ask:
        kit, lead, handling = self.kit, self.lead, self.handling or UNHANDLED
        owner = handling.owner or owner_in(lead.lead_details)
        by_crm = isinstance(self.answer, CrmRecord) and self.answer.owner is not None
        return Ask(
            lead_id=lead.lead_id,
            at=lead.processed_at,
            looked=looked,
            score=score_of(lead) or 0.0,
            owner=name_in(kit.team, known(kit, owner)) if owner is not None else "",
            how="crm" if by_crm else "sender",
            earlier=self._earlier(),
            accounts=accounts,
            is_open=handling.ending is Ending.OPEN and not handling.gone,
            kind_values=kind_values(lead, kit.teams.kind_fields(looked.team)),
        )

    def _earlier(self) -> Earlier | None:
        """The earlier lead that says who has the person, of this batch or of those before."""
        first = self.lead.duplicate_of
        if first is None:
            return None
        # What was decided of the lead itself, or of later ones, was not stored: another worker was
        # faster, or the batch is settled once more.
        itself = self.lead.captured_at, self.lead.lead_id
        mates = self.mates.get(first.lead_id, {}).values()
        here = {one.lead_id: one for one in mates if (one.captured_at, one.lead_id) < itself}
        if self.history.first is None and first.lead_id in here:
            return here[first.lead_id]
        if self.history.first is not None and self.history.first.is_open:
            return self.history.first
        last = max(here.values(), key=lambda one: (one.captured_at, one.lead_id), default=None)
        return last or self.history.counts

    def _remember(self, decision: Decision) -> None:
        lead = self.lead
        first = lead.duplicate_of.lead_id if lead.duplicate_of else lead.lead_id
        made = Earlier(lead.lead_id, decision.person, True, lead.captured_at)
        self.mates.setdefault(first, {})[lead.lead_id] = made

    def _done(self, verdict: Choice, later: tuple[Later, ...]) -> Done:
        kit, decision = self.kit, verdict.decision
        lead, handling = self.lead, self.handling or UNHANDLED
        owner = handling.owner or owner_in(lead.lead_details)
        if owner is None and decision.person:
            owner = kit.team.person(decision.person) or Person(name=decision.person)
            handling = msgspec.structs.replace(handling, owner=owner, ownership=Ownership.ASSIGNED)
            lead = with_owner(lead, owner, Ownership.ASSIGNED)
        handling = msgspec.structs.replace(handling, charge=verdict.charge, queued=verdict.queued)
        looked = kit.routes.look(lead, lead.processed_at, self.history.facts)
        decision = msgspec.structs.replace(decision, channels_rule=looked.channels_rule)
        lead = msgspec.structs.replace(lead, decision=decision)
        names = channels_told(kit, decision, channels_by(kit, looked, lead))
        steps = tasks_for_later(kit, lead, self.answer)
        if decision.waits:  # its clock starts when somebody gets it
            steps = tuple(one for one in steps if one.task.step is not Step.CLOCK)
        return msgspec.structs.replace(
            self.done,
            refined=lead,
            handling=None if handling == UNHANDLED else handling,
            then=tasks_for_now(kit, lead, (), anew=False, names=names),
            later=(*steps, *later),
            note=ASSIGNED,
            detail=msgspec.json.encode(decision).decode(),
            turn=None,
        )


def channels_told(kit: Kit, decision: Decision, chosen: Sequence[str]) -> tuple[str, ...]:
    """The channels that are alerted: those that the rules chose; of a lead that waits, the team's
    own, if it has one; and the channel to which a team's `fallback` sends leads."""
    team = kit.teams.of(decision.team)
    if decision.waits and team is not None and team.channel in kit.channels:
        return (team.channel,)
    further = (decision.channel,) if decision.channel in kit.channels else ()
    return tuple(dict.fromkeys((*chosen, *further)))


class Seekers(msgspec.Struct, frozen=True):
    """What the leads of one batch have in common when somebody is sought for each of them."""

    kit: Kit
    histories: Mapping[str, PastLeads]
    mates: Mates

    def first(
        self,
        lead: RefinedLead,
        handling: Handling | None,
        answer: LookUpAnswer | None,
        done: Done,
    ) -> Done:
        """The outcome of a lead that is refined for the first time; *done* is what does not depend
        on who gets it."""
        kit = self.kit
        if kit.routes.rules and KNOWN_PERSON not in lead.problems:
            history = self.histories.get(lead.lead_id, NO_HISTORY)
            turn = FirstTurn(
                kit=kit,
                lead=lead,
                handling=handling,
                answer=answer,
                history=history,
                mates=self.mates,
                done=done,
            )
            return turn.outcome()
        return msgspec.structs.replace(
            done,
            refined=lead,
            then=tasks_for_now(kit, lead, (), anew=False),
            later=tasks_for_later(kit, lead, answer),
        )


def seekers(kit: Kit, leads: Sequence[RefinedLead]) -> Seekers:
    """What is known of these leads together; nothing is read unless teams or rules need it."""
    asked = kit.teams.asked or kit.routes.ask_history
    return Seekers(kit, histories(kit, leads) if asked else {}, {})
