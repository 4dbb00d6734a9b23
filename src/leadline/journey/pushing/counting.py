"""How many leads an ad network would be told of, and why it is not told of the others."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from leadline.journey.pushing.planning import plans
from leadline.kit import Kit
from leadline.model.batches import batched

_TOGETHER = 200
NOTHING_NEW = "nothing new: it was told, or no stage of it is mapped"


class PushCount(msgspec.Struct, frozen=True):
    """Of so many `leads`: how many conversions of each stage are `due`, and how many leads are not
    told of, by the reason in words. `lead_ids` are those with something due."""

    leads: int
    due: Mapping[str, int]
    left: Mapping[str, int]
    lead_ids: tuple[str, ...] = ()


def counted_pushes(kit: Kit, name: str, lead_ids: Sequence[str]) -> PushCount:
    """Count the plans of these leads for the ad network *name*; nothing is sent."""
    due, left = Counter[str](), Counter[str]()
    found: list[str] = []
    for some in batched(lead_ids, _TOGETHER):
        for lead_id, plan in plans(kit, name, some).items():
            due.update(str(one.stage) for one in plan.due)
            left.update(f"{why} ({stage})" for stage, why in plan.skipped.items())
            if plan.due:
                found.append(lead_id)
            elif not plan.skipped:
                left[str(plan.withheld or NOTHING_NEW)] += 1
    return PushCount(len(lead_ids), dict(due), dict(left.most_common()), tuple(found))
