"""What would become of a lead if it were refined at a moment: nothing is stored, and no CRM is
asked."""

import msgspec

from leadline.journey.assigning.first_turn import seekers
from leadline.journey.corrections.lead_fields import fields_of_lead
from leadline.journey.refinement.scoring import scored
from leadline.journey.responding.ownership import resolve_owner
from leadline.journey.same_person.linking import Linked, link_leads
from leadline.kit import Kit
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import Documents
from leadline.model.task import Done, Step
from leadline.ports.store import Waiting
from leadline.refine import About, refine

NOT_ASKED = "The CRM was not asked: an owner whom it names gets the lead, and its fields count."


class Explained(msgspec.Struct, frozen=True):
    """A lead with its decision, and the channels that would be alerted. `unknown` are sentences on
    what only shows when the lead really comes."""

    lead: RefinedLead
    channels: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def explain(kit: Kit, waiting: Waiting, *, asks_crm: bool) -> Explained:
    """What refinement at the time of `kit.clock` would make of an event, with the earlier leads and
    the rosters in the store of *kit*, which is only read. *asks_crm* is whether a CRM would be
    asked.

    Raises NotUnderstood if the event has nothing to make a lead of.
    """
    source = kit.sources[waiting.source]
    fields = fields_of_lead(source, waiting)
    about = About(
        lead_id=waiting.lead_id,
        captured_at=waiting.captured_at,
        processed_at=kit.clock(),
        received_from=waiting.source,
        region=source.config.country or kit.region,
    )
    lead, unknown = refine(fields, about), (NOT_ASKED,) if asks_crm else ()
    if lead.status != "refined":
        return Explained(lead, (), unknown)
    linked = link_leads(kit, [lead], {})[lead.lead_id]
    if not isinstance(linked, Linked):
        raise linked
    owned, handling = resolve_owner(kit, scored(kit, linked.lead), fields, None)
    done = Done(match_keys=linked.keys, traits=linked.traits, as_of=linked.as_of, handling=handling)
    done = _decided(kit, seekers(kit, [owned]).first(owned, handling, None, done))
    names = tuple(one.channel for one in done.then if one.step is Step.NOTIFY)
    return Explained(done.refined or owned, names, unknown)


def _decided(kit: Kit, done: Done) -> Done:
    """The outcome, with whose turn it is by the documents as they are now."""
    if done.turn is None:
        return done
    kept = kit.store.kept(done.turn.reads)
    documents: Documents = {name: one.body for name, one in kept.items() if one.body}
    decided, _ = done.turn.finish(documents)
    return decided
