"""What follows when refinement links leads: others are refined again, or given to somebody."""

from collections.abc import Mapping

from leadline.journey.refinement.next_tasks import tasks_for_nobodys
from leadline.journey.same_person.linking import Linked
from leadline.kit import Kit
from leadline.model.lead import RefinedLead
from leadline.model.task import Step, Task

FIRST_CHANGED = "duplicates.first_changed"
"""The timeline note on a lead that is refined again because its first lead is a duplicate now."""


def refine_followers(kit: Kit, links: Mapping[str, Linked | Exception]) -> None:
    """Have the leads refined again whose first lead has become a duplicate itself."""
    ids = {i for one in links.values() if isinstance(one, Linked) for i in one.followers}
    if ids:
        tasks = [Task(Step.REFINE, i) for i in sorted(ids)]
        kit.store.put(tasks, kit.clock(), note=FIRST_CHANGED)


def is_relinked(earlier: RefinedLead, lead: RefinedLead) -> bool:
    """Whether a lead that was refined again is of another person than before."""
    return _first(earlier) != _first(lead)


def give_others(
    kit: Kit, links: Mapping[str, Linked | Exception], before: Mapping[str, RefinedLead]
) -> None:
    """Have the leads that nobody has given to somebody, if that can be done now, of each person who
    has got or lost a lead that was refined again, as after a merge: somebody may have had that
    person. *before* are the earlier results. The leads that were refined again are left out:
    their tasks are put with their refinement."""
    again = [one.lead for i, one in links.items() if isinstance(one, Linked) and i in before]
    changed = [one for one in again if is_relinked(before[one.lead_id], one)]
    if not changed or not kit.teams.asked:
        return
    firsts = {_first(one) for lead in changed for one in (before[lead.lead_id], lead)}
    clusters = kit.store.clusters(sorted(firsts))
    members = {one.lead_id for some in clusters.values() for one in some}
    ids = sorted(members.difference(one.lead_id for one in changed))
    leads, handled = kit.store.refined(ids), kit.store.handling(ids)
    tasks = [
        task
        for i, lead in leads.items()
        for task in tasks_for_nobodys(kit, lead, handled.get(i), relinked=True)
    ]
    if tasks:
        kit.store.put(tasks, kit.clock())


def _first(lead: RefinedLead) -> str:
    return lead.duplicate_of.lead_id if lead.duplicate_of is not None else lead.lead_id
