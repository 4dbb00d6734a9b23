"""The history of a duplicate: the earlier leads of the same person, and who had them."""

from leadline.kit import Kit, known
from leadline.model.handling import UNHANDLED, Ending, holder_of
from leadline.model.lead import RefinedLead
from leadline.ports.channel import History


def history_of(kit: Kit, lead: RefinedLead) -> History | None:
    """The leads of the same person that came before this one; None if there are none."""
    if lead.duplicate_of is None:
        return None
    first = lead.duplicate_of.lead_id
    members = kit.store.clusters([first]).get(first, ())
    here = (lead.captured_at, lead.lead_id)
    earlier = [m for m in members if (m.captured_at, m.lead_id) < here]
    if not earlier:
        return None
    ids = [m.lead_id for m in reversed(earlier)]
    leads, handlings = kit.store.refined(ids), kit.store.handling(ids)
    holder, ending = None, Ending.OPEN
    for one in (leads[i] for i in ids if i in leads):
        handling = handlings.get(one.lead_id, UNHANDLED)
        if (had := holder_of(one, handling)) is not None:
            holder, ending = known(kit, had), handling.ending
            break
    return History(len(earlier), ids[0], earlier[-1].captured_at, holder, ending)
